//! The client's own quotas.

use std::time::Duration;

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::api::key::CreateKeyRequest;
use alibabacloud_kms::api::secret::RotateSecretRequest;
use alibabacloud_kms::quota::{QuotaGroup, QuotaLayer, SHARED_GATEWAY};
use alibabacloud_kms::testing::MockGateway;
use alibabacloud_kms::{Error, ErrorKind, Gateway, KmsClient, Outcome};
use tokio::time::Instant;

fn client(mock: &MockGateway, quotas: &QuotaLayer) -> KmsClient {
    let builder = mock.builder().timeout(Duration::from_secs(86_400));
    builder.use_shared_gateway(true).shared_layer(quotas.clone()).build().expect("a client")
}

/// How long so many new keys take.
async fn keys(client: &KmsClient, count: u32) -> Duration {
    let begun = Instant::now();
    for _ in 0..count {
        client.create_key(CreateKeyRequest::new()).await.expect("an answer");
    }
    begun.elapsed()
}

fn answering() -> MockGateway {
    let mock = MockGateway::new();
    let _ = mock.on::<CreateKeyRequest>().answer_with(|_, _| {});
    let _ = mock.on::<EncryptRequest>().answer_with(|_, answer| {
        answer.ciphertext_blob = "c2VhbGVk".into();
    });
    let _ = mock.on::<RotateSecretRequest>().answer_with(|_, _| {});
    mock
}

fn seconds(time: Duration) -> u64 {
    time.as_secs()
}

#[tokio::test(start_paused = true)]
async fn a_group_keeps_to_its_published_limit_and_others_are_not_held_up() {
    let (mock, quotas) = (answering(), QuotaLayer::shared_gateway());
    let client = client(&mock, &quotas);
    assert_eq!(seconds(keys(&client, 10).await), 0);
    let more = {
        let client = client.clone();
        tokio::spawn(async move { keys(&client, 20).await })
    };
    let begun = Instant::now();
    let request = EncryptRequest::new("alias/app", "text");
    client.encrypt(request).await.expect("an answer");
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert_eq!(seconds(more.await.expect("no panic")), 2);
}

#[tokio::test(start_paused = true)]
async fn rotations_are_counted_by_the_hour() {
    let (mock, quotas) = (answering(), QuotaLayer::shared_gateway());
    let client = client(&mock, &quotas);
    let begun = Instant::now();
    for _ in 0..51 {
        client.rotate_secret(RotateSecretRequest::new("app/db", "v")).await.expect("an answer");
    }
    assert_eq!(seconds(begun.elapsed()), 3600);
}

#[tokio::test(start_paused = true)]
async fn clones_of_a_layer_share_their_turns_and_a_share_is_a_part() {
    let (mock, quotas) = (answering(), QuotaLayer::shared_gateway().share(0.5));
    let (one, other) = (client(&mock, &quotas), client(&mock, &quotas));
    assert_eq!(seconds(keys(&one, 5).await), 0);
    assert_eq!(seconds(keys(&other, 5).await), 1);
    // The least share is one call.
    let least = client(&mock, &QuotaLayer::shared_gateway().share(0.0));
    assert_eq!(seconds(keys(&least, 3).await), 2);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_may_not_wait_is_refused_before_it_is_sent() {
    let (mock, quotas) = (answering(), QuotaLayer::shared_gateway().max_wait(Duration::ZERO));
    let client = client(&mock, &quotas);
    keys(&client, 10).await;
    let error = client.create_key(CreateKeyRequest::new()).await.expect_err("used up");
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Layer, Outcome::NotSent));
    assert!(!error.is_retryable());
    assert_eq!(mock.requests().len(), 10);
    tokio::time::sleep(Duration::from_secs(1)).await;
    keys(&client, 10).await;
}

#[tokio::test(start_paused = true)]
async fn the_wait_counts_towards_the_calls_limit() {
    let (mock, quotas) = (answering(), QuotaLayer::shared_gateway());
    let client = client(&mock, &quotas);
    keys(&client, 10).await;
    let call = client.create_key(CreateKeyRequest::new()).timeout(Duration::from_millis(100));
    let error: Error = call.await.expect_err("too late");
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Timeout, Outcome::NotSent));
}

#[tokio::test(start_paused = true)]
async fn a_later_group_takes_an_action_out_of_an_earlier_one() {
    let mock = answering();
    let slowly = QuotaGroup::new("sealing", &["Encrypt"], 1).period(Duration::from_secs(60));
    let client = client(&mock, &QuotaLayer::shared_gateway().group(slowly));
    let begun = Instant::now();
    for _ in 0..2 {
        let request = EncryptRequest::new("alias/app", "text");
        client.encrypt(request).await.expect("an answer");
    }
    assert_eq!(seconds(begun.elapsed()), 60);
}

#[test]
fn no_operation_of_the_instance_is_limited() {
    for group in SHARED_GATEWAY {
        for action in group.actions {
            let action = alibabacloud_kms::api::find(action).expect("a declared action");
            assert!(action.is_served_by(Gateway::Shared), "{action:?}");
        }
    }
}
