use alibabacloud_kms::{SecretString, kms_api};

type Hidden = SecretString;

kms_api! {
    version = "2016-01-20";

    pub action Seal {
        gateways: shared;
        idempotent: true;
        request { key_id: String, password: Hidden, pin: Option<Hidden> }
        response {}
    }
}

fn main() {}
