//! How often a call is sent, how long it takes, and what its error says about both.

use std::error::Error;
use std::time::Duration;

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::api::secret::CreateSecretRequest;
use alibabacloud_kms::middleware::retry::{Backoff, RetryPolicy};
use alibabacloud_kms::testing::MockGateway;
use alibabacloud_kms::{Gateway, Outcome};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // The gateway answers with 503 twice, and with a success after that. It breaks off every answer
    // about secrets.
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>().status(503).times(2).answer_with(|_, _| ());
    mock.on::<CreateSecretRequest>().break_body(http::Response::new("half of this"));

    let backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(1));
    let client = mock
        .builder()
        .timeout(Duration::from_secs(20))
        .attempt_timeout(Duration::from_secs(5))
        .retry(RetryPolicy::default().max_attempts(4).backoff(backoff))
        .build()?;

    let request = EncryptRequest::new("alias/app", "text");
    let reply = client.encrypt(request.clone()).timeout(Duration::from_secs(2)).reply().await?;
    println!("encrypted with {} requests", reply.attempts());
    let budget = client.retry_budget(Gateway::Instance).ok_or("no budget")?;
    println!("{} of {} tokens are left for retries", budget.tokens(), budget.capacity());

    // Creating a secret twice is refused, so that a lost answer is not repeated.
    let request = CreateSecretRequest::new("app/db", "v1", "hunter2");
    let error = client.create_secret(request).await.expect_err("the answer was lost");
    match error.outcome() {
        Outcome::NotSent => println!("send it again: {error}"),
        Outcome::Unknown => println!("look whether the secret is there: {error}"),
        _ => println!("the service answered: {error}"),
    }
    assert_eq!((error.outcome(), error.attempts()), (Outcome::Unknown, 1));
    Ok(())
}
