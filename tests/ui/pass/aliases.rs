// Whether a field is secret is a property of its type, whatever the type is called here.
#![deny(warnings)]

use alibabacloud_kms::middleware::payload::Table;
use alibabacloud_kms::{SecretString as Text, kms_api};

type Hidden = Text;
type SecretBox = std::string::String;
// Not what is commonly called so, and not shown either.
type String = Text;

kms_api! {
    version = "2016-01-20";

    pub object Door {
        #[secret] password: Hidden,
        #[secret] pin: Option<Text>,
        #[secret] note: String,
        colour: SecretBox,
    }
}

fn main() {
    let door = Door::new("canary", "canary", "red").pin("canary");
    assert_eq!(
        format!("{door:?}"),
        r#"Door { Password: [redacted], Pin: [redacted], Note: [redacted], Colour: "red" }"#,
    );
    assert_eq!(Door::TABLE.fields.iter().filter(|field| field.secret).count(), 3);
}
