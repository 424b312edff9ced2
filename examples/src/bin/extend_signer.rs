//! A signer of our own in the place of the default one, for a proxy that signs in our stead.
//!
//! The proxy wants a token with each request and signs what it passes on. The layer takes part in what
//! others do by the signals of its requests: while it waits for a token the request counts as held, and
//! on a refusal it names the token that was used, so that the retry policy has it renewed.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};

use alibabacloud_kms::api::crypto::{EncryptRequest, EncryptResponse};
use alibabacloud_kms::middleware::encode::EncodeRpcLayer;
use alibabacloud_kms::middleware::retry::{RenewCredential, RetryLayer, RetryPolicy};
use alibabacloud_kms::middleware::signals::{Progress, SignedBy};
use alibabacloud_kms::{
    Body, BoxError, BoxFuture, Call, Credential, Gateway, HttpService, Identity, ProvideCredential,
    SecretString,
};
use async_trait::async_trait;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request, Response, StatusCode};
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};

/// Tokens of the proxy: each is good until it is refused.
#[derive(Debug, Default)]
struct Tokens {
    issued: AtomicU32,
}

impl Tokens {
    fn token(&self) -> String {
        format!("token-{}", self.issued.load(Ordering::Relaxed))
    }
}

#[async_trait]
impl ProvideCredential for Tokens {
    async fn provide(&self) -> Result<Credential, alibabacloud_kms::Error> {
        Ok(Credential::bearer(SecretString::from(self.token())))
    }

    fn identity(&self) -> Option<Identity> {
        Some(Identity::new([self.token()]))
    }

    fn refused(&self, credential: Identity) -> bool {
        // Of many calls that were refused, the first one renews the token.
        if self.identity() == Some(credential) {
            self.issued.fetch_add(1, Ordering::Relaxed);
        }
        true
    }
}

/// Makes [`Authorize`]s.
struct AuthorizeLayer(Arc<Tokens>);

/// Adds a token to each request.
#[derive(Clone)]
struct Authorize<S> {
    inner: S,
    tokens: Arc<Tokens>,
}

impl<S> Layer<S> for AuthorizeLayer {
    type Service = Authorize<S>;

    fn layer(&self, inner: S) -> Authorize<S> {
        Authorize { inner, tokens: Arc::clone(&self.0) }
    }
}

impl<S> Service<Request<Body>> for Authorize<S>
where
    S: HttpService + Clone + Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = BoxFuture<S::Response>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        // The clone is not ready; the one that was polled ready is.
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        let tokens = Arc::clone(&self.tokens);
        Box::pin(async move {
            let progress = request.extensions().get::<Progress>().cloned().unwrap_or_default();
            progress.hold_request();
            let (signer, token) = (tokens.identity(), tokens.token());
            let mut value = HeaderValue::from_str(&format!("Bearer {token}"))?;
            value.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, value);
            progress.release_request();

            let mut response = inner.call(request).await.map_err(Into::into)?;
            if let Some(signer) = signer {
                // With the token, which is removed from the errors that quote it.
                let signed_by = SignedBy::new(signer).with_token(SecretString::from(token));
                response.extensions_mut().insert(signed_by);
            }
            Ok(response)
        })
    }
}

/// The proxy, and KMS behind it: it refuses the first token.
async fn proxy(request: Request<Body>) -> Result<Response<Body>, BoxError> {
    let token = request.headers().get(AUTHORIZATION).ok_or("no token")?;
    let (status, answer) = if token == "Bearer token-0" {
        let refusal =
            r#"{"Code":"InvalidSecurityToken.Expired","Message":"renew it","RequestId":"1"}"#;
        (StatusCode::BAD_REQUEST, refusal)
    } else {
        (
            StatusCode::OK,
            r#"{"CiphertextBlob":"c2VhbGVk","KeyId":"key","KeyVersionId":"1","RequestId":"2"}"#,
        )
    };
    let mut response = Response::new(Body::from(answer));
    *response.status_mut() = status;
    Ok(response)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let tokens = Arc::new(Tokens::default());
    let provider: Arc<dyn ProvideCredential> = tokens.clone();
    let renew = RenewCredential::new(provider);
    let gateway = ServiceBuilder::new()
        .layer(RetryLayer::new(RetryPolicy::default().remedy(Arc::new(renew))))
        .layer(EncodeRpcLayer::new(Gateway::Shared, "kms.invalid".parse()?))
        .layer(AuthorizeLayer(tokens))
        .service(service_fn(proxy));

    let call = Call::new(EncryptRequest::new("alias/app", "text"));
    let reply = gateway.oneshot(call).await.map_err(|error| error.to_string())?;
    assert_eq!(reply.attempts(), 2);
    let answer: &EncryptResponse = reply.response().ok_or("another response")?;
    println!("with a renewed token the answer is {}", answer.ciphertext_blob);
    Ok(())
}
