use alibabacloud_kms::kms_api;

kms_api! {
    version = "2016-01-20";

    pub operation Seal {
        idempotent: true;
        request_id: 1;
        request { context: Option<alibabacloud_kms::Pairs> @ 1 }
        response {}
    }
}

fn main() {}
