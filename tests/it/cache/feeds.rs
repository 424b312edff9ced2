//! Feeds of versions.

use std::time::Duration;

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::api::secret::GetSecretValueRequest;
use alibabacloud_kms::cache::{SecretCache, SecretCacheBuilder, SecretFeed, Versions};
use alibabacloud_kms::{Call, Error, ErrorKind, ExposeSecret, Outcome, ServiceError};
use http::StatusCode;
use tokio::time::Instant;

use super::upstream::Upstream;
use super::{client, given, request};

const MINUTE: Duration = Duration::from_secs(60);
const SECOND: Duration = Duration::from_secs(1);

/// Fresh for a minute, then stale for ten.
fn settings() -> SecretCacheBuilder {
    SecretCache::builder().ttl(MINUTE).jitter(0.0).max_stale(10 * MINUTE).negative_ttl(SECOND)
}

fn started(cache: &SecretCache, upstream: &Upstream) -> SecretFeed {
    let feed = cache.feed(&client(cache, upstream), "app/db").interval(10 * SECOND);
    feed.start().expect("a runtime")
}

async fn next(versions: &mut Versions) -> Option<String> {
    let secret = tokio::time::timeout(60 * MINUTE, versions.next()).await.expect("in an hour")?;
    let data = secret.secret_data.expose_secret();
    assert_eq!(*data, format!("data of {}", secret.version_id));
    Some(secret.version_id.clone())
}

fn lost() -> Error {
    Error::new(ErrorKind::Transport, "the connection broke").with_outcome(Outcome::Unknown)
}

fn refused() -> Error {
    let service = ServiceError::new("Forbidden.ResourceNotFound", "It is gone.");
    Error::from_service(service.with_status(StatusCode::NOT_FOUND))
}

#[tokio::test(start_paused = true)]
async fn a_feed_gives_new_versions_though_nobody_else_asks() {
    let (cache, upstream) = (settings().build(), Upstream::new());
    let feed = started(&cache, &upstream);
    let mut versions = feed.versions();
    assert_eq!(next(&mut versions).await.as_deref(), Some("v1"));
    upstream.give("v2");
    let rotated = Instant::now();
    assert_eq!(next(&mut versions).await.as_deref(), Some("v2"));
    assert!(rotated.elapsed() <= MINUTE + 20 * SECOND, "{:?}", rotated.elapsed());
    assert_eq!(upstream.calls(), 2, "what is fresh is a hit");
    assert_eq!(feed.current().expect("a value").version_id, "v2");
}

