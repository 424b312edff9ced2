//! Handlers of the user's own.

use alibabacloud_kms::api::crypto::{EncryptRequest, EncryptResponse};
use alibabacloud_kms::api::key::{DescribeKeyRequest, DescribeKeyResponse};
use alibabacloud_kms::native::random::GenerateRandomRequest;
use alibabacloud_kms::{Error, ErrorKind, ExposeSecret, KmsClient, ServiceError};
use alibabacloud_kms_local::{LocalGateway, LocalGatewayBuilder};
use http::StatusCode;

async fn client(builder: LocalGatewayBuilder) -> (LocalGateway, KmsClient) {
    let gateway = builder.start().await.expect("a gateway");
    let builder = KmsClient::builder().shared(gateway.open_api_gateway()).max_attempts(1);
    let client = builder.instance(gateway.instance_gateway()).build().expect("a client");
    (gateway, client)
}

#[tokio::test]
async fn a_handler_takes_the_place_of_the_gateways_own_in_its_dialect_only() {
    let builder = LocalGateway::builder().handle(|request: &EncryptRequest| {
        let mut response = EncryptResponse::default();
        response.key_id = request.key_id.clone();
        response.key_version_id = "version".to_owned();
        response.ciphertext_blob = format!("of {}", request.key_id);
        Ok(response)
    });
    let (_gateway, client) = client(builder).await;
    let encrypt = || client.encrypt(EncryptRequest::new("alias/default", "text"));
    let shared = encrypt().use_shared_gateway(true).await.expect("an answer");
    assert_eq!(shared.ciphertext_blob, "of alias/default");
    assert_eq!(shared.request_id.len(), 36, "the gateway's own");
    let instance = encrypt().await.expect("an answer");
    assert_ne!(instance.ciphertext_blob, "of alias/default");
}

#[tokio::test]
async fn the_last_handler_of_an_action_holds() {
    let builder = LocalGateway::builder()
        .handle(|_: &DescribeKeyRequest| Ok(DescribeKeyResponse::default()))
        .handle(|_: &DescribeKeyRequest| Err(Error::refused("Acme.Closed", "Come back later.")));
    let (_gateway, client) = client(builder).await;
    let error = client.describe_key(DescribeKeyRequest::new("k")).await.expect_err("refused");
    assert_eq!(
        (error.code(), error.status()),
        (Some("Acme.Closed"), Some(StatusCode::BAD_REQUEST))
    );
}

#[tokio::test]
async fn a_refusal_keeps_status_code_and_message_in_both_dialects() {
    let refusal = || {
        let busy = ServiceError::new("Acme.Busy", "Too many.");
        Error::from_service(busy.with_status(StatusCode::SERVICE_UNAVAILABLE))
    };
    let builder = LocalGateway::builder()
        .handle(move |_: &DescribeKeyRequest| Err(refusal()))
        .handle(move |_: &GenerateRandomRequest| Err(refusal()));
    let (_gateway, client) = client(builder).await;
    let of_action = client.describe_key(DescribeKeyRequest::new("k")).await.expect_err("refused");
    let of_operation = client.instance().generate_random(GenerateRandomRequest::new(1)).await;
    for error in [of_action, of_operation.expect_err("refused")] {
        let service = error.service().expect("an answer");
        assert_eq!((service.code(), service.message()), (Some("Acme.Busy"), Some("Too many.")));
        assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
    }
}

#[tokio::test]
async fn a_handler_that_panics_fails_its_call_and_not_the_gateway() {
    let builder = LocalGateway::builder().handle(
        |_: &DescribeKeyRequest| -> Result<DescribeKeyResponse, _> { panic!("on purpose") },
    );
    let (_gateway, client) = client(builder).await;
    let error = client.describe_key(DescribeKeyRequest::new("k")).await.expect_err("a fault");
    assert_eq!(error.status(), Some(StatusCode::INTERNAL_SERVER_ERROR));
    let random = client.instance().generate_random(GenerateRandomRequest::new(3)).await;
    assert_eq!(random.expect("an answer").random.expose_secret().len(), 3);
}

#[tokio::test]
async fn an_error_that_is_no_refusal_is_a_fault_of_the_service_and_shows_nothing() {
    let builder = LocalGateway::builder().handle(|_: &DescribeKeyRequest| {
        Err(Error::new(ErrorKind::Io, "the canary's file cannot be read"))
    });
    let (_gateway, client) = client(builder).await;
    let error = client.describe_key(DescribeKeyRequest::new("k")).await.expect_err("a fault");
    assert_eq!(error.code(), Some("InternalFailure"));
    assert_eq!(error.status(), Some(StatusCode::INTERNAL_SERVER_ERROR));
    assert!(!format!("{error:?}").contains("canary"));
}
