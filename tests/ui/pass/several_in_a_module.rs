// Several declarations in a module: registries have names of their own, or there are none.
#![deny(warnings)]

use alibabacloud_kms::kms_api;

kms_api! {
    version = "2016-01-20";
    pub registry FIRST;

    pub action Ping {
        gateways: shared;
        idempotent: true;
        request {}
        response {}
    }
}

kms_api! {
    version = "2016-01-20";
    registry SECOND;

    pub action Pong {
        gateways: shared;
        idempotent: true;
        request {}
        response {}
    }
}

kms_api! {
    version = "2016-01-20";

    pub action Pang {
        gateways: shared;
        idempotent: true;
        request {}
        response {}
    }
}

fn main() {
    assert_eq!([FIRST[0].name, SECOND[0].name], ["Ping", "Pong"]);
}
