// Names that are keywords: the methods and fields are raw.
#![deny(warnings)]

use alibabacloud_kms::middleware::payload::Table;
use alibabacloud_kms::{KmsClient, PendingCall, kms_api};

kms_api! {
    version = "2016-01-20";
    trait LabApi;

    pub action Move {
        gateways: shared;
        idempotent: false;
        request { r#type: Option<String>, r#in: String }
        response { r#loop: String }
    }

    pub action Loop {
        gateways: shared;
        idempotent: true;
        request {}
        response {}
    }

    pub action Gen {
        gateways: shared;
        idempotent: true;
        request {}
        response {}
    }
}

fn calls(client: &KmsClient) -> (PendingCall<MoveRequest>, PendingCall<LoopRequest>) {
    let _ = client.r#gen(GenRequest::new());
    (client.r#move(MoveRequest::new("here").r#type("fast")), client.r#loop(LoopRequest::new()))
}

fn main() {
    let _ = calls;
    let names = MoveRequest::TABLE.fields.iter().map(|field| field.name);
    assert_eq!(names.collect::<Vec<_>>(), ["Type", "In"]);
}
