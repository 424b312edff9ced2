//! Stock layers of `tower` at call level: what each does to calls of our client.

use std::error::Error as _;
use std::future::{Ready, ready};
use std::time::Duration;

use alibabacloud_kms::api::key::CreateKeyRequest;
use alibabacloud_kms::{BoxError, Call, Error, ErrorKind, KmsClient, Reply};
use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::{JoinSet, yield_now};
use tokio::time::{Instant, timeout};
use tower::buffer::BufferLayer;
use tower::limit::ConcurrencyLimitLayer;
use tower::load_shed::{LoadShedLayer, error::Overloaded};
use tower::retry::{Policy, RetryLayer};
use tower::timeout::{TimeoutLayer, error::Elapsed};
use tower::{ServiceBuilder, service_fn};

use super::{Held, encrypted, header, held, recorded, request, shared};

/// So many calls at once, each in a task of its own.
fn calls(client: &KmsClient, number: usize) -> JoinSet<Result<String, Error>> {
    let mut calls = JoinSet::new();
    for _ in 0..number {
        let client = client.clone();
        calls.spawn(async move { Ok(client.encrypt(request()).await?.ciphertext_blob) });
    }
    calls
}

/// The next request. Time is paused: it moves only when nobody has anything left to do.
async fn arrival(requests: &mut UnboundedReceiver<Held>) -> Option<Held> {
    timeout(Duration::from_secs(1), requests.recv()).await.ok().flatten()
}

fn fault(status: u16) -> http::Response<alibabacloud_kms::Body> {
    let body = r#"{"Code":"InternalFailure","Message":"m","RequestId":"r"}"#;
    let mut response = http::Response::new(alibabacloud_kms::Body::from(body));
    *response.status_mut() = http::StatusCode::from_u16(status).expect("a status");
    response
}

#[tokio::test(start_paused = true)]
async fn timeout_ends_a_call_at_its_own_limit() {
    let (transport, _requests) = held();
    let layer = TimeoutLayer::new(Duration::from_millis(1500));
    let client = shared().layer(layer).transport(transport).build().expect("a client");
    let start = Instant::now();
    let error = client.encrypt(request()).await.expect_err("no answer");
    assert_eq!(start.elapsed(), Duration::from_millis(1500));
    assert_eq!((error.kind(), error.action()), (ErrorKind::Layer, Some("Encrypt")));
    assert!(error.source().is_some_and(|cause| cause.is::<Elapsed>()));
    let shown = "Encrypt: a layer of the client's stack failed the call: request timed out";
    assert_eq!(error.to_string(), shown);
}

#[tokio::test(start_paused = true)]
async fn concurrency_limit_bounds_what_is_in_flight() {
    let (transport, mut requests) = held();
    let layer = ConcurrencyLimitLayer::new(2);
    let client = shared().layer(layer).transport(transport).build().expect("a client");
    let mut calls = calls(&client, 5);
    let mut in_flight = Vec::new();
    for answered in 0..5 {
        while let Some(held) = arrival(&mut requests).await {
            in_flight.push(held);
        }
        assert_eq!(in_flight.len(), 2.min(5 - answered));
        in_flight.remove(0).answer(encrypted());
    }
    while let Some(answer) = calls.join_next().await {
        assert_eq!(answer.expect("no panic").expect("an answer"), "YQ==");
    }
}

#[tokio::test(start_paused = true)]
async fn load_shed_refuses_what_the_layer_below_it_would_make_wait() {
    let (transport, mut requests) = held();
    let client = shared()
        .layer(LoadShedLayer::new())
        .layer(ConcurrencyLimitLayer::new(1))
        .transport(transport)
        .build()
        .expect("a client");
    let mut first = calls(&client, 1);
    let held = arrival(&mut requests).await.expect("a request");

    let error = client.encrypt(request()).await.expect_err("one is on its way");
    assert_eq!((error.kind(), error.action()), (ErrorKind::Layer, Some("Encrypt")));
    assert!(error.source().is_some_and(|cause| cause.is::<Overloaded>()));

    held.answer(encrypted());
    first.join_next().await.expect("a call").expect("no panic").expect("an answer");
    let mut third = calls(&client, 1);
    arrival(&mut requests).await.expect("there is room again").answer(encrypted());
    third.join_next().await.expect("a call").expect("no panic").expect("an answer");
}

