use std::future::Future as _;
use std::task::Poll;

use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use tower::{Layer as _, ServiceBuilder, ServiceExt as _, service_fn};
use tower_test::mock::{self, Mock};

use super::*;
use crate::call::Call;
use crate::encode::EncodeRpcLayer;
use crate::error::{BoxError, Error, ErrorKind, ServiceError};
use crate::reply::Reply;
use crate::retry::{Backoff, RetryLayer, RetryPolicy};
use crate::telemetry::{TelemetryAttemptLayer, TelemetryLayer};
use crate::test_support::{HttpMock, answer, create_call, created, endpoint, serve};

/// What was recorded since the last time, a line for each metric with its labels in order.
fn lines(snapshotter: &Snapshotter) -> Vec<String> {
    let recorded = snapshotter.snapshot().into_vec().into_iter();
    let mut lines: Vec<String> = recorded
        .map(|(key, _, _, value)| {
            let labels = key.key().labels();
            let mut labels: Vec<_> =
                labels.map(|label| format!("{}={}", label.key(), label.value())).collect();
            labels.sort();
            let value = match value {
                DebugValue::Counter(count) => count.to_string(),
                DebugValue::Gauge(number) => number.to_string(),
                DebugValue::Histogram(values) => format!("{values:.1?}"),
            };
            format!("{} {} {value}", key.key().name(), labels.join(" "))
        })
        .collect();
    lines.sort();
    lines
}

async fn recorded<T>(run: impl Future<Output = T>) -> (T, Vec<String>) {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let guard = metrics::set_default_local_recorder(&recorder);
    let output = run.await;
    drop(guard);
    (output, lines(&snapshotter))
}

#[tokio::test(start_paused = true)]
async fn calls_attempts_retries_and_throttles_are_recorded() {
    let (reply, lines) = recorded(async {
        let (mock, handle): (HttpMock, _) = mock::pair();
        serve(handle, |number, _, respond| {
            respond.send_response(match number {
                1 => answer(503, "<html>"),
                2 => answer(429, r#"{"Code":"Throttling.User"}"#),
                _ => answer(200, r#"{"Count":1,"RequestId":"id"}"#),
            });
        });
        let policy = RetryPolicy::default().backoff(Backoff::default().random(|| 1.0));
        let stack = ServiceBuilder::new()
            .layer(TelemetryLayer::new())
            .layer(RetryLayer::new(policy))
            .layer(TelemetryAttemptLayer::new(Gateway::Shared, endpoint()))
            .layer(EncodeRpcLayer::new(Gateway::Shared, endpoint()))
            .service(mock);
        stack.oneshot(create_call()).await
    })
    .await;
    assert_eq!(reply.expect("a reply").attempts(), 3);
    let request = |outcome: &str| {
        format!(
            "http.client.request.duration {outcome} kms.gateway=shared kms.operation=CreateThing \
             server.address=gateway.invalid server.port=8443 [0.0]"
        )
    };
    assert_eq!(
        lines,
        [
            &*request("error.type=503 http.request.method=POST http.response.status_code=503"),
            &request(
                "error.type=Throttling.User http.request.method=POST http.response.status_code=429"
            ),
            &request("http.request.method=POST http.response.status_code=200"),
            "kms.client.active_calls rpc.method=Kms/CreateThing 0",
            "kms.client.call.attempts kms.gateway=shared rpc.method=Kms/CreateThing [3.0]",
            "kms.client.retries kms.gateway=shared kms.operation=CreateThing \
             kms.retry.reason=server_fault 1",
            "kms.client.retries kms.gateway=shared kms.operation=CreateThing \
             kms.retry.reason=throttled 1",
            "kms.client.throttles kms.gateway=shared kms.operation=CreateThing 1",
            "rpc.client.call.duration kms.gateway=shared rpc.method=Kms/CreateThing \
             rpc.system.name=alibabacloud-kms [0.3]",
        ]
    );
}

/// The lines of a call whose service fails with this.
async fn failed(error: impl Into<BoxError>) -> Vec<String> {
    let (mock, handle): (Mock<Call, Reply>, _) = mock::pair();
    let mut error = Some(error.into());
    serve(handle, move |_, _, respond| respond.send_error(error.take().expect("one call")));
    let stack = ServiceBuilder::new()
        .layer(TelemetryLayer::new())
        .layer(TelemetryAttemptLayer::new(Gateway::Instance, endpoint()))
        .service(mock);
    let (result, lines) = recorded(stack.oneshot(create_call())).await;
    assert!(result.is_err());
    lines
}

fn has(lines: &[String], name: &str, label: &str) -> bool {
    let line = lines.iter().find(|line| line.split(' ').next() == Some(name));
    line.is_some_and(|line| line.split(' ').any(|known| known == label))
}

const CALL: &str = "rpc.client.call.duration";
const REQUEST: &str = "http.client.request.duration";

#[tokio::test(start_paused = true)]
async fn failures_are_told_apart_by_their_type() {
    let service = ServiceError::new("Forbidden.KeyNotFound", "m");
    let lines = failed(Error::from_service(service).with_gateway(Gateway::Instance)).await;
    for label in ["error.type", "rpc.response.status_code"] {
        assert!(has(&lines, CALL, &format!("{label}=Forbidden.KeyNotFound")), "{lines:?}");
    }
    assert!(has(&lines, CALL, "kms.gateway=instance"));

    let lines = failed(Error::new(ErrorKind::Connect, "refused")).await;
    assert!(has(&lines, CALL, "error.type=connect") && has(&lines, REQUEST, "error.type=connect"));
    assert!(has(&failed("overloaded").await, CALL, "error.type=_OTHER"));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_made_no_request_is_not_one() {
    let lines = failed(Error::new(ErrorKind::Credential, "none")).await;
    assert!(has(&lines, CALL, "error.type=credential"));
    assert!(!lines.iter().any(|line| line.starts_with(REQUEST)), "{lines:?}");
}

const IDLE: &str = "kms.client.active_calls rpc.method=Kms/CreateThing 0";

#[tokio::test]
async fn a_call_is_active_until_it_is_given_up() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let (mock, mut handle): (Mock<Call, Reply>, _) = mock::pair();
    let mut call = Box::pin(TelemetryLayer::new().layer(mock).oneshot(create_call()));
    let pending = std::future::poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx).is_pending()));
    assert!(pending.await);
    let _held = handle.next_request().await.expect("one call");
    assert_eq!(lines(&snapshotter), ["kms.client.active_calls rpc.method=Kms/CreateThing 1"]);
    drop(call);
    let lines = lines(&snapshotter);
    assert_eq!(lines[0], "kms.client.active_calls rpc.method=Kms/CreateThing -1");
    assert!(has(&lines, CALL, "error.type=cancelled"), "{lines:?}");
}

