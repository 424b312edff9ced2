//! What spans, events and metrics hold: what is listed and nothing else, over every failure and both
//! gateways.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::api::secret::{CreateSecretRequest, GetSecretValueRequest};
use alibabacloud_kms::cache::SecretCache;
use alibabacloud_kms::middleware::metrics::METRICS;
use alibabacloud_kms::middleware::propagate::{PropagateTraceContextLayer, TraceContext};
use alibabacloud_kms::middleware::trace::FIELDS;
use alibabacloud_kms::{Body, BoxError, ClientBuilder, Clock, Gateway, KmsClient, OpenApiGateway};
use alibabacloud_kms_local::LocalGateway;
use alibabacloud_kms_tests::canary::{self, PLAINTEXT, http};
use alibabacloud_kms_tests::listener;
use alibabacloud_kms_tests::server::{Behaviour, Server};
use metrics_util::debugging::DebuggingRecorder;
use tower::util::MapRequestLayer;

use crate::credential;
use crate::failures::FAILURES;

/// Everything that calls can come to: each failure and success on both gateways, a retry, a throttle,
/// a clock that is off, a cache's answer.
async fn everything() {
    for gateway in [Gateway::Shared, Gateway::Instance] {
        for failure in FAILURES {
            (failure.run)(gateway).await;
        }
        let server = Server::http(Behaviour::answer("429 Slow down", "text/html", b"")).await;
        let client = canary::client(gateway, &http(server.address()), None);
        let call = client.encrypt(EncryptRequest::new("key", PLAINTEXT));
        call.max_attempts(2).await.expect_err("it is throttled");
    }
    let local = LocalGateway::start().await.expect("a gateway");
    let client = of_both(&local).build().expect("a client");
    seal_and_open(&client).await;
    let slow = Clock::new(|| SystemTime::now() - Duration::from_secs(3600));
    seal_and_open(&of_both(&local).clock(slow).build().expect("a client")).await;
    let client = of_both(&local).layer(SecretCache::default().layer()).build().expect("a client");
    let secret = CreateSecretRequest::new("cached", "1", PLAINTEXT);
    client.create_secret(secret).await.expect("an answer");
    for _ in 0..2 {
        client.get_secret_value(GetSecretValueRequest::new("cached")).await.expect("an answer");
    }
    credential::failures::each("telemetry", |_, _, _| {}).await;
    credential::failures::successes("telemetry", |_| {}).await;
    credential::oauth::renew_without_writing().await;
}

fn of_both(local: &LocalGateway) -> ClientBuilder {
    KmsClient::builder().shared(local.open_api_gateway()).instance(local.instance_gateway())
}

async fn seal_and_open(client: &KmsClient) {
    for shared in [true, false] {
        let request = EncryptRequest::new("alias/default", PLAINTEXT);
        let sealed = client.encrypt(request).use_shared_gateway(shared).await.expect("an answer");
        let request = DecryptRequest::new(sealed.ciphertext_blob);
        client.decrypt(request).use_shared_gateway(shared).await.expect("an answer");
    }
}

#[tokio::test]
async fn every_field_that_is_recorded_is_listed_and_every_listed_one_is_recorded() {
    let listener = listener::listen();
    everything().await;
    // Another thread may have met a callsite while nobody listened, which is remembered. By now all
    // are known: they are asked again.
    tracing::callsite::rebuild_interest_cache();
    everything().await;
    let names = listener.fields.names();
    let listed: BTreeSet<_> = FIELDS.iter().copied().collect();
    let unlisted: Vec<_> = names.declared.difference(&listed).collect();
    assert!(unlisted.is_empty(), "not on the list of fields: {unlisted:?}");
    let unused: Vec<_> = listed.difference(&names.recorded).collect();
    assert!(unused.is_empty(), "on the list of fields, and never recorded: {unused:?}");
}

