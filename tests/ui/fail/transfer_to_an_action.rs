use alibabacloud_kms::transfer::{Native, Operation, Transfer};
use alibabacloud_kms::{Error, kms_api};

kms_api! {
    version = "2016-01-20";
    pub action Seal {
        gateways: shared, instance;
        idempotent: true;
        request { key_id: String }
        response {}
    }
    pub action Other {
        gateways: shared;
        idempotent: true;
        request { key_id: String }
        response {}
    }
}

impl Transfer for SealRequest {
    const OPERATIONS: &'static [Operation] = &[Operation::new::<OtherRequest>()];

    async fn transfer(&self, _: &mut Native<'_>) -> Result<SealResponse, Error> {
        Ok(SealResponse::default())
    }
}

fn main() {}
