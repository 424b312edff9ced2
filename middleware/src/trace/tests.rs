use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use http::StatusCode;
use tower::{Layer, ServiceBuilder, ServiceExt as _};
use tower_test::mock::{self, Mock};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::Registry;
use tracing_subscriber::layer::{Context as LayerContext, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

use super::*;
use crate::action::Gateway;
use crate::encode::EncodeRpcLayer;
use crate::error::{BoxError, Error, ErrorKind, ServiceError};
use crate::propagate::PropagateTraceContextLayer;
use crate::reply::Reply;
use crate::retry::{Backoff, RetryLayer, RetryPolicy};
use crate::telemetry::{Telemetry, TelemetryAttemptLayer, TelemetryLayer};
use crate::test_support::{
    HttpMock, SECRET, answer, create_call, created, endpoint, serve, shows_secret,
};

/// Everything that was recorded, in the order of its beginning.
#[derive(Clone, Default)]
struct Capture(Arc<Mutex<Vec<Recorded>>>);

/// A span or an event.
#[derive(Clone, Debug, Default)]
struct Recorded {
    id: Option<u64>,
    name: String,
    parent: Option<String>,
    declared: Vec<&'static str>,
    values: BTreeMap<String, String>,
    closed: bool,
}

impl Recorded {
    fn insert(&mut self, field: &Field, value: String) {
        let before = self.values.insert(field.name().into(), value);
        assert_eq!(before, None, "{} is recorded once", field.name());
    }
}

impl Visit for Recorded {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.insert(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field, value.to_string());
    }

    /// What OpenTelemetry has no integers for.
    fn record_u64(&mut self, field: &Field, _: u64) {
        panic!("{} would become a text", field.name());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.insert(field, format!("{value:?}"));
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> tracing_subscriber::Layer<S> for Capture {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: LayerContext<'_, S>) {
        let parent = context.span(id).and_then(|span| span.parent());
        let mut span = Recorded {
            id: Some(id.into_u64()),
            name: attributes.metadata().name().into(),
            parent: parent.map(|parent| parent.name().into()),
            declared: attributes.fields().iter().map(|field| field.name()).collect(),
            ..Recorded::default()
        };
        attributes.record(&mut span);
        self.0.lock().expect("no panic").push(span);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: LayerContext<'_, S>) {
        let mut all = self.0.lock().expect("no panic");
        // Ids are used again: the last span of this one is meant.
        let span = all.iter_mut().rfind(|span| span.id == Some(id.into_u64()));
        values.record(span.expect("a known span"));
    }

    fn on_close(&self, id: Id, _: LayerContext<'_, S>) {
        let mut all = self.0.lock().expect("no panic");
        let span = all.iter_mut().rfind(|span| span.id == Some(id.into_u64()));
        span.expect("a known span").closed = true;
    }

    fn on_event(&self, event: &Event<'_>, context: LayerContext<'_, S>) {
        let mut recorded = Recorded {
            name: "event".into(),
            parent: context.event_span(event).map(|span| span.name().into()),
            declared: event.fields().map(|field| field.name()).collect(),
            ..Recorded::default()
        };
        event.record(&mut recorded);
        self.0.lock().expect("no panic").push(recorded);
    }
}

impl Capture {
    /// Runs a future under this subscriber, at the level TRACE.
    async fn run<T>(run: impl Future<Output = T>) -> (T, Vec<Recorded>) {
        let capture = Self::default();
        // With two of them known, a callsite asks both whether it is wanted. With one, it asks the
        // thread that meets it first, which may be another test's.
        let _another = tracing::Dispatch::new(Registry::default());
        let guard = tracing::subscriber::set_default(Registry::default().with(capture.clone()));
        let output = run.await;
        drop(guard);
        let recorded = capture.0.lock().expect("no panic").clone();
        (output, recorded)
    }
}

/// The fields that were recorded of a span around a mock that answers so.
async fn recorded<L>(layer: L, result: Result<Reply, BoxError>) -> Recorded
where
    L: Layer<Mock<Call, Reply>, Service = Telemetry<Mock<Call, Reply>>>,
{
    let (mock, handle): (Mock<Call, Reply>, _) = mock::pair();
    let mut result = Some(result);
    serve(handle, move |_, _, respond| match result.take() {
        Some(Ok(reply)) => respond.send_response(reply),
        Some(Err(error)) => respond.send_error(error),
        None => panic!("one call"),
    });
    let (_, spans) = Capture::run(layer.layer(mock).oneshot(create_call())).await;
    let [span] = &*spans else {
        panic!("one span, not {spans:?}");
    };
    span.clone()
}

fn values<const LEN: usize>(values: [(&str, &str); LEN]) -> BTreeMap<String, String> {
    values.map(|(name, value)| (name.into(), value.into())).into()
}

fn replied() -> Reply {
    created()
        .with_request_id("id-1")
        .with_http(StatusCode::OK, http::HeaderMap::new())
        .with_attempts(2)
}

fn refused() -> Error {
    let service = ServiceError::new("Forbidden.KeyNotFound", SECRET)
        .with_status(StatusCode::NOT_FOUND)
        .with_request_id("id-2");
    Error::from_service(service).with_gateway(Gateway::Shared).with_attempts(1)
}

/// What every span of this module's calls has.
fn values_of_call<const LEN: usize>(more: [(&str, &str); LEN]) -> BTreeMap<String, String> {
    let mut all = values([
        ("otel.name", "Kms/CreateThing"),
        ("otel.kind", "client"),
        ("rpc.system.name", "alibabacloud-kms"),
        ("rpc.method", "Kms/CreateThing"),
    ]);
    all.extend(values(more));
    all
}

#[tokio::test]
async fn a_calls_span_is_that_of_an_rpc_client() {
    let span = recorded(TelemetryLayer, Ok(replied())).await;
    assert_eq!(span.name, "kms.call");
    assert_eq!(
        span.values,
        values_of_call([
            ("kms.gateway", "shared"),
            ("kms.request_id", "id-1"),
            ("kms.attempts", "2"),
            ("http.response.status_code", "200"),
        ])
    );
    assert!(span.closed);
}

#[tokio::test]
async fn an_attempts_span_is_that_of_an_http_client() {
    let layer = TelemetryAttemptLayer::new(Gateway::Shared, endpoint());
    let span = recorded(layer, Ok(replied())).await;
    assert_eq!(span.name, "kms.attempt");
    assert_eq!(
        span.values,
        values([
            ("otel.name", "POST"),
            ("otel.kind", "client"),
            ("http.request.method", "POST"),
            ("http.response.status_code", "200"),
            ("server.address", "gateway.invalid"),
            ("server.port", "8443"),
            ("url.scheme", "https"),
            ("kms.operation", "CreateThing"),
            ("kms.attempt", "1"),
            ("kms.gateway", "shared"),
            ("kms.request_id", "id-1"),
        ])
    );
}

#[tokio::test]
async fn an_address_of_version_6_has_no_brackets() {
    let endpoint = "http://[::1]:9".parse().expect("an endpoint");
    let layer = TelemetryAttemptLayer::new(Gateway::Instance, endpoint);
    let span = recorded(layer, Ok(replied())).await;
    assert_eq!((&*span.values["server.address"], &*span.values["url.scheme"]), ("::1", "http"));
}

#[tokio::test]
async fn a_service_error_is_recorded_by_its_code_and_not_its_message() {
    let span = recorded(TelemetryLayer, Err(refused().into())).await;
    assert_eq!(
        span.values,
        values_of_call([
            ("kms.gateway", "shared"),
            ("kms.request_id", "id-2"),
            ("kms.attempts", "1"),
            ("http.response.status_code", "404"),
            ("rpc.response.status_code", "Forbidden.KeyNotFound"),
            ("error.type", "Forbidden.KeyNotFound"),
            ("otel.status_code", "ERROR"),
        ])
    );
}

#[tokio::test]
async fn other_errors_are_recorded_by_their_kind() {
    let slow = Error::new(ErrorKind::Timeout, "slow");
    for (error, expected) in [(slow.into(), "timeout"), (BoxError::from("overloaded"), "_OTHER")] {
        let span = recorded(TelemetryLayer, Err(error)).await;
        assert_eq!(span.values["error.type"], expected);
        assert_eq!(span.values["otel.status_code"], "ERROR");
        assert_eq!(span.values.get("rpc.response.status_code"), None);
    }
}

#[tokio::test]
async fn what_a_server_makes_up_is_not_shown() {
    let service = ServiceError::new("no\ncode", "m").with_request_id("an id\nand a line");
    let span = recorded(TelemetryLayer, Err(Error::from_service(service).into())).await;
    assert_eq!(span.values["error.type"], "_OTHER");
    assert_eq!(span.values.get("rpc.response.status_code"), None);
    assert_eq!(span.values.get("kms.request_id"), None);
}

#[tokio::test]
async fn a_call_that_is_given_up_closes_its_spans_and_says_so() {
    let ((), spans) = Capture::run(async {
        let (mock, mut handle): (Mock<Call, Reply>, _) = mock::pair();
        let stack = ServiceBuilder::new()
            .layer(TelemetryLayer::new())
            .layer(TelemetryAttemptLayer::new(Gateway::Shared, endpoint()))
            .service(mock);
        let mut call = Box::pin(stack.oneshot(create_call()));
        let pending = std::future::poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx).is_pending()));
        assert!(pending.await);
        let held = handle.next_request().await.expect("one call");
        drop(call);
        drop(held);
    })
    .await;
    assert_eq!(spans.len(), 2);
    for span in spans {
        assert!(span.closed, "{}", span.name);
        assert_eq!(span.values["error.type"], "cancelled");
        assert_eq!(span.values["otel.status_code"], "ERROR");
    }
}

