use alibabacloud_kms::kms_api;

kms_api! {
    version = "2016-01-20";

    pub action Seal {
        gateways: shared, private;
        idempotent: true;
        request { key_id: String }
        response {}
    }
}

fn main() {}
