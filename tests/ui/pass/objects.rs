// Objects in objects, names that are keywords, an object whose name begins like a secrecy type.
#![deny(warnings)]

use alibabacloud_kms::middleware::payload::Table;
use alibabacloud_kms::{SecretString, kms_api};

kms_api! {
    version = "2016-01-20";

    pub object SecretEntry {
        r#type: Option<String>,
        #[secret] value: Option<SecretString>,
    }

    pub object Page {
        entries: Vec<SecretEntry> each "Entry",
        first: Option<SecretEntry>,
    }

    #[deprecated = "read pages instead"]
    pub action ListEntries {
        gateways: shared;
        idempotent: true;
        request { tag: Vec<SecretEntry> required }
        response { page: Option<Page> }
    }
}

fn main() {
    let entry = SecretEntry::new().r#type("text").value("a canary");
    assert!(!format!("{entry:?}").contains("canary"));
    assert_eq!(SecretEntry::TABLE.fields[0].name, "Type");
}
