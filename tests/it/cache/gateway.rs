//! The cache in a whole client, over a real gateway.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use alibabacloud_kms::api::secret::{CreateSecretRequest, PutSecretValueRequest};
use alibabacloud_kms::cache::SecretCache;
use alibabacloud_kms::{Body, ExposeSecret, KmsClient};
use alibabacloud_kms_local::LocalGateway;
use tokio::task::JoinSet;
use tower::util::MapRequestLayer;

use super::{given, request};

/// A client of both gateways with this cache, and how many requests it made.
fn client(local: &LocalGateway, cache: &SecretCache) -> (KmsClient, Arc<AtomicU32>) {
    let requests = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&requests);
    let client = KmsClient::builder()
        .shared(local.open_api_gateway())
        .instance(local.instance_gateway())
        .layer(cache.layer())
        .http_layer(MapRequestLayer::new(move |request: http::Request<Body>| {
            count.fetch_add(1, Ordering::SeqCst);
            request
        }))
        .build();
    (client.expect("a client"), requests)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_concurrent_misses_make_one_request() {
    let local = LocalGateway::start().await.expect("a gateway");
    let cache = SecretCache::default();
    let (client, requests) = client(&local, &cache);
    let create = CreateSecretRequest::new("app/db", "v1", "password");
    client.create_secret(create).await.expect("it is new");
    requests.store(0, Ordering::SeqCst);
    let mut callers = JoinSet::new();
    for _ in 0..1000 {
        let client = client.clone();
        callers.spawn(async move { client.get_secret_value(request()).await });
    }
    for value in callers.join_all().await {
        assert_eq!(value.expect("an answer").secret_data.expose_secret(), "password");
    }
    assert_eq!(requests.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_rotation_through_the_same_client_is_seen_at_once_on_both_gateways() {
    let local = LocalGateway::start().await.expect("a gateway");
    let cache = SecretCache::default();
    let (client, _) = client(&local, &cache);
    let create = CreateSecretRequest::new("app/db", "v1", "old");
    client.create_secret(create).await.expect("it is new");
    let on_both = async |version: &str, attempts: u32| {
        for shared in [true, false] {
            let call = client.get_secret_value(request()).use_shared_gateway(shared);
            let reply = call.reply().await.expect("an answer");
            assert_eq!((super::version(&reply).as_str(), reply.attempts()), (version, attempts));
        }
    };
    let mut versions = cache.watch("app/db");
    given(&client).await;
    assert_eq!(versions.changed().await.as_deref(), Some("v1"));
    on_both("v1", 1).await;
    on_both("v1", 0).await;
    let put = PutSecretValueRequest::new("app/db", "v2", "new");
    client.put_secret_value(put).await.expect("it is new");
    on_both("v2", 1).await;
    given(&client).await;
    assert_eq!(versions.changed().await.as_deref(), Some("v2"));
}

#[tokio::test]
async fn a_secret_that_is_made_after_it_was_missed_is_found() {
    let local = LocalGateway::start().await.expect("a gateway");
    let cache = SecretCache::default();
    let (client, requests) = client(&local, &cache);
    for _ in 0..3 {
        let error = client.get_secret_value(request()).await.expect_err("there is none");
        assert_eq!(error.code(), Some("Forbidden.ResourceNotFound"));
    }
    assert_eq!(requests.load(Ordering::SeqCst), 1);
    client.create_secret(CreateSecretRequest::new("app/db", "v1", "new")).await.expect("it is new");
    assert_eq!(given(&client).await.0, "v1");
}
