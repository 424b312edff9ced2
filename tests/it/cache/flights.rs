//! One load for all who want the same answer; who waits for it, and who does not.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use alibabacloud_kms::api::secret::GetSecretValueRequest;
use alibabacloud_kms::cache::SecretCache;
use alibabacloud_kms::middleware::timeout::TotalTimeoutLayer;
use alibabacloud_kms::{BoxError, BoxFuture, Call, ErrorKind, KmsClient, Outcome, Reply};
use tokio::time::{Instant, advance};
use tower::{Service, ServiceBuilder, ServiceExt};

use super::upstream::Upstream;
use super::{callers, client, given, lost, poll_once, reply, request, settle, version};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_concurrent_misses_make_one_call() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    upstream.close();
    let callers = callers(&client, 1000);
    // All have looked up, and nothing was there.
    while cache.statistics().misses < 1000 {
        tokio::task::yield_now().await;
    }
    upstream.open();
    let replies = callers.join_all().await;
    assert!(replies.iter().all(|reply| reply.as_ref().is_ok_and(|reply| version(reply) == "v1")));
    assert_eq!(upstream.calls(), 1);
    assert_eq!(cache.statistics().loads, 1);
}

#[tokio::test]
async fn those_who_wait_do_not_depend_on_the_caller_that_began() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    upstream.close();
    let mut first = callers(&client, 1);
    upstream.has_begun(1).await;
    let others = callers(&client, 9);
    settle().await;
    first.shutdown().await;
    settle().await;
    assert_eq!(upstream.running(), 1);
    upstream.open();
    assert!(others.join_all().await.iter().all(Result::is_ok));
    assert_eq!(upstream.calls(), 1);
}

#[tokio::test]
async fn a_caller_that_is_not_polled_any_more_holds_up_nobody() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    upstream.close();
    let mut idle = Box::pin(reply(&client));
    assert!(poll_once(&mut idle).is_pending());
    let others = callers(&client, 3);
    settle().await;
    upstream.open();
    assert!(others.join_all().await.iter().all(Result::is_ok));
    assert_eq!(upstream.calls(), 1);
}

#[tokio::test]
async fn a_load_that_nobody_waits_for_any_more_is_ended() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    upstream.close();
    let mut callers = callers(&client, 5);
    upstream.has_begun(1).await;
    settle().await;
    callers.shutdown().await;
    settle().await;
    assert_eq!(upstream.running(), 0);
    upstream.open();
    assert_eq!(given(&client).await.0, "v1");
    assert_eq!(upstream.calls(), 2);
}

#[tokio::test]
async fn a_failure_is_told_to_all_who_wait_and_is_not_kept() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    upstream.fail(lost);
    upstream.close();
    let callers = callers(&client, 10);
    settle().await;
    upstream.open();
    for reply in callers.join_all().await {
        let error = reply.expect_err("it was lost");
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Transport, Outcome::Unknown));
        assert_eq!(error.action(), Some("GetSecretValue"));
    }
    assert_eq!(upstream.calls(), 1);
    upstream.give("v1");
    assert_eq!(given(&client).await.0, "v1");
}

#[tokio::test]
async fn a_load_that_panics_is_an_error_for_all_who_wait() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    upstream.answer_with(|_| panic!("on purpose"));
    for reply in callers(&client, 3).join_all().await {
        assert_eq!(reply.expect_err("no answer came").kind(), ErrorKind::Layer);
    }
    upstream.give("v1");
    assert_eq!(given(&client).await.0, "v1");
}

