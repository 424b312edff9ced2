use alibabacloud_kms::kms_api;

kms_api! {
    version = "2016-01-20";

    pub action ListThings {
        gateways: shared;
        idempotent: true;
        pages: things;
        request { next_token: Option<String> }
        response { things: String, next_token: Option<String> }
    }
}

fn main() {}
