use alibabacloud_kms::kms_api;

kms_api! {
    version = "2016-01-20";

    pub operation Seal {
        gateways: instance;
        idempotent: true;
        request { key_id: String @ 1 }
        response { request_id: String @ 1 }
    }
}

fn main() {}
