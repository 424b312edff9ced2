//! The examples rebuild the default stack: both send the same bytes.

use std::future::Future;
use std::sync::Arc;

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::api::data_key::GenerateDataKeyRequest;
use alibabacloud_kms::api::secret::{CreateSecretRequest, GetSecretValueRequest};
use alibabacloud_kms::middleware::retry::{RetryLayer, RetryPolicy};
use alibabacloud_kms::middleware::sign::{SignAcs3Layer, SignClientKeyLayer};
use alibabacloud_kms::middleware::wire::protobuf;
use alibabacloud_kms::native::advance::AdvanceDecryptRequest;
use alibabacloud_kms::transport::Transport;
use alibabacloud_kms::{
    BoxCall, Dialect, Endpoint, Gateway, InstanceGateway, KmsClient, OpenApiGateway, Router,
    Routing,
};
use alibabacloud_kms_examples::custom_stack;
use alibabacloud_kms_tests::answers::{drawn, sealed};
use alibabacloud_kms_tests::canary;
use alibabacloud_kms_tests::recorder::{Recorder, answer};

use super::{Log, clock, credential, nonce, spans};

fn retry() -> RetryLayer {
    RetryLayer::new(RetryPolicy::default())
}

fn acs3() -> SignAcs3Layer {
    SignAcs3Layer::new(Arc::new(credential())).clock(clock()).nonce(nonce())
}

fn transport() -> Transport {
    Transport::builder().build().expect("a transport")
}

fn rpc(gateway: Gateway, endpoint: Endpoint) -> BoxCall {
    custom_stack::rpc(gateway, endpoint, retry(), acs3(), transport())
}

fn rebuilt(shared: Option<BoxCall>, instance: Option<BoxCall>, dialect: Dialect) -> KmsClient {
    let router = match (shared, instance) {
        (Some(shared), Some(instance)) => Router::new(shared, instance, Routing::new()),
        (Some(shared), None) => Router::only_shared(shared, Routing::new()),
        (None, Some(instance)) => Router::only_instance(instance, Routing::new()),
        (None, None) => panic!("a gateway"),
    };
    custom_stack::client(router.instance_dialect(dialect))
}

/// What each of these calls is answered with.
const WHOLE: &[u8] = br#"{"KeyId":"k","KeyVersionId":"v","CiphertextBlob":"YQ==","SecretName":"s",
    "SecretData":"d","VersionId":"v","RequestId":"r"}"#;

/// What a gateway answers: enough for every call here to come to its end.
fn serve(request: &str) -> Vec<u8> {
    let operation = request.lines().find_map(|line| line.strip_prefix("x-kms-apiname: "));
    match operation.map(str::trim) {
        None => answer("200 OK", WHOLE),
        Some("AdvanceGenerateDataKey") => answer("200 OK", &protobuf::encode(&drawn())),
        Some("AdvanceEncrypt") => answer("200 OK", &protobuf::encode(&sealed())),
        // Three refusals, each repeated like the first.
        Some(_) => answer("503 Service Unavailable", b""),
    }
}

/// What this makes of a client: the bytes that reach the server, and the spans.
async fn observe(server: &Recorder, calls: impl Future<Output = ()>) -> [Vec<String>; 2] {
    let log = Log::default();
    let recording = spans::record(&log);
    calls.await;
    drop(recording);
    [server.take(), log.lines()]
}

/// Holds that both clients do the same in these calls, which are so many requests.
async fn compare<F: Future<Output = ()>>(
    server: &Recorder,
    clients: [KmsClient; 2],
    requests: usize,
    calls: impl Fn(KmsClient) -> F,
) {
    let [built, rebuilt] = clients;
    let expected = observe(server, calls(built)).await;
    assert_eq!(expected[0].len(), requests, "{expected:#?}");
    assert!(!expected[1].is_empty(), "there are spans");
    assert_eq!(observe(server, calls(rebuilt)).await, expected);
}

