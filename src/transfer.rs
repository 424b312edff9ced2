//! Transfer: the ten actions that the instance serves, as operations of its own dialect.
//!
//! Between the charset layer and `Retry`: what it sends down are calls of native operations, each
//! retried by itself. Answers go up as the action's own response, errors in the shared gateway's
//! words, so that a program cannot tell which gateway it spoke to. Operations that are native already
//! pass through.

pub(crate) mod aad;
mod asymmetric;
pub(crate) mod blob;
mod crypto;
mod data_key;
mod fault;
pub(crate) mod native;
mod public_key;
mod secret;
mod settings;

use std::task::{Context, Poll};

use tower::{Layer, Service};

pub use self::aad::ContextAad;
use self::native::Native;
use self::settings::Settings;
use crate::{BoxError, BoxFuture, Call, Dialect, Error, ErrorKind, Gateway, Reply};

/// Makes [`Transfer`]s.
#[derive(Debug, Clone, Copy, Default)]
pub struct TransferLayer {
    settings: Settings,
}

impl TransferLayer {
    /// Transfers to the current operations (`AdvanceEncrypt` and so on).
    pub fn new() -> Self {
        Self::default()
    }

    /// Transfers to the older operations (`Encrypt` and so on), as
    /// `force_low_version_crypto_transfer` of the official clients.
    #[must_use]
    pub fn force_low_version(mut self, low_version: bool) -> Self {
        self.settings.low_version = low_version;
        self
    }

    /// Authenticates encryption contexts in this form.
    #[must_use]
    pub fn context_aad(mut self, context_aad: ContextAad) -> Self {
        self.settings.context_aad = context_aad;
        self
    }
}

impl<S> Layer<S> for TransferLayer {
    type Service = Transfer<S>;

    fn layer(&self, inner: S) -> Transfer<S> {
        Transfer { inner, settings: self.settings }
    }
}

/// Turns actions into the instance's operations, and answers back.
#[derive(Debug, Clone)]
pub struct Transfer<S> {
    inner: S,
    settings: Settings,
}

impl<S> Service<Call> for Transfer<S>
where
    S: Service<Call, Response = Reply> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
{
    type Response = Reply;
    type Error = BoxError;
    type Future = BoxFuture<Reply>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, call: Call) -> BoxFuture<Reply> {
        if call.action().dialect == Dialect::Protobuf {
            let answer = self.inner.call(call);
            return Box::pin(async move { answer.await.map_err(Into::into) });
        }
        // The clone is not ready; the one that was polled ready is.
        let clone = self.inner.clone();
        let ready = std::mem::replace(&mut self.inner, clone);
        let mut native = Native::new(ready, call.clone(), self.settings);
        Box::pin(async move {
            transfer(&mut native, &call).await.map_err(|error| {
                fault::in_shared_words(Error::from_boxed(error))
                    .for_action(call.action())
                    .with_gateway(Gateway::Instance)
                    .with_attempts(native.attempts())
                    .with_idempotent(call.is_idempotent())
                    .into()
            })
        })
    }
}

async fn transfer<S>(native: &mut Native<S>, call: &Call) -> Result<Reply, BoxError>
where
    S: Service<Call, Response = Reply>,
    S::Error: Into<BoxError>,
{
    native::check(call)?;
    match call.action().name {
        "Encrypt" => crypto::encrypt(native, native::request(call)?).await,
        "Decrypt" => crypto::decrypt(native, native::request(call)?).await,
        "GenerateDataKey" => data_key::with_plaintext(native, native::request(call)?).await,
        "GenerateDataKeyWithoutPlaintext" => {
            data_key::without_plaintext(native, native::request(call)?).await
        }
        "AsymmetricEncrypt" => asymmetric::encrypt(native, native::request(call)?).await,
        "AsymmetricDecrypt" => asymmetric::decrypt(native, native::request(call)?).await,
        "AsymmetricSign" => asymmetric::sign(native, native::request(call)?).await,
        "AsymmetricVerify" => asymmetric::verify(native, native::request(call)?).await,
        "GetPublicKey" => public_key::get(native, native::request(call)?).await,
        "GetSecretValue" => secret::get_value(native, native::request(call)?).await,
        _ => Err(Error::new(ErrorKind::Route, "the instance gateway does not serve it").into()),
    }
}

#[cfg(test)]
mod tests {
    use tower::{ServiceExt, service_fn};

    use super::*;
    use crate::api::data_key::GenerateDataKeyRequest;
    use crate::api::secret::GetSecretValueRequest;
    use crate::instance_api::{advance, secret};
    use crate::{Action, Outcome};

    async fn failure<A: Action>(
        request: A,
        instance: impl Fn(Call) -> Result<Reply, BoxError> + Clone + Send + 'static,
    ) -> Error {
        let instance = service_fn(move |call| std::future::ready(instance(call)));
        let answer = TransferLayer::new().layer(instance).oneshot(Call::new(request)).await;
        Error::from_boxed(answer.expect_err("an error"))
    }

    #[tokio::test]
    async fn an_error_counts_the_requests_of_all_operations() {
        let error = failure(GenerateDataKeyRequest::new("k"), |call| {
            if call.action().name != "AdvanceGenerateDataKey" {
                return Err(Error::new(ErrorKind::Connect, "refused").with_attempts(3).into());
            }
            let key = advance::AdvanceGenerateDataKeyResponse {
                key_id: "key".into(),
                plaintext: vec![7; 32].into(),
                ..Default::default()
            };
            Ok(Reply::new(key, Gateway::Instance).with_attempts(2))
        });
        let error = error.await;
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 5));
    }

    #[tokio::test]
    async fn an_answer_that_lacks_a_field_is_an_error_that_names_it() {
        let error = failure(GetSecretValueRequest::new("app/db"), |_| {
            let answer = secret::GetSecretValueResponse::default();
            Ok(Reply::new(answer, Gateway::Instance).with_attempts(1))
        });
        let error = error.await;
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Decode, Outcome::Answered));
        assert_eq!(error.attempts(), 1);
        assert!(error.to_string().contains("SecretName"), "{error}");
    }
}
