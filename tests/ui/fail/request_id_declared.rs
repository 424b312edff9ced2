use alibabacloud_kms::kms_api;

kms_api! {
    version = "2016-01-20";

    pub action Seal {
        gateways: shared;
        idempotent: true;
        request { request_id: String }
        response { request_id: String }
    }

    pub action Open {
        gateways: shared;
        idempotent: true;
        request_id: 3;
        request {}
        response { id: String = "RequestId" }
    }
}

fn main() {}