async fn rpc_calls(client: KmsClient) {
    client.encrypt(EncryptRequest::new("k", "t")).await.expect("an answer");
    let secret = CreateSecretRequest::new("name", "v1", "a secret in the body");
    client.create_secret(secret).reply().await.expect("an answer");
    let own = client.encrypt(EncryptRequest::new("k", "t")).header("x-acs-own", "7");
    own.expect("a header").await.expect("an answer");
}

#[tokio::test]
async fn the_shared_gateway_rebuilt_sends_the_same_bytes() {
    let server = Recorder::start(serve).await;
    let built = KmsClient::builder()
        .shared(OpenApiGateway::new(server.endpoint(), credential()))
        .clock(clock())
        .nonce(nonce())
        .build()
        .expect("a client");
    let shared = rpc(Gateway::Shared, server.endpoint());
    let rebuilt = rebuilt(Some(shared), None, Dialect::Protobuf);
    compare(&server, [built, rebuilt], 3, rpc_calls).await;
}

#[tokio::test]
async fn an_instance_with_a_credential_rebuilt_sends_the_same_bytes() {
    let server = Recorder::start(serve).await;
    let built = KmsClient::builder()
        .instance(InstanceGateway::with_credential(server.endpoint(), credential()))
        .clock(clock())
        .nonce(nonce())
        .build()
        .expect("a client");
    let instance = rpc(Gateway::Instance, server.endpoint());
    let rebuilt = rebuilt(None, Some(instance), Dialect::Rpc);
    compare(&server, [built, rebuilt], 2, |client| async move {
        client.encrypt(EncryptRequest::new("k", "t")).await.expect("an answer");
        let secret = client.get_secret_value(GetSecretValueRequest::new("name"));
        secret.reply().await.expect("an answer");
    })
    .await;
}

#[tokio::test]
async fn an_instance_with_a_client_key_rebuilt_sends_the_same_bytes() {
    let server = Recorder::start(serve).await;
    let built = KmsClient::builder()
        .instance(InstanceGateway::new(server.endpoint(), canary::client_key()))
        .clock(clock())
        .build()
        .expect("a client");
    let sign = SignClientKeyLayer::new(Arc::new(canary::client_key())).clock(clock());
    let instance = custom_stack::protobuf(server.endpoint(), retry(), sign, transport());
    let rebuilt = rebuilt(None, Some(instance), Dialect::Protobuf);
    // One operation, two operations, and one that is refused until the client gives up.
    compare(&server, [built, rebuilt], 1 + 2 + 3, |client| async move {
        client.encrypt(EncryptRequest::new("k", "t")).await.expect("an answer");
        client.generate_data_key(GenerateDataKeyRequest::new("k")).await.expect("an answer");
        let operation = AdvanceDecryptRequest::new(vec![9; 60]);
        client.invoke(operation).await.expect_err("refused");
    })
    .await;
}

#[tokio::test]
async fn both_gateways_rebuilt_share_the_calls_as_the_default_stack_does() {
    let server = Recorder::start(serve).await;
    let built = KmsClient::builder()
        .shared(OpenApiGateway::new(server.endpoint(), credential()))
        .instance(InstanceGateway::new(server.endpoint(), canary::client_key()))
        .clock(clock())
        .nonce(nonce())
        .build()
        .expect("a client");
    let shared = rpc(Gateway::Shared, server.endpoint());
    let sign = SignClientKeyLayer::new(Arc::new(canary::client_key())).clock(clock());
    let instance = custom_stack::protobuf(server.endpoint(), retry(), sign, transport());
    let rebuilt = rebuilt(Some(shared), Some(instance), Dialect::Protobuf);
    compare(&server, [built, rebuilt], 3, |client| async move {
        let encrypt = || client.encrypt(EncryptRequest::new("k", "t"));
        encrypt().await.expect("an answer");
        encrypt().use_shared_gateway(true).await.expect("an answer");
        let secret = CreateSecretRequest::new("name", "v1", "data");
        client.create_secret(secret).reply().await.expect("an answer");
    })
    .await;
}
