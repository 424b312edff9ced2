use alibabacloud_kms::kms_api;

kms_api! {
    version = "2016-01-20";
    trait LabApi;

    pub action Send {
        gateways: shared;
        idempotent: true;
        request {}
        response {}
    }

    pub action Call {
        gateways: shared;
        idempotent: true;
        request {}
        response {}
    }

    pub action Builder {
        gateways: shared;
        idempotent: true;
        request {}
        response {}
    }

    pub action Encrypt {
        gateways: shared;
        idempotent: true;
        request {}
        response {}
    }
}

fn main() {}