#[tokio::test(start_paused = true)]
async fn what_others_load_is_given_at_once() {
    let (cache, upstream) = (settings().build(), Upstream::new());
    let feed = started(&cache, &upstream);
    let mut versions = feed.versions();
    next(&mut versions).await;
    upstream.give("v2");
    let client = client(&cache, &upstream);
    let before = Instant::now();
    client.get_secret_value(request()).fresh().await.expect("an answer");
    assert_eq!(next(&mut versions).await.as_deref(), Some("v2"));
    assert_eq!(before.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_feed_and_its_streams_end_with_the_handle() {
    let (cache, upstream) = (settings().build(), Upstream::new());
    let feed = started(&cache, &upstream);
    let (mut one, mut other) = (feed.versions(), feed.versions());
    next(&mut one).await;
    let waits = tokio::spawn(async move { (next(&mut one).await, next(&mut one).await) });
    drop(feed);
    assert_eq!(waits.await.expect("no panic"), (None, None));
    // What it did not give yet is given, and then it ends too.
    assert_eq!(next(&mut other).await.as_deref(), Some("v1"));
    assert_eq!(next(&mut other).await, None);
    upstream.give("v2");
    tokio::time::sleep(10 * MINUTE).await;
    assert_eq!(upstream.calls(), 1, "nothing asks any more");
}

#[tokio::test(start_paused = true)]
async fn a_dropped_feed_lets_go_of_client_and_cache() {
    let (cache, upstream) = (settings().build(), Upstream::new());
    let mut watch = cache.watch("app/db");
    let feed = started(&cache, &upstream);
    assert_eq!(watch.changed().await.as_deref(), Some("v1"));
    drop((feed, cache));
    assert_eq!(watch.changed().await, None, "the cache is gone");
}

#[tokio::test(start_paused = true)]
async fn the_last_good_value_outlives_an_outage_beyond_the_caches_hard_limit() {
    let (cache, upstream) = (settings().build(), Upstream::new());
    let feed = started(&cache, &upstream);
    let mut versions = feed.versions();
    next(&mut versions).await;
    upstream.fail(lost);
    tokio::time::sleep(60 * MINUTE).await;
    assert_eq!(cache.statistics().entries, 0, "the cache has wiped it");
    assert_eq!(feed.current().expect("the last good value").version_id, "v1");
    assert_eq!(feed.error().expect("why not a newer one").kind(), ErrorKind::Transport);
    upstream.give("v2");
    assert_eq!(next(&mut versions).await.as_deref(), Some("v2"));
    assert!(feed.error().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_feed_that_starts_in_an_outage_gives_the_first_value_soon_after_it() {
    let (cache, upstream) = (settings().build(), Upstream::new());
    upstream.fail(lost);
    let feed = started(&cache, &upstream);
    let mut versions = feed.versions();
    assert!(feed.current().is_none(), "starting waits for nothing");
    tokio::time::sleep(2 * SECOND).await;
    assert!(feed.error().is_some());
    upstream.give("v1");
    let over = Instant::now();
    next(&mut versions).await;
    assert!(over.elapsed() <= 10 * SECOND, "{:?}", over.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_secret_that_is_refused_is_given_no_more_until_it_is_there_again() {
    let (cache, upstream) = (settings().build(), Upstream::new());
    let feed = started(&cache, &upstream);
    let mut versions = feed.versions();
    next(&mut versions).await;
    upstream.fail(refused);
    tokio::time::sleep(2 * MINUTE).await;
    assert!(feed.current().is_none());
    assert_eq!(feed.error().expect("a refusal").code(), Some("Forbidden.ResourceNotFound"));
    upstream.give("v1");
    assert_eq!(next(&mut versions).await.as_deref(), Some("v1"));
}

#[tokio::test(start_paused = true)]
async fn a_slow_stream_holds_up_nobody_and_is_given_the_latest_version() {
    let (cache, upstream) = (settings().build(), Upstream::new());
    let feed = started(&cache, &upstream);
    let (mut quick, mut slow) = (feed.versions(), feed.versions());
    for version in ["v1", "v2", "v3"] {
        upstream.give(version);
        assert_eq!(next(&mut quick).await.as_deref(), Some(version));
    }
    assert_eq!(next(&mut slow).await.as_deref(), Some("v3"));
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_given_up_loses_no_version() {
    let (cache, upstream) = (settings().build(), Upstream::new());
    let feed = started(&cache, &upstream);
    let mut versions = feed.versions();
    next(&mut versions).await;
    assert!(tokio::time::timeout(SECOND, versions.next()).await.is_err());
    upstream.give("v2");
    assert_eq!(next(&mut versions).await.as_deref(), Some("v2"));
}

#[tokio::test(start_paused = true)]
async fn a_feed_follows_the_call_that_it_was_given() {
    let (cache, upstream) = (settings().build(), Upstream::new());
    let previous = Call::new(request().version_stage("ACSPrevious"));
    upstream.answer_with(|call| {
        let request = call.request::<GetSecretValueRequest>().expect("the call");
        let mut response = alibabacloud_kms::api::secret::GetSecretValueResponse::default();
        response.version_id = request.version_stage.clone().unwrap_or_default();
        Ok(std::sync::Arc::new(response))
    });
    let feed = cache.feed_call(&client(&cache, &upstream), previous).start().expect("a runtime");
    let secret = feed.versions().next().await.expect("a value");
    assert_eq!(secret.version_id, "ACSPrevious");
}

#[tokio::test]
async fn a_call_of_another_action_cannot_be_fed() {
    let (cache, upstream) = (settings().build(), Upstream::new());
    let call = Call::new(EncryptRequest::new("k", "canary"));
    let error = cache.feed_call(&client(&cache, &upstream), call).start().expect_err("no secret");
    assert_eq!((error.kind(), error.action()), (ErrorKind::Config, Some("Encrypt")));
}

#[test]
fn a_feed_without_a_runtime_is_an_error() {
    let (cache, upstream) = (settings().build(), Upstream::new());
    let feed = cache.feed(&client(&cache, &upstream), "app/db").start();
    assert_eq!(feed.expect_err("no runtime").kind(), ErrorKind::Config);
}

#[tokio::test(start_paused = true)]
async fn nothing_shows_the_secret() {
    let (cache, upstream) = (settings().build(), Upstream::new());
    let builder = cache.feed(&client(&cache, &upstream), "app/db");
    let shown = format!("{builder:?}");
    let feed = builder.start().expect("a runtime");
    let mut versions = feed.versions();
    next(&mut versions).await;
    given(&client(&cache, &upstream)).await;
    let shown = format!("{shown} {feed:?} {versions:?}");
    assert!(shown.contains("v1") && !shown.contains("data of"), "{shown}");
}
