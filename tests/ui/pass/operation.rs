// An operation of the instance's own, with every type that its messages have.
#![deny(warnings)]

use alibabacloud_kms::middleware::payload::Table;
use alibabacloud_kms::{Action, Dialect, Gateway, SecretBytes, SecretString, kms_api};

kms_api! {
    version = "dkms-gcs-0.2";

    pub operation Mix {
        idempotent: true;
        request_id: 1;
        request {
            text: String @ 1,
            bytes: Vec<u8> @ 2,
            #[secret] secret_text: Option<SecretString> @ 3,
            #[secret] secret_bytes: SecretBytes @ 4,
            number: Option<i32> @ 5,
            long: i64 @ 536870911,
            flag: bool @ 6,
            list: Vec<String> @ 7,
        }
        response { text: String = "OtherName" @ 12 }
    }
}

fn main() {
    let mix = <MixRequest as Action>::INFO;
    assert_eq!(mix.dialect, Dialect::Protobuf);
    assert_eq!(mix.gateways, [Gateway::Instance]);
    assert_eq!(mix.method.as_str(), "POST");
    assert_eq!(MixResponse::TABLE.fields[1].name, "OtherName");
}