#[tokio::test(start_paused = true)]
async fn each_caller_keeps_its_own_time_limit() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    upstream.close();
    let start = Instant::now();
    let patient = callers(&client, 1);
    upstream.has_begun(1).await;
    let hasty = client.get_secret_value(request()).timeout(3 * SECOND).reply().await;
    assert_eq!(hasty.expect_err("no answer yet").kind(), ErrorKind::Timeout);
    assert_eq!(start.elapsed(), 3 * SECOND);
    upstream.open();
    assert!(patient.join_all().await.iter().all(Result::is_ok));
    assert_eq!(upstream.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_load_that_ran_out_of_another_callers_time_is_tried_again_with_ones_own() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let stack = ServiceBuilder::new()
        .layer(cache.layer())
        .layer(TotalTimeoutLayer::new(30 * SECOND))
        .service(upstream.service());
    let client = KmsClient::from_service(stack);
    upstream.close();
    let hasty = tokio::spawn({
        let client = client.clone();
        async move { client.get_secret_value(request()).timeout(SECOND).reply().await }
    });
    upstream.has_begun(1).await;
    let others = callers(&client, 10);
    settle().await;
    assert_eq!(upstream.calls(), 1);
    upstream.has_begun(2).await;
    let error = hasty.await.expect("no panic").expect_err("it ran out of time");
    assert_eq!(error.kind(), ErrorKind::Timeout);
    upstream.open();
    assert!(others.join_all().await.iter().all(Result::is_ok));
    // One for the hasty caller, one for all of the others.
    assert_eq!(upstream.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn those_of_the_same_limits_fail_together() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let stack = ServiceBuilder::new()
        .layer(cache.layer())
        .layer(TotalTimeoutLayer::new(30 * SECOND))
        .service(upstream.service());
    let client = KmsClient::from_service(stack);
    upstream.close();
    let start = Instant::now();
    for reply in callers(&client, 10).join_all().await {
        assert_eq!(reply.expect_err("no answer came").kind(), ErrorKind::Timeout);
    }
    assert_eq!((start.elapsed(), upstream.calls()), (30 * SECOND, 1));
}

#[tokio::test(start_paused = true)]
async fn a_refresh_ends_with_the_cache() {
    let cache = SecretCache::builder().ttl(SECOND).build();
    let upstream = Upstream::new();
    let client = client(&cache, &upstream);
    given(&client).await;
    advance(SECOND).await;
    upstream.close();
    given(&client).await;
    upstream.has_begun(2).await;
    assert_eq!(upstream.running(), 1);
    drop((cache, client));
    settle().await;
    assert_eq!(upstream.running(), 0);
}

/// Is never ready, and says nothing of when it will be.
#[derive(Clone)]
struct Busy;

impl Service<Call> for Busy {
    type Response = Reply;
    type Error = BoxError;
    type Future = BoxFuture<Reply>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Pending
    }

    fn call(&mut self, _: Call) -> BoxFuture<Reply> {
        unreachable!("it was not ready")
    }
}

#[tokio::test]
async fn a_hit_does_not_wait_for_the_service_below() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    // The first call finds the service ready, all others busy.
    let is_ready = Arc::new(AtomicBool::new(true));
    let ready = upstream.service();
    let stack = ServiceBuilder::new().layer(cache.layer()).service_fn(move |call: Call| {
        let (is_ready, ready) = (is_ready.swap(false, Ordering::SeqCst), ready.clone());
        async move {
            match is_ready {
                true => ready.oneshot(call).await,
                false => Busy.oneshot(call).await,
            }
        }
    });
    let client = KmsClient::from_service(stack);
    given(&client).await;
    assert_eq!(given(&client).await.1, 0);
    let mut other = Box::pin(client.get_secret_value(GetSecretValueRequest::new("other")).reply());
    assert!(poll_once(&mut other).is_pending());
}

#[tokio::test]
async fn a_fresh_answer_replaces_what_is_kept() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    given(&client).await;
    upstream.give("v2");
    let fresh = client.get_secret_value(request()).fresh().reply().await.expect("an answer");
    assert_eq!((version(&fresh).as_str(), fresh.attempts()), ("v2", 1));
    assert_eq!(given(&client).await, ("v2".to_owned(), 0));
    assert_eq!(cache.statistics().fresh, 1);
}

#[tokio::test]
async fn a_fresh_call_that_fails_leaves_what_is_kept() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    given(&client).await;
    upstream.fail(lost);
    let fresh = client.get_secret_value(request()).fresh().await;
    assert_eq!(fresh.expect_err("it was lost").kind(), ErrorKind::Transport);
    assert_eq!(given(&client).await, ("v1".to_owned(), 0));
}

#[tokio::test]
async fn a_fresh_call_does_not_wait_for_an_older_load_which_is_not_kept() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    upstream.close();
    let older = callers(&client, 1);
    upstream.has_begun(1).await;
    upstream.give("v2");
    let fresh = tokio::spawn({
        let client = client.clone();
        async move { client.get_secret_value(request()).fresh().reply().await }
    });
    upstream.has_begun(2).await;
    upstream.open();
    let older = older.join_all().await.remove(0).expect("an answer");
    assert_eq!(version(&older), "v1");
    let fresh = fresh.await.expect("no panic").expect("an answer");
    assert_eq!(version(&fresh), "v2");
    settle().await;
    assert_eq!(given(&client).await, ("v2".to_owned(), 0));
}

#[tokio::test]
async fn the_marker_works_on_a_bare_call_too() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    given(&client).await;
    let mut call = Call::new(request());
    call.extensions_mut().insert(alibabacloud_kms::cache::Fresh);
    client.send(call).await.expect("an answer");
    assert_eq!(upstream.calls(), 2);
}
