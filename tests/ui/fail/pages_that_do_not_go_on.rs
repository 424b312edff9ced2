use alibabacloud_kms::kms_api;

kms_api! {
    version = "2016-01-20";

    pub action ListThings {
        gateways: shared;
        idempotent: true;
        pages: things;
        request { key_id: String }
        response { things: Vec<String> }
    }
}

fn main() {}
