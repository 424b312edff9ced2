use alibabacloud_kms::kms_api;

kms_api! {
    version = "2016-01-20";
    trait LabApi;

    pub action Super {
        gateways: shared;
        idempotent: true;
        request { type: String, self: String }
        response {}
    }
}

fn main() {}
