//! Waiters for the states of keys and secrets.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use alibabacloud_kms::api::key::{DescribeKeyRequest, DescribeKeyResponse, KeyMetadata};
use alibabacloud_kms::api::secret::{DescribeSecretResponse, GetSecretValueResponse};
use alibabacloud_kms::api::values::KeyState;
use alibabacloud_kms::cache::SecretCache;
use alibabacloud_kms::{
    BoxError, Call, Error, ErrorKind, Gateway, KmsClient, Outcome, Reply, ServiceError, wait,
};
use http::StatusCode;
use tokio::time::Instant;
use tower::{ServiceBuilder, service_fn};

type Answer = Result<Reply, Error>;

/// A client that gives these answers, the last one again and again, and how often it was asked.
fn client(answers: Vec<Answer>) -> (KmsClient, Arc<AtomicU32>) {
    let asked = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&asked);
    let answers = Arc::new(Mutex::new(answers));
    let service = service_fn(move |_: Call| {
        counter.fetch_add(1, Ordering::SeqCst);
        let mut answers = answers.lock().expect("no panic before");
        let answer = match answers.len() {
            1 => answers[0].clone(),
            _ => answers.remove(0),
        };
        async move { answer.map_err(BoxError::from) }
    });
    (KmsClient::from_service(service), asked)
}

fn key(state: KeyState) -> Answer {
    let mut key = KeyMetadata::default();
    key.key_state = Some(state);
    let mut response = DescribeKeyResponse::default();
    response.key_metadata = key;
    Ok(Reply::new(response, Gateway::Shared))
}

fn secret(planned_delete_time: Option<&str>) -> Answer {
    let mut response = DescribeSecretResponse::default();
    response.planned_delete_time = planned_delete_time.map(Into::into);
    Ok(Reply::new(response, Gateway::Shared))
}

fn value(version: &str) -> Answer {
    let mut response = GetSecretValueResponse::default();
    response.version_id = version.to_owned();
    Ok(Reply::new(response, Gateway::Shared))
}

fn refused(status: u16, code: &str) -> Answer {
    let service = ServiceError::new(code, "message");
    let status = StatusCode::from_u16(status).expect("a status");
    Err(Error::from_service(service.with_status(status)))
}

fn lost() -> Answer {
    Err(Error::new(ErrorKind::Connect, "refused").with_outcome(Outcome::NotSent))
}

#[tokio::test(start_paused = true)]
async fn a_key_is_waited_for_until_it_is_in_the_state() {
    let (client, asked) =
        client(vec![key(KeyState::PendingImport), key(KeyState::Disabled), key(KeyState::Enabled)]);
    let begun = Instant::now();
    let described = wait::for_key_state(&client, "key-1", KeyState::Enabled)
        .interval(Duration::from_secs(5))
        .await
        .expect("in time");
    let state = described.key_metadata.key_state;
    assert_eq!(state, Some(KeyState::Enabled));
    assert_eq!(asked.load(Ordering::SeqCst), 3);
    assert_eq!(begun.elapsed(), Duration::from_secs(10));
}

#[tokio::test(start_paused = true)]
async fn a_wait_ends_at_its_limit_with_what_was_waited_for_and_the_last_failure() {
    let (waiting, _) = client(vec![key(KeyState::Disabled)]);
    let waiter = wait::for_key_state(&waiting, "key-1", KeyState::Enabled);
    let begun = Instant::now();
    let error = waiter.limit(Duration::from_secs(9)).await.expect_err("never");
    assert!(begun.elapsed() <= Duration::from_secs(9));
    assert_eq!((error.kind(), error.action()), (ErrorKind::Timeout, Some("DescribeKey")));
    assert_eq!((error.outcome(), error.attempts()), (Outcome::Answered, 5));
    assert!(!error.is_retryable());
    assert!(error.to_string().contains("Enabled"), "{error}");
    let (failing, _) = client(vec![lost()]);
    let error = wait::for_key_deleted(&failing, "key-1").await.expect_err("never");
    let cause = std::error::Error::source(&error).and_then(|cause| Error::find(cause));
    assert_eq!(cause.map(Error::kind), Some(ErrorKind::Connect));
}

#[tokio::test(start_paused = true)]
async fn a_request_that_hangs_ends_with_the_limit() {
    let hanging = service_fn(|_: Call| std::future::pending::<Result<Reply, BoxError>>());
    let client = KmsClient::from_service(hanging);
    let begun = Instant::now();
    let waiter = wait::for_secret(&client, "app/db").limit(Duration::from_secs(3));
    let error = waiter.await.expect_err("never");
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Timeout, Outcome::Unknown));
    assert!(begun.elapsed() <= Duration::from_secs(4));
}

#[tokio::test(start_paused = true)]
async fn failures_that_may_be_over_at_the_next_try_are_waited_through_and_others_are_not() {
    let (flaky, _) =
        client(vec![lost(), refused(429, "Throttling.User"), key(KeyState::PendingDeletion)]);
    let waiter = wait::for_key_state(&flaky, "key-1", KeyState::PendingDeletion);
    waiter.await.expect("in time");
    let (forbidden, asked) = client(vec![refused(403, "Forbidden.NoPermission")]);
    let error = wait::for_key_deleted(&forbidden, "key-1").await.expect_err("no right");
    assert_eq!(error.code(), Some("Forbidden.NoPermission"));
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn a_key_and_a_secret_are_gone_when_the_service_does_not_find_them() {
    let (keys, _) =
        client(vec![key(KeyState::PendingDeletion), refused(404, "Forbidden.KeyNotFound")]);
    wait::for_key_deleted(&keys, "key-1").await.expect("in time");
    let gone = || refused(404, "Forbidden.ResourceNotFound");
    let (secrets, asked) = client(vec![secret(Some("2026-12-01T00:00:00Z")), gone()]);
    wait::for_secret_deleted(&secrets, "app/db").await.expect("in time");
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn a_secret_is_there_when_it_exists_and_no_deletion_is_planned() {
    let gone = refused(404, "Forbidden.ResourceNotFound");
    let (client, asked) = client(vec![gone, secret(Some("2026-12-01T00:00:00Z")), secret(None)]);
    wait::for_secret(&client, "app/db").await.expect("in time");
    assert_eq!(asked.load(Ordering::SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn a_secret_is_rotated_when_its_version_is_another_and_no_cache_hides_it() {
    let (below, asked) = client(vec![value("v1"), value("v1"), value("v2")]);
    let cache = SecretCache::default();
    let stack = ServiceBuilder::new().layer(cache.layer()).service(below);
    let client = KmsClient::from_service(stack);
    let rotated = wait::for_secret_rotated(&client, "app/db", "v1").await.expect("in time");
    assert_eq!(rotated.version_id, "v2");
    assert_eq!(asked.load(Ordering::SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn anything_can_be_waited_for_and_the_call_be_changed() {
    let below = service_fn(|call: Call| async move {
        assert_eq!(call.options().gateway, Some(Gateway::Shared));
        key(KeyState::Enabled).map_err(BoxError::from)
    });
    let client = KmsClient::from_service(below);
    let mut seen = 0;
    let waiter = wait::until(&client, DescribeKeyRequest::new("key-1"), move |answer| {
        answer?;
        seen += 1;
        Ok((seen == 3).then_some(seen))
    });
    let waiter = waiter.map_call(|call| call.options_mut().gateway = Some(Gateway::Shared));
    assert!(format!("{waiter:?}").contains("DescribeKey"));
    assert_eq!(waiter.await.expect("in time"), 3);
}
