//! Retry rules of our own: one more error that is repeated, and a policy of `tower`'s instead of ours.
//!
//! In both, attempts are numbered and counted, and the gateway's budget is charged, as without them.

use std::error::Error;
use std::future::{Ready, ready};

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::middleware::retry::{Reason, RetryPolicy};
use alibabacloud_kms::testing::MockGateway;
use alibabacloud_kms::{BoxError, Call, Gateway, Reply};
use tower::retry::Policy;

/// Repeats whatever failed, at once and once.
#[derive(Clone)]
struct OnceMore {
    is_left: bool,
}

impl Policy<Call, Reply, BoxError> for OnceMore {
    type Future = Ready<()>;

    fn retry(&mut self, _: &mut Call, result: &mut Result<Reply, BoxError>) -> Option<Ready<()>> {
        let may_repeat = result.is_err() && std::mem::take(&mut self.is_left);
        may_repeat.then(|| ready(()))
    }

    fn clone_request(&mut self, call: &Call) -> Option<Call> {
        Some(call.clone())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // A code that the table does not repeat. A rule returns `None` for what it leaves to the table.
    let maintenance = RetryPolicy::default().classify_with(|call, error| {
        let is_transient = error.code() == Some("Rejected.Maintenance");
        (is_transient && call.is_idempotent()).then_some(Reason::ServerFault)
    });
    let once_more = RetryPolicy::from_policy(OnceMore { is_left: true });

    for (name, policy) in [("a rule", maintenance), ("a policy", once_more)] {
        let mock = MockGateway::new();
        let rule = mock
            .on::<EncryptRequest>()
            .error(400, "Rejected.Maintenance", "Come back later.")
            .times(1)
            .answer_with(|_, answer| answer.ciphertext_blob = "c2VhbGVk".into());
        let client = mock.builder().use_shared_gateway(true).retry(policy).build()?;
        let sealed = client.encrypt(EncryptRequest::new("alias/app", "text")).await?;
        let budget = client.retry_budget(Gateway::Shared).ok_or("no budget")?;
        println!(
            "{name}: {} after {} requests, {} tokens of the budget left",
            sealed.ciphertext_blob,
            rule.requests().len(),
            budget.tokens(),
        );
    }
    Ok(())
}
