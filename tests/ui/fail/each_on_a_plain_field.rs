use alibabacloud_kms::kms_api;

kms_api! {
    version = "2016-01-20";

    pub action Seal {
        gateways: shared;
        idempotent: true;
        request { keys: Option<String> each "Key" }
        response {}
    }
}

fn main() {}
