//! What is not kept any more is not held any more: secrets are wiped when they are dropped.

use std::time::Duration;

use alibabacloud_kms::api::secret::GetSecretValueRequest;
use alibabacloud_kms::cache::SecretCache;
use alibabacloud_kms::{Error, ServiceError};
use tokio::time::advance;

use super::upstream::Upstream;
use super::{client, given, reply, request, settle};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn what_is_invalidated_cleared_or_replaced_is_dropped_at_once() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    given(&client).await;
    settle().await;
    assert_eq!(upstream.alive(), 1);
    cache.invalidate("app/db");
    assert_eq!(upstream.alive(), 0);
    given(&client).await;
    settle().await;
    cache.clear();
    assert_eq!(upstream.alive(), 0);
    given(&client).await;
    client.get_secret_value(request()).fresh().await.expect("an answer");
    settle().await;
    assert_eq!(upstream.alive(), 1);
}

#[tokio::test]
async fn what_makes_room_is_dropped() {
    let (cache, upstream) = (SecretCache::builder().capacity(2).build(), Upstream::new());
    let client = client(&cache, &upstream);
    for number in 0..20 {
        let request = GetSecretValueRequest::new(format!("secret {number}"));
        client.get_secret_value(request).await.expect("an answer");
    }
    settle().await;
    assert_eq!(upstream.alive(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_is_past_its_hard_limit_is_dropped_although_nobody_calls() {
    let cache = SecretCache::builder().ttl(60 * SECOND).jitter(0.0).max_stale(60 * SECOND).build();
    let upstream = Upstream::new();
    let client = client(&cache, &upstream);
    given(&client).await;
    advance(30 * SECOND).await;
    let later = GetSecretValueRequest::new("later");
    client.get_secret_value(later).await.expect("an answer");
    settle().await;
    for (wait, alive) in [(89, 2), (1, 1), (29, 1), (1, 0)] {
        advance(wait * SECOND).await;
        settle().await;
        assert_eq!(upstream.alive(), alive);
    }
    assert_eq!(cache.statistics().entries, 0);
    // And again, after the timer had nothing to wait for.
    given(&client).await;
    advance(120 * SECOND).await;
    settle().await;
    assert_eq!(upstream.alive(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_shorter_life_does_not_wait_for_a_longer_one() {
    let cache = SecretCache::builder().negative_ttl(5 * SECOND).build();
    let upstream = Upstream::new();
    let client = client(&cache, &upstream);
    given(&client).await;
    upstream.fail(|| Error::from_service(ServiceError::new("Forbidden.ResourceNotFound", "no")));
    let other = client.get_secret_value(GetSecretValueRequest::new("other"));
    other.await.expect_err("there is no such secret");
    assert_eq!(cache.statistics().entries, 2);
    advance(5 * SECOND).await;
    settle().await;
    assert_eq!(cache.statistics().entries, 1);
}

#[tokio::test]
async fn everything_is_dropped_with_the_cache() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    given(&client).await;
    settle().await;
    drop(cache);
    assert_eq!(upstream.alive(), 1);
    drop(client);
    assert_eq!(upstream.alive(), 0);
}

#[tokio::test]
async fn a_caller_keeps_what_it_was_given() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    let held = reply(&client).await.expect("an answer");
    cache.clear();
    settle().await;
    assert_eq!(upstream.alive(), 1);
    drop(held);
    assert_eq!(upstream.alive(), 0);
}

#[tokio::test]
async fn nothing_shows_a_secret() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    let watch = cache.watch("app/db");
    given(&client).await;
    let call = client.get_secret_value(request()).fresh();
    let shown = format!("{cache:#?} {:#?} {watch:?} {call:?} {client:?}", cache.layer());
    assert!(shown.contains("SecretCache"));
    assert!(!shown.contains("data of"));
}
