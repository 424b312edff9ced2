use alibabacloud_kms::kms_api;

kms_api! {
    version = "2016-01-20";

    pub operation Seal {
        gateways: instance;
        idempotent: true;
        request_id: 1;
        request { key_id: String @ 1 }
        response {}
    }
}

fn main() {}
