//! The clients that a mock gives: what is real in them, and that no network is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::api::data_key::GenerateDataKeyRequest;
use alibabacloud_kms::api::key::ListKeysRequest;
use alibabacloud_kms::middleware::encode::EncodeRpcLayer;
use alibabacloud_kms::native::random::GenerateRandomRequest;
use alibabacloud_kms::testing::MockGateway;
use alibabacloud_kms::{
    BoxError, Call, Credential, Error, ErrorKind, ExposeSecret, Gateway, InstanceGateway,
    KmsClient, OpenApiGateway, ProvideCredential, SecretString, TlsOptions, kms_api,
};
use tower::{ServiceBuilder, ServiceExt, service_fn};

use super::{encrypt, sealed};

/// Runs on a runtime without IO, where a socket, a name or a signal would panic.
fn without_io<F: Future>(test: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime").block_on(test)
}

#[test]
fn a_runtime_without_io_is_one_where_a_network_client_fails() {
    let endpoint = "http://127.0.0.1:1".parse().expect("an endpoint");
    let client = KmsClient::builder()
        .shared(OpenApiGateway::new(endpoint, Credential::access_key("id", "secret")))
        .max_attempts(1)
        .build()
        .expect("a client");
    let call = std::panic::AssertUnwindSafe(|| without_io(client.encrypt(encrypt()).reply()));
    assert!(std::panic::catch_unwind(call).is_err(), "else the next test shows nothing");
}

#[test]
fn a_mock_client_touches_no_network() {
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>().refuse_connection().lose_connection().answer(sealed("YQ=="));
    mock.on::<GenerateRandomRequest>().answer_with(|request, answer| {
        answer.random = vec![7; usize::try_from(request.length).unwrap_or_default()].into();
    });
    without_io(async {
        for client in [mock.client(), mock.builder().use_shared_gateway(true).build().expect("one")]
        {
            // Its own TLS settings would select a pool of connections.
            let tls = TlsOptions::danger_accept_any_certificate();
            client.encrypt(encrypt()).tls(tls).await.expect("an answer");
            let random = client.instance().generate_random(GenerateRandomRequest::new(3)).await;
            assert_eq!(random.expect("an answer").random.expose_secret(), [7, 7, 7]);
            client.list_keys(ListKeysRequest::new()).await.expect_err("no rule");
        }
    });
}

/// A provider that is not to be asked: it would go over the network.
#[derive(Debug, Default)]
struct Asked(Arc<AtomicBool>);

#[async_trait::async_trait]
impl ProvideCredential for Asked {
    async fn provide(&self) -> Result<Credential, Error> {
        self.0.store(true, Ordering::Relaxed);
        Err(Error::new(ErrorKind::Credential, "no network"))
    }
}

#[test]
fn a_builder_of_the_users_keeps_its_settings_and_loses_network_and_credentials() {
    let asked = Arc::<AtomicBool>::default();
    let provider = || Asked(Arc::clone(&asked));
    let endpoint = "kst.example".parse().expect("an endpoint");
    let production = KmsClient::builder()
        .shared(OpenApiGateway::region("cn-hangzhou", provider()).expect("a region"))
        .instance(InstanceGateway::with_credential(endpoint, provider()))
        .default_kms_api_names(["Decrypt"])
        .expect("an action")
        .max_attempts(1);
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>().answer(sealed("YQ==")).times(1).status(503);
    mock.on::<DecryptRequest>().answer_with(|_, answer| answer.plaintext = "text".into());
    let client = mock.install(production).build().expect("a client");
    without_io(async {
        client.encrypt(encrypt()).await.expect("an answer");
        client.encrypt(encrypt()).await.expect_err("one attempt");
        client.decrypt(DecryptRequest::new("YQ==")).await.expect("an answer");
    });
    let requests = mock.requests();
    let hosts: Vec<_> = requests.iter().map(|it| it.uri().host().expect("a host")).collect();
    assert_eq!(hosts, ["kst.example", "kst.example", "kms.cn-hangzhou.aliyuncs.com"]);
    assert!(!asked.load(Ordering::Relaxed));
}

#[tokio::test]
async fn the_client_goes_to_the_shared_gateway_and_the_builder_routes_as_in_production() {
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>().status(404);
    mock.on::<ListKeysRequest>().status(404);
    let routed = async |client: KmsClient| {
        let encrypt = client.encrypt(encrypt()).await.expect_err("a refusal");
        let list = client.list_keys(ListKeysRequest::new()).await.expect_err("a refusal");
        [encrypt.gateway(), list.gateway()].map(|gateway| gateway.expect("a gateway"))
    };
    assert_eq!(routed(mock.client()).await, [Gateway::Shared; 2]);
    let built = mock.builder().build().expect("a client");
    assert_eq!(routed(built).await, [Gateway::Instance, Gateway::Shared]);
}

kms_api! {
    version = "2016-01-20";
    trait LabApi;

    /// Makes a passphrase.
    action GetPassphrase {
        gateways: shared;
        idempotent: true;
        request { words: i32 }
        response { #[secret] passphrase: SecretString }
    }
}

#[tokio::test(start_paused = true)]
async fn actions_of_the_users_are_mocked_like_ours() {
    let mock = MockGateway::new();
    let rule = mock.on::<GetPassphraseRequest>().status(503).answer_with(|request, answer| {
        answer.passphrase = vec!["w"; request.words as usize].join("-").into()
    });
    let answer = mock.client().get_passphrase(GetPassphraseRequest::new(3)).await;
    assert_eq!(answer.expect("an answer").passphrase.expose_secret(), "w-w-w");
    assert_eq!(rule.calls()[0].words, 3);
}

#[tokio::test]
async fn a_users_layer_is_above_the_mock_and_the_calls_that_it_makes_are_calls() {
    let mock = MockGateway::new();
    let keys = mock.on::<GenerateDataKeyRequest>().answer_with(|_, answer| {
        answer.ciphertext_blob = "a2V5".into();
    });
    let envelope = tower::layer::layer_fn(|inner: alibabacloud_kms::BoxCall| {
        service_fn(move |call: Call| {
            let inner = inner.clone();
            async move {
                let key = call.with_request(GenerateDataKeyRequest::new("k"));
                let reply = inner.oneshot(key).await?;
                let key = reply.clone().into_response::<GenerateDataKeyRequest>()?;
                Ok::<_, BoxError>(reply.with_response(sealed(&key.ciphertext_blob)))
            }
        })
    });
    let builder = mock.builder().use_shared_gateway(true).layer(envelope);
    let answer = builder.build().expect("a client").encrypt(encrypt()).await;
    assert_eq!(answer.expect("an answer").ciphertext_blob, "a2V5");
    assert_eq!((keys.calls().len(), mock.calls().len()), (1, 1));
}

#[tokio::test]
async fn the_parts_make_a_mock_of_any_stack() {
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>().answer(sealed("YQ=="));
    let encode = EncodeRpcLayer::new(Gateway::Shared, "h".parse().expect("a host"));
    let stack = ServiceBuilder::new().layer(encode).service(mock.transport());
    let whole =
        KmsClient::from_service(ServiceBuilder::new().layer(mock.layer()).service(stack.clone()));
    whole.encrypt(encrypt()).await.expect("an answer");
    let error = KmsClient::from_service(stack).encrypt(encrypt()).await.expect_err("half a mock");
    assert_eq!(error.kind(), ErrorKind::Layer);
    assert_eq!(mock.requests().len(), 1);
}
