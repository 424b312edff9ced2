//! The hot path of both gateways. BENCHMARKING.md lists its allocations.

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::{
    Body, BoxError, BoxHttp, Credential, InstanceGateway, KmsClient, OpenApiGateway,
};
use alibabacloud_kms_tests::canary;
use http::{Request, Response};
use tower::service_fn;

use super::endpoint;

/// The number of allocations of a call whose answer is at hand: without a socket.
fn of_a_call(client: &KmsClient) -> u64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.expect("a runtime");
    let call = || {
        let request = EncryptRequest::new("alias/app", "dGV4dA==");
        let answer = runtime.block_on(async { client.encrypt(request).await });
        assert_eq!(answer.expect("an answer").key_id, "key");
    };
    // What is made once.
    (0..3).for_each(|_| call());
    allocation_counter::measure(call).count_total
}

fn answered(body: &'static [u8]) -> BoxHttp {
    BoxHttp::new(service_fn(move |_: Request<Body>| {
        std::future::ready(Ok::<_, BoxError>(Response::new(Body::from(body))))
    }))
}

#[test]
fn a_call_takes_no_more_allocations_than_it_must() {
    let shared = OpenApiGateway::new(endpoint(), Credential::access_key("id", "secret"));
    let answer = br#"{"KeyId":"key","CiphertextBlob":"YQ==","KeyVersionId":"v","RequestId":"r"}"#;
    let client = KmsClient::builder().shared(shared).transport(answered(answer)).build();
    assert_eq!(of_a_call(&client.expect("a client")), 39);

    const BLOB: &[u8] =
        b"\x0a\x03key\x12\x38\x24\x00\x0201234567-89ab-cdef-0123-456789abcdef0123456789abtext!\x22\x01r";
    let instance = InstanceGateway::new(endpoint(), canary::client_key());
    let client = KmsClient::builder().instance(instance).transport(answered(BLOB)).build();
    assert_eq!(of_a_call(&client.expect("a client")), 48);
}
