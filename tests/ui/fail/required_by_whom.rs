use alibabacloud_kms::kms_api;

kms_api! {
    version = "2016-01-20";

    pub action Make {
        gateways: shared;
        idempotent: false;
        request { key_spec: Option<String> required by law }
        response {}
    }
}

fn main() {}
