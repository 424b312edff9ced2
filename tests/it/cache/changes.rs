//! What is forgotten before its time: by hand, or because a call changed it.

use std::sync::Arc;

use alibabacloud_kms::api::alias::{DeleteAliasRequest, UpdateAliasRequest};
use alibabacloud_kms::api::key::{
    DescribeKeyRequest, DisableKeyRequest, EnableKeyRequest, ListKeysRequest,
    ScheduleKeyDeletionRequest, UpdateKeyDescriptionRequest,
};
use alibabacloud_kms::api::secret::{
    CreateSecretRequest, DeleteSecretRequest, DescribeSecretRequest, GetSecretValueRequest,
    PutSecretValueRequest,
};
use alibabacloud_kms::cache::SecretCache;
use alibabacloud_kms::{Call, Error, ErrorKind, ServiceError};

use super::upstream::Upstream;
use super::{callers, client, given, lost, poll_once, settle, version};

#[tokio::test]
async fn what_is_invalidated_is_loaded_again() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    let arn = "acs:kms:cn-hangzhou:123456:secret/app/db";
    let ways: [&dyn Fn(); 3] =
        [&|| cache.invalidate("app/db"), &|| cache.invalidate(arn), &|| cache.clear()];
    for (calls, way) in (1..).zip(ways) {
        given(&client).await;
        way();
        assert_eq!(upstream.calls(), calls);
        assert_eq!(given(&client).await.1, 1);
    }
    cache.invalidate("app/d");
    assert_eq!(given(&client).await.1, 0);
}

#[tokio::test]
async fn a_load_that_began_before_the_invalidation_is_given_and_not_kept() {
    for clear in [false, true] {
        let (cache, upstream) = (SecretCache::default(), Upstream::new());
        let client = client(&cache, &upstream);
        upstream.close();
        let before = callers(&client, 2);
        upstream.has_begun(1).await;
        settle().await;
        match clear {
            true => cache.clear(),
            false => cache.invalidate("app/db"),
        }
        upstream.give("v2");
        let after = callers(&client, 2);
        upstream.has_begun(2).await;
        settle().await;
        upstream.open();
        for reply in before.join_all().await {
            assert_eq!(version(&reply.expect("an answer")), "v1");
        }
        for reply in after.join_all().await {
            assert_eq!(version(&reply.expect("an answer")), "v2");
        }
        assert_eq!(given(&client).await, ("v2".to_owned(), 0));
        assert_eq!(upstream.calls(), 2);
    }
}

#[tokio::test]
async fn a_load_that_lands_after_the_invalidation_is_forgotten() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    upstream.close();
    let before = callers(&client, 1);
    upstream.has_begun(1).await;
    cache.invalidate("app/db");
    upstream.give("v2");
    upstream.open();
    before.join_all().await;
    settle().await;
    assert_eq!(given(&client).await, ("v2".to_owned(), 1));
}

#[tokio::test]
async fn calls_that_change_a_secret_invalidate_it() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    let other = GetSecretValueRequest::new("other");
    client.get_secret_value(other.clone()).await.expect("an answer");
    let arn = "acs:kms:cn-hangzhou:123456:secret/app/db";
    let changes = [
        Call::new(PutSecretValueRequest::new("app/db", "v2", "data")),
        Call::new(PutSecretValueRequest::new(arn, "v2", "data")),
        Call::new(DeleteSecretRequest::new("app/db")),
        Call::new(CreateSecretRequest::new("app/db", "v1", "data")),
    ];
    for change in changes {
        given(&client).await;
        client.send(change.clone()).await.expect("an answer");
        assert_eq!(given(&client).await.1, 1, "{change:?}");
    }
    let calls = upstream.calls();
    client.get_secret_value(other).await.expect("an answer");
    // It only reads.
    client.send(Call::new(DescribeSecretRequest::new("app/db"))).await.expect("an answer");
    given(&client).await;
    assert_eq!(upstream.calls(), calls + 1);
}

/// Whatever the key is called in the call, and whatever the cache knows it by.
#[tokio::test]
async fn calls_that_change_a_key_or_an_alias_forget_all_keys_and_secrets() {
    let upstream = Upstream::new();
    let cache = SecretCache::builder().key_descriptions().build();
    let client = client(&cache, &upstream);
    upstream.answer_with(|call| Ok(Arc::from((call.action().new_response)())));
    let changes = [
        Call::new(DisableKeyRequest::new("key-1")),
        Call::new(EnableKeyRequest::new("key-1")),
        Call::new(UpdateKeyDescriptionRequest::new("key-1").description("new")),
        Call::new(ScheduleKeyDeletionRequest::new("key-1", 7)),
        Call::new(UpdateAliasRequest::new("alias/app", "key-2")),
        Call::new(DeleteAliasRequest::new("alias/app")),
    ];
    let described = async || {
        let call = client.describe_key(DescribeKeyRequest::new("alias/app"));
        call.reply().await.expect("an answer").attempts()
    };
    for change in changes {
        described().await;
        assert_eq!(described().await, 0);
        client.send(change.clone()).await.expect("an answer");
        assert_eq!(described().await, 1, "{change:?}");
        assert_eq!(given(&client).await.1, 1, "{change:?}");
    }
    // It only reads.
    described().await;
    client.send(Call::new(ListKeysRequest::new())).await.expect("an answer");
    assert_eq!(described().await, 0);
}

#[tokio::test]
async fn a_change_that_may_have_been_made_invalidates_and_one_that_was_not_does_not() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    let change = || client.put_secret_value(PutSecretValueRequest::new("app/db", "v2", "data"));
    let errors: [(fn() -> Error, u32); 3] = [
        (lost, 1),
        (|| Error::new(ErrorKind::Connect, "refused"), 0),
        (|| Error::from_service(ServiceError::new("Forbidden.NoPermission", "no")), 0),
    ];
    for (error, attempts) in errors {
        upstream.give("v1");
        given(&client).await;
        upstream.fail(error);
        change().await.expect_err("it failed");
        upstream.give("v1");
        assert_eq!(given(&client).await.1, attempts);
    }
    // One that is cancelled on its way.
    upstream.close();
    let mut cancelled = Box::pin(change().reply());
    assert!(poll_once(&mut cancelled).is_pending());
    drop(cancelled);
    upstream.open();
    assert_eq!(given(&client).await.1, 1);
}
