// Without a trait, `KmsClient::invoke` takes the request; a version alone declares nothing.
#![deny(warnings)]

use alibabacloud_kms::{Action, KmsClient, PendingCall, kms_api};

kms_api! {
    version = "2016-01-20";
    pub registry ACTIONS;

    pub action Ping {
        request {}
        response {}
        idempotent: false;
        gateways: shared;
    }
}

mod empty {
    alibabacloud_kms::kms_api! { version = "2016-01-20"; }
}

fn ping(client: &KmsClient) -> PendingCall<PingRequest> {
    client.invoke(PingRequest::new())
}

fn main() {
    let _ = ping;
    assert_eq!(ACTIONS[0].name, PingRequest::INFO.name);
}
