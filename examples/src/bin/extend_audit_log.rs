//! A layer of our own: a line of JSON for each call, with who, what, which key and how it ended.
//!
//! It stands outside the stack, so that a call is one line however often it was tried. It writes
//! names and ids only: what a call carries is in secrecy types and stays there.

use std::error::Error as StdError;
use std::task::{Context, Poll};

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::middleware::payload::Value;
use alibabacloud_kms::{BoxError, BoxFuture, Call, Error, KmsClient, Reply};
use alibabacloud_kms_local::LocalGateway;
use serde_json::{Value as Json, json};
use tower::{Layer, Service};

/// On whose behalf a call is made.
#[derive(Clone)]
struct Principal(&'static str);

#[derive(Clone, Copy)]
struct AuditLayer;

impl<S> Layer<S> for AuditLayer {
    type Service = Audit<S>;

    fn layer(&self, inner: S) -> Audit<S> {
        Audit { inner }
    }
}

#[derive(Clone)]
struct Audit<S> {
    inner: S,
}

impl<S> Service<Call> for Audit<S>
where
    S: Service<Call, Response = Reply, Error = BoxError>,
    S::Future: Send + 'static,
{
    type Response = Reply;
    type Error = BoxError;
    type Future = BoxFuture<Reply>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, call: Call) -> BoxFuture<Reply> {
        let principal = call.extensions().get().map(|Principal(name)| *name);
        let key = key_of(&call);
        let action = call.action().name;
        let answer = self.inner.call(call);
        Box::pin(async move {
            let result = answer.await;
            let line = json!({
                "principal": principal,
                "action": action,
                "key": key,
                "outcome": outcome(&result),
            });
            println!("{line}");
            result
        })
    }
}

/// The key or the secret that a call names, whichever action it is.
fn key_of(call: &Call) -> Option<String> {
    let mut fields = call.payload().fields();
    fields.find_map(|(info, field)| match (info.name, field.value()) {
        ("KeyId" | "SecretName", Value::Text(name)) => Some(name.to_owned()),
        _ => None,
    })
}

fn outcome(result: &Result<Reply, BoxError>) -> Json {
    match result {
        Ok(reply) => json!({ "gateway": reply.gateway().as_str(), "attempts": reply.attempts() }),
        Err(error) => match Error::find(&**error) {
            Some(error) => json!({ "error": error.code(), "attempts": error.attempts() }),
            None => json!({ "error": "layer" }),
        },
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn StdError>> {
    let local = LocalGateway::start().await?;
    let client =
        KmsClient::builder().instance(local.instance_gateway()).layer(AuditLayer).build()?;

    let request = EncryptRequest::new("alias/default", "never in the log");
    client.encrypt(request).extension(Principal("payroll")).await?;
    let request = EncryptRequest::new("alias/missing", "never in the log");
    let refused = client.encrypt(request).extension(Principal("payroll")).await;
    assert!(refused.is_err());
    Ok(())
}
