//! Loads that end without an answer, and loads on runtimes that their program does not drive.

use std::time::Duration;

use alibabacloud_kms::api::secret::GetSecretValueRequest;
use alibabacloud_kms::cache::SecretCache;
use alibabacloud_kms::{ErrorKind, Outcome};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, advance};

use super::upstream::Upstream;
use super::{callers, client, given, lost, poll_once, reply, settle};

const SECOND: Duration = Duration::from_secs(1);

/// A runtime with a clock of its own, which stands still.
fn paused() -> Runtime {
    let mut builder = Builder::new_current_thread();
    builder.enable_all().start_paused(true).build().expect("a runtime")
}

fn short() -> SecretCache {
    SecretCache::builder().ttl(60 * SECOND).jitter(0.0).max_stale(600 * SECOND).build()
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_panics_is_tried_again() {
    let (cache, upstream) = (short(), Upstream::new());
    let client = client(&cache, &upstream);
    given(&client).await;
    upstream.answer_with(|_| panic!("a user's layer panics"));
    advance(61 * SECOND).await;
    assert_eq!(given(&client).await.0, "v1");
    settle().await;
    assert_eq!(upstream.calls(), 2);
    upstream.give("v2");
    // It is not tried again for every call at once.
    assert_eq!(given(&client).await.0, "v1");
    settle().await;
    assert_eq!(upstream.calls(), 2);
    advance(6 * SECOND).await;
    assert_eq!(given(&client).await.0, "v1");
    settle().await;
    assert_eq!(given(&client).await, ("v2".to_owned(), 0));
    assert_eq!(upstream.calls(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_panics_leaves_the_secret_to_be_had_after_the_hard_limit() {
    let (cache, upstream) = (short(), Upstream::new());
    let client = client(&cache, &upstream);
    given(&client).await;
    advance(61 * SECOND).await;
    upstream.answer_with(|_| panic!("a user's layer panics"));
    given(&client).await;
    settle().await;
    upstream.give("v2");
    advance(700 * SECOND).await;
    assert_eq!(given(&client).await, ("v2".to_owned(), 1));
}

#[test]
fn what_another_runtime_loaded_is_dropped_at_its_time() {
    let (cache, upstream) = (short(), Upstream::new());
    let client = client(&cache, &upstream);
    let first = paused();
    first.block_on(async {
        given(&client).await;
        settle().await;
    });
    // The first runtime is not driven any more.
    paused().block_on(async {
        advance(300 * SECOND).await;
        let later = client.get_secret_value(GetSecretValueRequest::new("later"));
        later.await.expect("an answer");
        settle().await;
        assert_eq!(upstream.alive(), 2);
        advance(400 * SECOND).await;
        settle().await;
        assert_eq!(upstream.alive(), 1);
    });
}

/// A program that makes a runtime for each call, over a static client.
#[test]
fn a_refresh_whose_runtime_ends_leaves_the_secret_to_be_had() {
    let (cache, upstream) = (short(), Upstream::new());
    let client = client(&cache, &upstream);
    paused().block_on(given(&client));
    upstream.close();
    paused().block_on(async {
        advance(61 * SECOND).await;
        assert_eq!(given(&client).await.0, "v1");
        upstream.has_begun(2).await;
    });
    upstream.open();
    upstream.give("v2");
    for calls in 3..6 {
        paused().block_on(async {
            // Past the hard limit, whenever that was set.
            advance(Duration::from_secs(calls * 7_000)).await;
            assert_eq!(given(&client).await, ("v2".to_owned(), 1));
        });
        assert_eq!(u64::from(upstream.calls()), calls);
    }
}

#[test]
fn a_load_on_a_runtime_that_is_not_driven_holds_up_no_call_on_another() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    let (a, b) = (paused(), paused());
    upstream.close();
    let mut idle = Box::pin(reply(&client));
    a.block_on(async {
        assert!(poll_once(&mut idle).is_pending());
        upstream.has_begun(1).await;
    });
    upstream.open();
    b.block_on(async {
        let begun = Instant::now();
        let given = client.get_secret_value(super::request()).timeout(2 * SECOND).reply().await;
        assert_eq!(given.expect("an answer").attempts(), 1);
        assert!(begun.elapsed() <= SECOND);
    });
    assert_eq!(upstream.calls(), 2);
    // Driven again, the first call is answered, and its older answer is not kept over the later one.
    upstream.give("v3");
    a.block_on(idle).expect("an answer");
    assert_eq!(b.block_on(given(&client)), ("v1".to_owned(), 0));
}

#[test]
fn a_refresh_on_a_runtime_that_is_not_driven_holds_up_no_call_on_another() {
    let (cache, upstream) = (short(), Upstream::new());
    let client = client(&cache, &upstream);
    let (a, b) = (paused(), paused());
    a.block_on(given(&client));
    a.block_on(async {
        advance(61 * SECOND).await;
        upstream.close();
        given(&client).await;
    });
    upstream.open();
    upstream.give("v2");
    b.block_on(async {
        advance(1_000 * SECOND).await;
        assert_eq!(given(&client).await.0, "v2");
    });
}

#[tokio::test]
async fn those_who_wait_for_a_load_that_panics_begin_one_more_for_all() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    upstream.answer_with(|_| panic!("on purpose"));
    for reply in callers(&client, 10).join_all().await {
        let error = reply.expect_err("no answer came");
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Layer, Outcome::Unknown));
    }
    assert_eq!(upstream.calls(), 2);
    upstream.fail(lost);
    assert_eq!(reply(&client).await.expect_err("it failed").kind(), ErrorKind::Transport);
}

#[test]
fn outside_a_runtime_a_load_is_an_error_that_names_the_feature_blocking() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    let mut outside = Box::pin(reply(&client));
    let std::task::Poll::Ready(Err(error)) = poll_once(&mut outside) else {
        panic!("an error at once");
    };
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Config, Outcome::NotSent));
    assert!(error.to_string().contains("blocking"), "{error}");
    assert_eq!(upstream.calls(), 0);
    // What is kept needs no runtime.
    paused().block_on(given(&client));
    assert!(poll_once(&mut Box::pin(reply(&client))).is_ready());
}