#[tokio::test]
async fn no_call_is_active_after_a_panic() {
    let at_once = service_fn(|_: Call| -> std::future::Ready<Result<Reply, BoxError>> {
        panic!("in the call");
    });
    let later = service_fn(|_: Call| async {
        tokio::task::yield_now().await;
        panic!("in the future");
        #[allow(unreachable_code)]
        Ok::<_, BoxError>(created())
    });
    let (panicked, lines) = recorded(async {
        let at_once = tokio::spawn(TelemetryLayer::new().layer(at_once).oneshot(create_call()));
        let later = tokio::spawn(TelemetryLayer::new().layer(later).oneshot(create_call()));
        [at_once.await, later.await].map(|joined| joined.is_err_and(|error| error.is_panic()))
    })
    .await;
    assert_eq!(panicked, [true, true]);
    assert_eq!(lines[0], IDLE);
}

#[tokio::test]
async fn cache_lookups_are_counted_by_what_came_of_them() {
    let ((), lines) = recorded(async {
        for outcome in ["miss", "hit", "hit"] {
            cache_lookup(create_call().action(), outcome);
        }
    })
    .await;
    let lookups = "kms.client.cache.lookups kms.cache.outcome=";
    let action = "rpc.method=Kms/CreateThing";
    assert_eq!(lines, [format!("{lookups}hit {action} 2"), format!("{lookups}miss {action} 1")]);
}

#[test]
fn units_and_meanings_are_told_when_a_stack_is_built() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    metrics::with_local_recorder(&recorder, || {
        let (mock, _): (Mock<Call, Reply>, _) = mock::pair();
        let _ = TelemetryLayer::new().layer(mock);
        metrics::histogram!(table::CALL_DURATION.name).record(1.0);
        metrics::counter!(table::RETRIES.name).increment(1);
        metrics::gauge!(table::CONNECTIONS.name).increment(1);
    });
    for (key, unit, description, _) in snapshotter.snapshot().into_vec() {
        let name = key.key().name();
        let metric = METRICS.iter().find(|metric| metric.name == name).expect("a metric");
        let seconds = unit == Some(metrics::Unit::Seconds);
        assert_eq!(seconds, metric.unit == "s", "{name}");
        assert_eq!(description.as_deref(), Some(metric.what));
    }
}
