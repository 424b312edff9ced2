//! Faults on purpose, below signing: what a program does when its gateway does not behave.
//!
//! Every third request is lost before it is sent, every fifth comes back as 503. The stack above is
//! the real one, so that what is seen here is what would be seen in an outage.

use std::error::Error as StdError;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::transport::Transport;
use alibabacloud_kms::{Body, BoxError, BoxFuture, Error, ErrorKind, KmsClient};
use alibabacloud_kms_local::LocalGateway;
use http::StatusCode;
use http_body_util::Either;
use tower::{Layer, Service};

#[derive(Clone, Default)]
struct ChaosLayer {
    requests: Arc<AtomicU32>,
}

impl<S> Layer<S> for ChaosLayer {
    type Service = Chaos<S>;

    fn layer(&self, inner: S) -> Chaos<S> {
        Chaos { inner, requests: Arc::clone(&self.requests) }
    }
}

#[derive(Clone)]
struct Chaos<S> {
    inner: S,
    requests: Arc<AtomicU32>,
}

impl<S, B> Service<http::Request<Body>> for Chaos<S>
where
    S: Service<http::Request<Body>, Response = http::Response<B>, Error = BoxError>,
    S::Future: Send + 'static,
    B: Send + 'static,
{
    type Response = http::Response<Either<B, Body>>;
    type Error = BoxError;
    type Future = BoxFuture<Self::Response>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        if number.is_multiple_of(3) {
            let lost = Error::new(ErrorKind::Connect, "lost by chaos");
            return Box::pin(std::future::ready(Err(lost.into())));
        }
        if number.is_multiple_of(5) {
            let mut answer = http::Response::new(Either::Right(Body::default()));
            *answer.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            return Box::pin(std::future::ready(Ok(answer)));
        }
        let answer = self.inner.call(request);
        Box::pin(async move { Ok(answer.await?.map(Either::Left)) })
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn StdError>> {
    let local = LocalGateway::start().await?;
    let chaos = ChaosLayer::default();
    let transport = chaos.layer(Transport::builder().build()?);
    let client =
        KmsClient::builder().instance(local.instance_gateway()).transport(transport).build()?;

    for _ in 0..20 {
        client.encrypt(EncryptRequest::new("alias/default", "text")).await?;
    }
    let requests = chaos.requests.load(Ordering::Relaxed);
    println!("20 calls succeeded with {requests} requests");
    Ok(())
}
