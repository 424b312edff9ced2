//! The layer between the charset layer and retry.

use std::future::ready;
use std::task::{Context, Poll};

use tower::util::BoxService;
use tower::{Layer, Service, ServiceExt};

use super::aad::ContextAad;
use super::fault;
use super::info::TransferInfo;
use super::native::TransferSettings;
use crate::{BoxError, BoxFuture, Call, Dialect, Error, ErrorKind, Reply};

/// Creates [`TransferService`]s.
#[derive(Debug, Clone, Copy, Default)]
pub struct TransferLayer {
    settings: TransferSettings,
}

impl TransferLayer {
    /// Creates a layer that transfers to the current operations (`AdvanceEncrypt` and so on).
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets whether to transfer to the older operations (`Encrypt` and so on), as
    /// `force_low_version_crypto_transfer` of the official clients does (default `false`).
    #[must_use]
    pub fn force_low_version(mut self, low_version: bool) -> Self {
        self.settings.low_version = low_version;
        self
    }

    /// Sets the form in which encryption contexts are authenticated (default
    /// [`ContextAad::Digest`]).
    #[must_use]
    pub fn context_aad(mut self, context_aad: ContextAad) -> Self {
        self.settings.context_aad = context_aad;
        self
    }
}

impl<S> Layer<S> for TransferLayer {
    type Service = TransferService<S>;

    fn layer(&self, inner: S) -> TransferService<S> {
        TransferService { inner, settings: self.settings }
    }
}

/// Turns actions into the instance's operations, and their answers into the actions' responses.
#[derive(Debug, Clone)]
pub struct TransferService<S> {
    inner: S,
    settings: TransferSettings,
}

impl<S> Service<Call> for TransferService<S>
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
        // Only the service that was polled is ready, not its clone. It is used up even if nothing
        // is sent.
        let clone = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, clone);
        match TransferInfo::from_action(call.action()) {
            Some(transfer) => {
                transfer.run(call, BoxService::new(inner.map_err(Into::into)), self.settings)
            }
            None => {
                let error = Error::new(
                    ErrorKind::Route,
                    "the instance gateway does not serve the action: send the call to the shared gateway",
                );
                Box::pin(ready(Err(fault::of_call(error, &call, 0).into())))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tower::service_fn;

    use super::*;
    use crate::api::data_key::GenerateDataKeyRequest;
    use crate::api::secret::GetSecretValueRequest;
    use crate::native::{advance, secret};
    use crate::{Action, Gateway, Outcome};

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
        // The first operation was answered, whatever happened to the second.
        assert_eq!(error.outcome(), Outcome::Unknown);
    }

    #[tokio::test]
    async fn an_error_before_any_answer_keeps_its_outcome() {
        for outcome in [Outcome::NotSent, Outcome::Unknown, Outcome::Answered] {
            let error = failure(GenerateDataKeyRequest::new("k"), move |_| {
                Err(Error::new(ErrorKind::Connect, "refused").with_outcome(outcome).into())
            });
            assert_eq!(error.await.outcome(), outcome);
        }
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

    #[tokio::test]
    async fn an_answers_fields_are_moved() {
        let secret_data = "x".repeat(64);
        let answer = secret::GetSecretValueResponse {
            secret_name: "app/db".into(),
            version_id: secret_data,
            ..Default::default()
        };
        let bytes = answer.version_id.as_ptr() as usize;
        let reply = std::sync::Mutex::new(Some(Reply::new(answer, Gateway::Instance)));
        let reply = std::sync::Arc::new(reply);
        let instance = service_fn(move |_: Call| {
            let reply = reply.lock().map(|mut reply| reply.take()).ok().flatten();
            ready(reply.ok_or_else(|| BoxError::from("a second request")))
        });
        let call = Call::new(GetSecretValueRequest::new("app/db"));
        let reply = TransferLayer::new().layer(instance).oneshot(call).await.expect("an answer");
        let response = reply.into_response::<GetSecretValueRequest>().expect("its type");
        assert_eq!(response.version_id.as_ptr() as usize, bytes);
    }
}
