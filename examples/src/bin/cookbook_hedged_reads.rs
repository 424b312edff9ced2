//! Hedged reads: a read that takes longer than most is sent once more, and the first success counts.
//!
//! Only actions that read: a second request costs quota, and must change nothing. The call that lost is
//! dropped, and with it its request.

use std::error::Error;
use std::time::Duration;

use alibabacloud_kms::api::secret::GetSecretValueRequest;
use alibabacloud_kms::testing::MockGateway;
use alibabacloud_kms::{BoxCall, BoxError, Call, Reply};
use tower::layer::layer_fn;
use tower::{ServiceExt, service_fn};

const READS: [&str; 4] = ["GetSecretValue", "DescribeKey", "DescribeSecret", "GetPublicKey"];

async fn hedged(inner: BoxCall, call: Call, after: Duration) -> Result<Reply, BoxError> {
    if !READS.contains(&call.action().name) {
        return inner.oneshot(call).await;
    }
    let mut first = Box::pin(inner.clone().oneshot(call.clone()));
    tokio::select! {
        result = &mut first => return result,
        () = tokio::time::sleep(after) => {}
    }
    let mut second = Box::pin(inner.oneshot(call));
    tokio::select! {
        result = &mut first => match result {
            Ok(reply) => Ok(reply),
            Err(_) => second.await,
        },
        result = &mut second => match result {
            Ok(reply) => Ok(reply),
            Err(_) => first.await,
        },
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mock = MockGateway::new();
    let rule = mock
        .on::<GetSecretValueRequest>()
        .hang()
        .times(1)
        .answer_with(|_, answer| answer.version_id = "v1".into());
    let client = mock
        .builder()
        .use_shared_gateway(true)
        .layer(layer_fn(|inner: BoxCall| {
            service_fn(move |call| hedged(inner.clone(), call, Duration::from_millis(20)))
        }))
        .build()?;

    let secret = client.get_secret_value(GetSecretValueRequest::new("app/db")).await?;
    println!("version {} after {} requests", secret.version_id, rule.requests().len());
    assert_eq!(rule.requests().len(), 2);
    Ok(())
}
