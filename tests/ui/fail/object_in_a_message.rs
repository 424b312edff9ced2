use alibabacloud_kms::kms_api;

kms_api! {
    version = "2016-01-20";

    pub operation Seal {
        idempotent: true;
        request { context: Option<alibabacloud_kms::Pairs> @ 1 }
        response { request_id: String @ 1 }
    }
}

fn main() {}
