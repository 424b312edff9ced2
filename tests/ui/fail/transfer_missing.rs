// What both gateways serve needs a transfer; what an instance serves in the RPC dialect alone does not.
use alibabacloud_kms::kms_api;

kms_api! {
    version = "2016-01-20";
    pub action Seal {
        gateways: shared, instance;
        idempotent: true;
        request { key_id: String }
        response {}
    }
    pub action Open {
        gateways: instance;
        idempotent: true;
        request { key_id: String }
        response {}
    }
    pub action Check {
        gateways: shared;
        data_plane: true;
        idempotent: true;
        request { key_id: String }
        response {}
    }
}

fn main() {}