#[tokio::test]
async fn where_nobody_listens_no_span_is_made() {
    let silent = tracing::subscriber::set_default(tracing::subscriber::NoSubscriber::new());
    let (mock, handle): (Mock<Call, Reply>, _) = mock::pair();
    serve(handle, |_, _, respond| respond.send_response(created()));
    let call = TelemetryLayer::new().layer(mock).oneshot(create_call());
    assert!(call.await.is_ok());
    drop(silent);
    assert!(span(&Scope::Call, &create_call()).is_disabled());
}

#[tokio::test]
async fn a_trace_context_is_asked_for_in_the_attempts_span() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let names = Arc::clone(&asked);
    let propagate = PropagateTraceContextLayer::from_fn(move || {
        let name = Span::current().metadata().map(|metadata| metadata.name());
        names.lock().expect("no panic").push(name);
        None
    });
    let (mock, handle): (HttpMock, _) = mock::pair();
    serve(handle, |_, _, respond| {
        respond.send_response(answer(200, r#"{"Count":1,"RequestId":"r"}"#))
    });
    let stack = ServiceBuilder::new()
        .layer(TelemetryLayer::new())
        .layer(TelemetryAttemptLayer::new(Gateway::Shared, endpoint()))
        .layer(EncodeRpcLayer::new(Gateway::Shared, endpoint()))
        .layer(propagate)
        .service(mock);
    let (reply, _) = Capture::run(stack.oneshot(create_call())).await;
    assert!(reply.is_ok());
    assert_eq!(*asked.lock().expect("no panic"), [Some("kms.attempt")]);
}

#[test]
fn the_documented_fields_are_the_list() {
    let rows = include_str!("../trace.rs").lines().filter_map(|line| line.strip_prefix("//! | `"));
    let documented: Vec<_> = rows.map(|row| row.split('`').next().expect("a name")).collect();
    assert_eq!(documented, FIELDS);
}

#[tokio::test(start_paused = true)]
async fn attempts_and_retries_belong_to_their_call_and_show_no_secret() {
    let (mock, handle): (HttpMock, _) = mock::pair();
    serve(handle, |number, _, respond| {
        respond.send_response(match number {
            1 => answer(503, format!("<html>{SECRET}</html>")),
            2 => answer(429, format!(r#"{{"Code":"Throttling","Message":"{SECRET}"}}"#)),
            _ => answer(200, format!(r#"{{"Plaintext":"{SECRET}","RequestId":"id"}}"#)),
        });
    });
    let policy = RetryPolicy::default().backoff(Backoff::default().random(|| 1.0));
    let stack = ServiceBuilder::new()
        .layer(TelemetryLayer::new())
        .layer(RetryLayer::new(policy))
        .layer(TelemetryAttemptLayer::new(Gateway::Shared, endpoint()))
        .layer(EncodeRpcLayer::new(Gateway::Shared, endpoint()))
        .service(mock);
    let (reply, recorded) = Capture::run(stack.oneshot(create_call())).await;
    assert_eq!(reply.expect("a reply").attempts(), 3);

    let names: Vec<_> = recorded.iter().map(|span| (&*span.name, span.parent.as_deref())).collect();
    let (attempt, event) = (("kms.attempt", Some("kms.call")), ("event", Some("kms.call")));
    assert_eq!(names, [("kms.call", None), attempt, event, attempt, event, attempt]);
    for (event, (reason, delay, budget, attempts)) in [
        (&recorded[2], ("server_fault", "100", "2495", "1")),
        (&recorded[4], ("throttled", "200", "2490", "2")),
    ] {
        let expected = [
            ("message", "retrying"),
            ("kms.retry.reason", reason),
            ("kms.retry.delay_ms", delay),
            ("kms.retry.budget", budget),
            ("kms.attempts", attempts),
        ];
        assert_eq!(event.values, values(expected));
    }
    assert_eq!(recorded[1].values["error.type"], "503");
    for (index, attempt, resent) in [(1, "1", None), (3, "2", Some("1")), (5, "3", Some("2"))] {
        let values = &recorded[index].values;
        assert_eq!(values["kms.attempt"], attempt);
        assert_eq!(values.get("http.request.resend_count").map(String::as_str), resent);
        assert_eq!(values["network.protocol.version"], "1.1");
    }
    for name in recorded.iter().flat_map(|recorded| &recorded.declared) {
        assert!(FIELDS.contains(name), "{name} is not documented");
    }
    assert_eq!(recorded[3].values["http.response.status_code"], "429");
    assert_eq!(recorded[0].values["kms.attempts"], "3");
    assert!(!shows_secret(&format!("{recorded:?}")));
}

#[tokio::test]
async fn readiness_is_that_of_the_service_below() {
    let (mut service, mut handle) = mock::spawn_layer::<Call, Reply, _>(TelemetryLayer);
    handle.allow(0);
    assert!(service.poll_ready().is_pending());
    handle.allow(1);
    assert!(matches!(service.poll_ready(), Poll::Ready(Ok(()))));
}
