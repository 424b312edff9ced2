//! An instance that is called in RPC with an access key and the instance's CA.

use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::api::key::DescribeKeyRequest;
use alibabacloud_kms::native::random::GenerateRandomRequest;
use alibabacloud_kms::{ErrorKind, ExposeSecret, Gateway, InstanceGateway, KmsClient};
use alibabacloud_kms_local::{DEFAULT_KEY, LocalGateway};

/// The instance over TLS, checked against its CA.
fn instance(gateway: &LocalGateway) -> InstanceGateway {
    InstanceGateway::with_credential(gateway.endpoint(), gateway.credential())
        .tls(gateway.tls_options().expect("it speaks TLS"))
}

#[tokio::test]
async fn data_plane_actions_go_to_the_instance_and_management_to_the_shared_host() {
    let gateway = LocalGateway::builder().with_tls().start().await.expect("the gateway starts");
    let client = KmsClient::builder()
        .shared(gateway.open_api_gateway())
        .instance(instance(&gateway))
        .build()
        .expect("the client is built");
    let reply = client.encrypt(EncryptRequest::new(DEFAULT_KEY, "text")).reply().await;
    let reply = reply.expect("it is encrypted");
    assert_eq!(reply.gateway(), Gateway::Instance);
    let sealed = reply.into_response::<EncryptRequest>().expect("its response");
    let reply = client.describe_key(DescribeKeyRequest::new(DEFAULT_KEY)).reply().await;
    assert_eq!(reply.expect("it is described").gateway(), Gateway::Shared);

    // What the instance encrypted in RPC opens with a client key, in its own dialect.
    let native = KmsClient::builder().instance(gateway.instance_gateway()).build();
    let request = DecryptRequest::new(sealed.ciphertext_blob);
    let opened = native.expect("the client is built").decrypt(request).await;
    assert_eq!(opened.expect("it is decrypted").plaintext.expose_secret(), "text");
}

#[tokio::test]
async fn what_neither_serves_is_an_error_before_any_io() {
    let gateway = LocalGateway::builder().with_tls().start().await.expect("the gateway starts");
    let client = KmsClient::builder().instance(instance(&gateway)).build();
    let client = client.expect("the client is built");
    let management = client.describe_key(DescribeKeyRequest::new(DEFAULT_KEY)).await;
    let native = client.instance().generate_random(GenerateRandomRequest::new(8)).await;
    for error in [management.map(drop).expect_err("m"), native.map(drop).expect_err("n")] {
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Route, 0));
    }
}
