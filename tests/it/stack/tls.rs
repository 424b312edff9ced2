//! Which TLS options hold for a call of a client, and what its transport learns of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use alibabacloud_kms::middleware::signals::EffectiveTls;
use alibabacloud_kms::{
    Body, BoxError, ClientBuilder, InstanceGateway, KmsClient, OpenApiGateway, TlsOptions,
};
use alibabacloud_kms_tests::certificate::Authority;
use http::{Request, Response};
use tower::service_fn;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt as _};

use super::{Log, credential, encrypted, endpoint, request};

fn ca() -> TlsOptions {
    TlsOptions::ca_pem(Authority::generate().pem().as_bytes()).expect("a CA")
}

fn anyone() -> TlsOptions {
    TlsOptions::danger_accept_any_certificate()
}

fn shared() -> OpenApiGateway {
    OpenApiGateway::new(endpoint(), credential())
}

fn instance() -> InstanceGateway {
    InstanceGateway::with_credential(endpoint(), credential())
}

/// What a transport finds on a request.
fn found<B>(request: &Request<B>) -> String {
    let tls = EffectiveTls::from_extensions(request.extensions());
    format!("{:?}", tls.map(|tls| tls.options()))
}

/// A client over a transport that writes down what it finds.
fn client(builder: ClientBuilder, log: &Log) -> KmsClient {
    let log = log.clone();
    let transport = service_fn(move |request: Request<Body>| {
        log.add(found(&request));
        async { Ok::<Response<Body>, BoxError>(encrypted()) }
    });
    builder.transport(transport).build().expect("a client")
}

#[tokio::test]
async fn the_calls_options_win_over_the_gateways_and_these_over_the_clients() {
    let log = Log::default();
    let [of_call, of_gateway, of_client] = [ca(), anyone(), ca().post_quantum(false)];
    let builder = KmsClient::builder()
        .shared(shared().tls(of_gateway.clone()))
        .instance(instance())
        .tls(of_client.clone());
    let client = client(builder, &log);
    let encrypt = |shared| client.encrypt(request()).use_shared_gateway(shared);
    encrypt(true).tls(of_call.clone()).await.expect("an answer");
    encrypt(true).await.expect("an answer");
    encrypt(false).await.expect("an answer");
    let expected = [of_call, of_gateway, of_client].map(|tls| format!("{:?}", Some(tls)));
    assert_eq!(log.lines(), expected);
}

#[tokio::test]
async fn without_options_a_transport_of_the_users_has_its_own() {
    let log = Log::default();
    let client = client(KmsClient::builder().shared(shared()), &log);
    client.encrypt(request()).await.expect("an answer");
    assert_eq!(log.lines(), ["None"]);
}

#[tokio::test]
async fn a_client_warns_once_that_certificates_are_not_checked() {
    let warnings = Warnings::default();
    let subscriber = tracing_subscriber::registry().with(warnings.clone());
    let _subscriber = tracing::subscriber::set_default(subscriber);
    let log = Log::default();
    let builder =
        || KmsClient::builder().shared(shared().tls(anyone())).instance(instance().tls(anyone()));
    for clients in 1..=2 {
        let client = client(builder(), &log);
        for shared in [true, false, true] {
            let call = client.clone().encrypt(request()).use_shared_gateway(shared);
            call.tls(anyone().post_quantum(shared)).await.expect("an answer");
            client.encrypt(request()).use_shared_gateway(shared).await.expect("an answer");
        }
        assert_eq!(warnings.0.load(Ordering::Relaxed), clients);
    }
    // Nor does building a client with its own transports warn.
    builder().build().expect("a client");
    assert_eq!(warnings.0.load(Ordering::Relaxed), 2);
}

/// Counts warnings.
#[derive(Clone, Default)]
struct Warnings(Arc<AtomicUsize>);

impl<S: Subscriber> tracing_subscriber::Layer<S> for Warnings {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() == Level::WARN {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}
