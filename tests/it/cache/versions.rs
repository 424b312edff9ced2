//! Watches on versions.

use alibabacloud_kms::Call;
use alibabacloud_kms::api::secret::GetSecretValueRequest;
use alibabacloud_kms::cache::SecretCache;

use super::upstream::Upstream;
use super::{client, given, request};

/// What a watch has to tell now, if it has.
async fn news(versions: &mut alibabacloud_kms::cache::VersionWatch) -> Option<String> {
    tokio::select! {
        biased;
        version = versions.changed() => version,
        () = tokio::task::yield_now() => None,
    }
}

#[tokio::test]
async fn a_watch_tells_of_each_new_version_once() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    given(&client).await;
    let mut versions = cache.watch("app/db");
    assert_eq!(versions.current().as_deref(), Some("v1"));
    assert_eq!(news(&mut versions).await, None);
    // The same version, loaded again.
    client.get_secret_value(request()).fresh().await.expect("an answer");
    assert_eq!(news(&mut versions).await, None);
    upstream.give("v2");
    client.get_secret_value(request()).fresh().await.expect("an answer");
    assert_eq!(news(&mut versions).await.as_deref(), Some("v2"));
    assert_eq!(news(&mut versions).await, None);
    assert_eq!(versions.current().as_deref(), Some("v2"));
}

#[tokio::test]
async fn a_watch_remembers_what_the_cache_forgot() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    let mut versions = cache.watch("app/db");
    assert_eq!(versions.current(), None);
    given(&client).await;
    // Nothing was known before.
    assert_eq!(news(&mut versions).await.as_deref(), Some("v1"));
    cache.clear();
    given(&client).await;
    assert_eq!(news(&mut versions).await, None);
    cache.clear();
    upstream.give("v2");
    given(&client).await;
    assert_eq!(news(&mut versions).await.as_deref(), Some("v2"));
}

#[tokio::test]
async fn a_watch_hears_of_its_own_calls_only() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    let mut current = cache.watch("app/db");
    let previous = request().version_stage("ACSPrevious");
    let mut previous_versions = cache.watch_call(&Call::new(previous.clone()));
    client.get_secret_value(GetSecretValueRequest::new("other")).await.expect("an answer");
    client.get_secret_value(previous).await.expect("an answer");
    assert_eq!(news(&mut current).await, None);
    assert_eq!(news(&mut previous_versions).await.as_deref(), Some("v1"));
}

#[tokio::test]
async fn several_watches_on_one_secret_all_hear_and_a_late_one_starts_with_what_is_known() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    let (mut one, mut other) = (cache.watch("app/db"), cache.watch("app/db"));
    given(&client).await;
    for watch in [&mut one, &mut other] {
        assert_eq!(news(watch).await.as_deref(), Some("v1"));
    }
    let mut late = cache.watch("app/db");
    assert_eq!(late.current().as_deref(), Some("v1"));
    assert_eq!(news(&mut late).await, None);
}

#[tokio::test]
async fn a_watch_that_waits_ends_with_the_cache() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    let mut versions = cache.watch("app/db");
    let waits = tokio::spawn(async move { versions.changed().await });
    drop((cache, client));
    assert_eq!(waits.await.expect("no panic"), None);
}
