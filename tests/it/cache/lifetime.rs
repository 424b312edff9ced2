//! How long answers are kept.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use alibabacloud_kms::api::secret::GetSecretValueRequest;
use alibabacloud_kms::cache::{SecretCache, SecretCacheBuilder};
use alibabacloud_kms::middleware::wire::time::iso8601;
use alibabacloud_kms::{Clock, Error, ErrorKind, ServiceError};
use http::StatusCode;
use tokio::time::advance;

use super::upstream::Upstream;
use super::{client, given, lost, reply, settle};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const SECOND: Duration = Duration::from_secs(1);

/// Fresh for a minute, then stale for an hour.
fn settings() -> SecretCacheBuilder {
    SecretCache::builder().ttl(MINUTE).jitter(0.0).max_stale(HOUR)
}

fn refused(status: u16, code: &str) -> Error {
    let status = StatusCode::from_u16(status).expect("a status");
    Error::from_service(ServiceError::new(code, "message").with_status(status))
}

fn not_found() -> Error {
    refused(404, "Forbidden.ResourceNotFound")
}

fn first(version: &str) -> (String, u32) {
    (version.to_owned(), 1)
}

fn kept(version: &str) -> (String, u32) {
    (version.to_owned(), 0)
}

#[tokio::test(start_paused = true)]
async fn a_fresh_answer_is_given_without_a_call_and_with_its_request_id() {
    let (cache, upstream) = (settings().build(), Upstream::new());
    let client = client(&cache, &upstream);
    assert_eq!(given(&client).await, first("v1"));
    upstream.give("v2");
    advance(MINUTE - SECOND).await;
    let reply = reply(&client).await.expect("an answer");
    assert_eq!((reply.attempts(), reply.request_id()), (0, Some("request 1")));
    assert_eq!(upstream.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_stale_answer_is_given_at_once_while_one_refresh_runs() {
    let (cache, upstream) = (settings().build(), Upstream::new());
    let client = client(&cache, &upstream);
    given(&client).await;
    upstream.give("v2");
    upstream.close();
    advance(MINUTE).await;
    for _ in 0..10 {
        assert_eq!(given(&client).await, kept("v1"));
        settle().await;
    }
    assert_eq!(upstream.calls(), 2);
    upstream.open();
    settle().await;
    assert_eq!(given(&client).await, kept("v2"));
    // Fresh from when it was loaded.
    advance(MINUTE - SECOND).await;
    assert_eq!(given(&client).await, kept("v2"));
    assert_eq!(upstream.calls(), 2);
    let statistics = cache.statistics();
    assert_eq!((statistics.misses, statistics.stale, statistics.hits), (1, 10, 2));
    assert_eq!((statistics.loads, statistics.entries), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn after_the_hard_limit_nothing_stale_is_given_and_the_failure_is_told() {
    let (cache, upstream) = (settings().build(), Upstream::new());
    let client = client(&cache, &upstream);
    given(&client).await;
    upstream.fail(lost);
    advance(MINUTE + HOUR - SECOND).await;
    assert_eq!(given(&client).await, kept("v1"));
    settle().await;
    advance(SECOND).await;
    let error = reply(&client).await.expect_err("nothing is left to give");
    assert_eq!(error.kind(), ErrorKind::Transport);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_fails_is_tried_again_after_a_pause() {
    let (cache, upstream) = (settings().build(), Upstream::new());
    let client = client(&cache, &upstream);
    given(&client).await;
    upstream.fail(|| refused(503, "ServiceUnavailableTemporary"));
    advance(MINUTE).await;
    for (wait, calls) in [(0, 2), (4, 2), (1, 3), (4, 3), (1, 4)] {
        advance(Duration::from_secs(wait)).await;
        for _ in 0..3 {
            assert_eq!(given(&client).await, kept("v1"));
            settle().await;
        }
        assert_eq!(upstream.calls(), calls);
    }
    upstream.give("v2");
    advance(Duration::from_secs(5)).await;
    given(&client).await;
    settle().await;
    assert_eq!(given(&client).await, kept("v2"));
}

#[tokio::test(start_paused = true)]
async fn what_the_service_refuses_to_refresh_is_not_given_any_more() {
    for negative_ttl in [Duration::ZERO, SECOND] {
        let cache = settings().negative_ttl(negative_ttl).build();
        let upstream = Upstream::new();
        let client = client(&cache, &upstream);
        given(&client).await;
        upstream.fail(|| refused(403, "Forbidden.NoPermission"));
        advance(MINUTE).await;
        assert_eq!(given(&client).await, kept("v1"));
        settle().await;
        let error = reply(&client).await.expect_err("it is refused");
        assert_eq!(error.code(), Some("Forbidden.NoPermission"));
    }
}

#[tokio::test(start_paused = true)]
async fn without_stale_answers_the_call_waits_for_the_load() {
    let (cache, upstream) = (settings().max_stale(Duration::ZERO).build(), Upstream::new());
    let client = client(&cache, &upstream);
    given(&client).await;
    upstream.give("v2");
    advance(MINUTE).await;
    assert_eq!(given(&client).await, first("v2"));
}

#[tokio::test(start_paused = true)]
async fn the_jitter_takes_a_part_off_the_ttl_and_never_adds_to_it() {
    for (jitter, random, seconds) in [
        (0.1, 0.0, 60),
        (0.1, 0.5, 57),
        (0.1, 1.0, 54),
        (7.0, 0.5, 30),
        (f64::NAN, 1.0, 60),
        (-1.0, 1.0, 60),
        // A source that gives no part of one.
        (0.1, f64::NAN, 60),
        (0.1, -5.0, 60),
        (0.1, 50.0, 60),
    ] {
        let settings = settings().jitter(jitter).random(move || random).max_stale(Duration::ZERO);
        let (cache, upstream) = (settings.build(), Upstream::new());
        let client = client(&cache, &upstream);
        given(&client).await;
        advance(Duration::from_secs(seconds) - Duration::from_millis(1)).await;
        assert_eq!(given(&client).await.1, 0, "{jitter} {random}");
        advance(Duration::from_millis(1)).await;
        assert_eq!(given(&client).await.1, 1, "{jitter} {random}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_default_jitter_varies_and_stays_in_its_bounds() {
    let cache = SecretCache::builder().ttl(100 * SECOND).max_stale(Duration::ZERO).build();
    let upstream = Upstream::new();
    let client = client(&cache, &upstream);
    let request = |number: u32| GetSecretValueRequest::new(format!("secret {number}"));
    for number in 0..200 {
        client.get_secret_value(request(number)).await.expect("an answer");
    }
    let calls_of_a_pass = async || {
        let before = upstream.calls();
        for number in 0..200 {
            client.get_secret_value(request(number)).await.expect("an answer");
        }
        upstream.calls() - before
    };
    advance(89 * SECOND).await;
    assert_eq!(calls_of_a_pass().await, 0);
    advance(6 * SECOND).await;
    let in_the_middle = calls_of_a_pass().await;
    assert!((10..190).contains(&in_the_middle), "{in_the_middle}");
    advance(5 * SECOND).await;
    assert_eq!(calls_of_a_pass().await, 200 - in_the_middle);
}

/// A wall clock that the test moves.
#[derive(Clone)]
struct Wall(Arc<Mutex<SystemTime>>);

impl Wall {
    fn new() -> Self {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_420_800);
        Self(Arc::new(Mutex::new(at)))
    }

    fn clock(&self) -> Clock {
        let wall = self.clone();
        Clock::new(move || wall.now())
    }

    fn now(&self) -> SystemTime {
        *self.0.lock().expect("no panic before")
    }

    fn step(&self, by: Duration) {
        *self.0.lock().expect("no panic before") += by;
    }

    /// Lets time pass on both clocks.
    async fn pass(&self, time: Duration) {
        self.step(time);
        advance(time).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_rotation_before_the_ttl_ends_makes_the_answer_stale() {
    let wall = Wall::new();
    let (cache, upstream) = (settings().clock(wall.clock()).build(), Upstream::new());
    let client = client(&cache, &upstream);
    upstream.give_rotated("v1", Some(&iso8601(wall.now() + 20 * SECOND)));
    given(&client).await;
    upstream.give("v2");
    wall.pass(19 * SECOND).await;
    given(&client).await;
    settle().await;
    assert_eq!(given(&client).await, kept("v1"));
    wall.pass(SECOND).await;
    given(&client).await;
    settle().await;
    assert_eq!(given(&client).await, kept("v2"));
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_slept_past_the_rotation_does_not_take_the_answer_for_fresh() {
    let wall = Wall::new();
    let (cache, upstream) = (settings().clock(wall.clock()).build(), Upstream::new());
    let client = client(&cache, &upstream);
    upstream.give_rotated("v1", Some(&iso8601(wall.now() + 20 * SECOND)));
    given(&client).await;
    // Only the wall clock goes on while a machine sleeps.
    wall.step(HOUR);
    given(&client).await;
    settle().await;
    assert_eq!(upstream.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_rotation_after_the_ttl_in_the_past_or_unreadable_leaves_the_ttl() {
    let wall = Wall::new();
    let before = iso8601(wall.now() - HOUR);
    let now = iso8601(wall.now());
    let later = iso8601(wall.now() + HOUR);
    for date in ["tomorrow", "", &before, &now, &later] {
        let (cache, upstream) = (settings().clock(wall.clock()).build(), Upstream::new());
        let client = client(&cache, &upstream);
        upstream.give_rotated("v1", Some(date));
        given(&client).await;
        advance(MINUTE - SECOND).await;
        given(&client).await;
        settle().await;
        assert_eq!(upstream.calls(), 1, "{date}");
        advance(SECOND).await;
        given(&client).await;
        settle().await;
        assert_eq!(upstream.calls(), 2, "{date}");
    }
}

#[tokio::test(start_paused = true)]
async fn until_the_rotation_an_answer_may_be_fresh_for_longer_than_the_ttl() {
    let wall = Wall::new();
    let settings = || settings().clock(wall.clock()).max_stale(Duration::ZERO);
    let later = iso8601(wall.now() + HOUR);
    // At most so long, and how long it is fresh then.
    for (date, at_most, fresh) in [
        (Some(later.as_str()), 2 * HOUR, HOUR),
        (Some(&later), 10 * MINUTE, 10 * MINUTE),
        (None, 2 * HOUR, MINUTE),
    ] {
        let (cache, upstream) = (settings().until_rotation(at_most).build(), Upstream::new());
        let client = client(&cache, &upstream);
        upstream.give_rotated("v1", date);
        given(&client).await;
        advance(fresh - SECOND).await;
        assert_eq!(given(&client).await.1, 0, "{date:?} {at_most:?}");
        advance(SECOND).await;
        assert_eq!(given(&client).await.1, 1, "{date:?} {at_most:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_kept_for_a_short_time() {
    let (cache, upstream) = (settings().build(), Upstream::new());
    let client = client(&cache, &upstream);
    upstream.fail(not_found);
    reply(&client).await.expect_err("there is no such secret");
    upstream.give("v1");
    advance(Duration::from_millis(4_999)).await;
    let error = reply(&client).await.expect_err("it is kept");
    assert_eq!((error.code(), error.attempts()), (Some("Forbidden.ResourceNotFound"), 0));
    assert_eq!(upstream.calls(), 1);
    advance(Duration::from_millis(1)).await;
    assert_eq!(given(&client).await, first("v1"));
    assert_eq!(cache.statistics().negative, 1);
}

#[tokio::test(start_paused = true)]
async fn errors_that_the_next_try_may_not_meet_are_not_kept() {
    let errors: [fn() -> Error; 5] = [
        lost,
        || refused(429, "Throttling.User"),
        || refused(503, "Rejected.Throttling"),
        || refused(500, "InternalFailure"),
        || refused(404, "InvalidAccessKeyId.NotFound"),
    ];
    for error in errors {
        let (cache, upstream) = (settings().build(), Upstream::new());
        let client = client(&cache, &upstream);
        upstream.fail(error);
        reply(&client).await.expect_err("it failed");
        upstream.give("v1");
        assert_eq!(given(&client).await, first("v1"));
    }
}

#[tokio::test(start_paused = true)]
async fn refusals_are_not_kept_if_that_is_set() {
    let (cache, upstream) = (settings().negative_ttl(Duration::ZERO).build(), Upstream::new());
    let client = client(&cache, &upstream);
    upstream.fail(not_found);
    reply(&client).await.expect_err("there is no such secret");
    upstream.give("v1");
    assert_eq!(given(&client).await, first("v1"));
}

#[tokio::test(start_paused = true)]
async fn the_answer_that_was_not_used_for_the_longest_time_makes_room() {
    let (cache, upstream) = (settings().capacity(3).build(), Upstream::new());
    let client = client(&cache, &upstream);
    let attempts = async |name: &str| {
        let request = GetSecretValueRequest::new(name);
        client.get_secret_value(request).reply().await.expect("an answer").attempts()
    };
    for name in ["a", "b", "c"] {
        assert_eq!(attempts(name).await, 1);
    }
    assert_eq!(attempts("a").await, 0);
    assert_eq!(attempts("d").await, 1);
    assert_eq!(cache.statistics().entries, 3);
    for name in ["a", "c", "d"] {
        assert_eq!(attempts(name).await, 0, "{name}");
    }
    assert_eq!(attempts("b").await, 1);
}

#[tokio::test(start_paused = true)]
async fn times_that_no_clock_can_hold_do_no_harm() {
    let longest = Duration::MAX;
    let cache = SecretCache::builder()
        .ttl(longest)
        .max_stale(longest)
        .negative_ttl(longest)
        .until_rotation(longest)
        .capacity(usize::MAX)
        .build();
    let upstream = Upstream::new();
    let client = client(&cache, &upstream);
    given(&client).await;
    advance(HOUR).await;
    assert_eq!(given(&client).await, kept("v1"));
}

#[tokio::test(start_paused = true)]
async fn a_cache_without_room_still_answers() {
    let (cache, upstream) = (settings().capacity(0).build(), Upstream::new());
    let client = client(&cache, &upstream);
    for _ in 0..2 {
        assert_eq!(given(&client).await, first("v1"));
    }
    assert_eq!(cache.statistics().entries, 0);
}