#[tokio::test(start_paused = true)]
async fn buffer_queues_calls_of_all_clones_and_its_worker_ends_with_the_last() {
    let (transport, mut requests) = held();
    let layer = ServiceBuilder::new().buffer(8).layer(ConcurrencyLimitLayer::new(1));
    let client =
        shared().layer(layer).max_attempts(1).transport(transport).build().expect("a client");
    let tasks = Handle::current().metrics();
    assert_eq!(tasks.num_alive_tasks(), 1, "the worker");

    let mut calls = calls(&client, 3);
    arrival(&mut requests).await.expect("a request").answer(encrypted());
    // An error keeps its kind on the way through the queue.
    arrival(&mut requests).await.expect("a request").answer(fault(500));
    arrival(&mut requests).await.expect("a request").answer(encrypted());
    let mut kinds = Vec::new();
    while let Some(answer) = calls.join_next().await {
        kinds.extend(answer.expect("no panic").err().map(|error| error.kind()));
    }
    assert_eq!(kinds, [ErrorKind::Service]);

    drop(client);
    while tasks.num_alive_tasks() > 0 {
        yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_in_a_buffers_queue_is_never_sent() {
    let (transport, mut requests) = held();
    let layer = ServiceBuilder::new().layer(BufferLayer::new(8)).concurrency_limit(1);
    let client = shared().layer(layer).transport(transport).build().expect("a client");
    let mut first = calls(&client, 1);
    let held = arrival(&mut requests).await.expect("a request");
    let mut dropped = calls(&client, 2);
    assert!(arrival(&mut requests).await.is_none(), "they wait");
    dropped.shutdown().await;
    held.answer(encrypted());
    first.join_next().await.expect("a call").expect("no panic").expect("an answer");
    assert!(arrival(&mut requests).await.is_none(), "nobody waits for them");
}

#[tokio::test(start_paused = true)]
async fn rate_limit_behind_a_buffer_spreads_calls_over_time() {
    let (transport, mut requests) = held();
    let layer = ServiceBuilder::new().buffer(8).rate_limit(2, Duration::from_secs(60));
    let client = shared()
        .layer(layer)
        .timeout(Duration::from_secs(1))
        .transport(transport)
        .build()
        .expect("a client");
    let start = Instant::now();
    let mut calls = calls(&client, 5);
    let mut minutes = Vec::new();
    for _ in 0..5 {
        let held = requests.recv().await.expect("a request");
        minutes.push(start.elapsed().as_secs() / 60);
        held.answer(encrypted());
    }
    assert_eq!(minutes, [0, 0, 1, 1, 2]);
    // What waits above the stack is not under its time limit.
    while let Some(answer) = calls.join_next().await {
        answer.expect("no panic").expect("an answer");
    }
}

/// Repeats every failure of the service so often, whatever the action.
#[derive(Clone)]
struct Stubborn(usize);

impl Policy<Call, Reply, BoxError> for Stubborn {
    type Future = Ready<()>;

    fn retry(&mut self, _: &mut Call, answer: &mut Result<Reply, BoxError>) -> Option<Ready<()>> {
        let error = Error::find(&**answer.as_ref().err()?)?;
        let is_fault = error.kind() == ErrorKind::Service && self.0 > 0;
        is_fault.then(|| {
            self.0 -= 1;
            ready(())
        })
    }

    fn clone_request(&mut self, call: &Call) -> Option<Call> {
        Some(call.clone())
    }
}

#[tokio::test]
async fn retry_with_a_users_policy_repeats_what_ours_does_not() {
    let (transport, mut requests) = held();
    let client = shared()
        .layer(RetryLayer::new(Stubborn(3)))
        .nonce(alibabacloud_kms::Nonce::default())
        .transport(transport)
        .build()
        .expect("a client");
    // Not idempotent: ours sends it once.
    let request = CreateKeyRequest::new().dkms_instance_id("kst").rotation_interval("365d");
    let call = tokio::spawn(async move { client.create_key(request).await });
    let mut nonces = Vec::new();
    for _ in 0..4 {
        let held = requests.recv().await.expect("a request");
        nonces.push(header(&held.request, "x-acs-signature-nonce").to_owned());
        held.answer(fault(500));
    }
    let error = call.await.expect("no panic").expect_err("refused four times");
    // It counts the requests of the last time that the stack was asked.
    assert_eq!((error.code(), error.attempts()), (Some("InternalFailure"), 1));
    assert!(requests.recv().await.is_none(), "four and no more");
    nonces.sort_unstable();
    nonces.dedup();
    assert_eq!(nonces.len(), 4, "each was signed anew");
}

#[tokio::test]
async fn the_first_layer_that_was_added_sees_a_call_first() {
    let (transport, _requests) = recorded();
    let log = super::Log::default();
    let seen = |name: &'static str| {
        let log = log.clone();
        tower::util::MapRequestLayer::new(move |call: Call| {
            log.add(name);
            call
        })
    };
    let client = shared()
        .layer(seen("first"))
        .layer(seen("second"))
        .layer(ServiceBuilder::new().layer(seen("third")).layer(seen("fourth")))
        .transport(transport)
        .build()
        .expect("a client");
    client.encrypt(request()).await.expect("an answer");
    assert_eq!(log.lines(), ["first", "second", "third", "fourth"]);
}

#[tokio::test]
async fn an_error_of_a_stock_layer_is_one_of_a_layer_and_shows_its_cause() {
    let refuse = tower::layer::layer_fn(|_| {
        service_fn(|_: Call| async { Err::<Reply, BoxError>("overloaded".into()) })
    });
    let client = shared().layer(refuse).build().expect("a client");
    let error = client.encrypt(request()).await.expect_err("a layer's");
    assert_eq!((error.kind(), error.action()), (ErrorKind::Layer, Some("Encrypt")));
    let cause = error.source().map(ToString::to_string);
    assert_eq!(cause.as_deref(), Some("overloaded"));
    let shown = "Encrypt: a layer of the client's stack failed the call: overloaded";
    assert_eq!(error.to_string(), shown);
    assert_eq!(format!("{error:#}"), shown);
}