// Tokio's tests run on one thread, where their recorder is.
#[tokio::test]
async fn every_metric_and_label_is_listed_and_every_listed_one_is_recorded() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let guard = metrics::set_default_local_recorder(&recorder);
    everything().await;
    drop(guard);
    let canaries = canary::forms();
    let mut seen = BTreeSet::new();
    for (key, ..) in snapshotter.snapshot().into_vec() {
        let name = key.key().name();
        for label in key.key().labels() {
            let value = label.value();
            assert!(!canaries.iter().any(|canary| value.contains(canary)), "{name} shows a secret");
            seen.insert(format!("{:?} {name}: {}", key.kind(), label.key()));
        }
    }
    let labels =
        METRICS.iter().flat_map(|metric| metric.labels.iter().map(move |label| (metric, label)));
    let listed: BTreeSet<_> = labels
        .map(|(metric, label)| format!("{:?} {}: {label}", metric.kind, metric.name))
        .collect();
    let unlisted: Vec<_> = seen.difference(&listed).collect();
    assert!(unlisted.is_empty(), "not on the list of metrics: {unlisted:?}");
    let unused: Vec<_> = listed.difference(&seen).collect();
    assert!(unused.is_empty(), "on the list of metrics, and never recorded: {unused:?}");
}

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// The `traceparent` of each request that passed.
#[derive(Clone, Default)]
struct Parents(Arc<Mutex<Vec<Option<String>>>>);

impl Parents {
    /// Writes them down.
    fn layer(
        &self,
    ) -> MapRequestLayer<impl Fn(http::Request<Body>) -> http::Request<Body> + Clone + use<>> {
        let Self(seen) = self.clone();
        MapRequestLayer::new(move |request: http::Request<Body>| {
            let parent = request.headers().get("traceparent");
            let parent = parent.map(|value| value.to_str().expect("ASCII").to_owned());
            seen.lock().expect("no panic before").push(parent);
            request
        })
    }

    fn seen(&self) -> Vec<Option<String>> {
        self.0.lock().expect("no panic before").clone()
    }
}

#[tokio::test]
async fn both_gateways_take_requests_with_a_trace_context() {
    let local = LocalGateway::start().await.expect("a gateway");
    let parents = Parents::default();
    let context: TraceContext = PARENT.parse().expect("a parent");
    let context = context.with_state("kms=1").expect("a state");
    let propagate = PropagateTraceContextLayer::from_fn(move || Some(context.clone()));
    let client = of_both(&local)
        .http_layer(propagate)
        .http_layer(parents.layer())
        .build()
        .expect("a client");
    seal_and_open(&client).await;
    assert_eq!(parents.seen(), vec![Some(PARENT.to_owned()); 4]);
}

#[tokio::test]
async fn a_call_carries_a_context_of_its_own() {
    let local = LocalGateway::start().await.expect("a gateway");
    let parents = Parents::default();
    let propagate = PropagateTraceContextLayer::new();
    let client = of_both(&local)
        .http_layer(propagate)
        .http_layer(parents.layer())
        .build()
        .expect("a client");
    let context: TraceContext = PARENT.parse().expect("a parent");
    let request = || EncryptRequest::new("alias/default", "text");
    client.encrypt(request()).extension(context).await.expect("an answer");
    client.encrypt(request()).await.expect("an answer");
    assert_eq!(parents.seen(), [Some(PARENT.to_owned()), None]);
}

#[tokio::test]
async fn nothing_of_a_trace_is_sent_unless_it_is_asked_for() {
    let parents = Parents::default();
    let transport = tower::service_fn(|_: http::Request<Body>| async {
        let answer = r#"{"KeyId":"k","KeyVersionId":"v","CiphertextBlob":"YQ==","RequestId":"r"}"#;
        Ok::<_, BoxError>(http::Response::new(Body::from(answer)))
    });
    let endpoint = "https://kms.invalid".parse().expect("an endpoint");
    let client = KmsClient::builder()
        .shared(OpenApiGateway::new(endpoint, canary::credential()))
        .http_layer(parents.layer())
        .transport(transport)
        .build()
        .expect("a client");
    let context: TraceContext = PARENT.parse().expect("a parent");
    let call = client.encrypt(EncryptRequest::new("k", "t")).extension(context);
    call.await.expect("an answer");
    assert_eq!(parents.seen(), [None]);
}
