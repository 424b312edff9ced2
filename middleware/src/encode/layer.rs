//! The codec as a layer, the same for every dialect.

use std::sync::Arc;
use std::task::{Context, Poll};

use http::HeaderValue;
use tower::{Layer, Service};

use super::answer::RawResponse;
use super::future::EncodeFuture;
use super::target::Target;
use crate::action::Gateway;
use crate::call::Call;
use crate::error::{BoxError, Error};
use crate::reply::Reply;
use crate::{Body, HttpService};

/// How a call becomes a request, and an answer its reply.
pub trait Dialect {
    /// Encodes a call as a request to the target.
    fn request(&self, target: &Target, call: &Call) -> Result<http::Request<Body>, Error>;

    /// Decodes the answer to a call.
    fn decode(answer: RawResponse, call: &Call, gateway: Gateway) -> Result<Reply, Error>;
}

/// Creates [`Encode`] services of a dialect.
#[derive(Debug, Clone)]
pub struct EncodeLayer<D> {
    target: Target,
    dialect: D,
}

impl<D> EncodeLayer<D> {
    pub(super) fn in_dialect(dialect: D, target: Target) -> Self {
        Self { target, dialect }
    }

    /// Sets the `user-agent` of requests (default: this crate's name and version).
    #[must_use]
    pub fn user_agent(mut self, user_agent: HeaderValue) -> Self {
        self.target.user_agent = user_agent;
        self
    }

    /// Sets the maximum length of an answer's body in bytes (default 4 MiB).
    #[must_use]
    pub fn max_answer(mut self, bytes: usize) -> Self {
        self.target.max_answer = bytes;
        self
    }
}

impl<S, D: Clone> Layer<S> for EncodeLayer<D> {
    type Service = Encode<S, D>;

    fn layer(&self, inner: S) -> Encode<S, D> {
        Encode { inner, target: Arc::new(self.target.clone()), dialect: self.dialect.clone() }
    }
}

/// Encodes calls in a dialect, and decodes the answers.
#[derive(Debug, Clone)]
pub struct Encode<S, D> {
    inner: S,
    /// Shared with the clones that calls make.
    target: Arc<Target>,
    dialect: D,
}

impl<S: HttpService, D: Dialect> Service<Call> for Encode<S, D> {
    type Response = Reply;
    type Error = BoxError;
    type Future = EncodeFuture<S::Future, S::ResponseBody>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, call: Call) -> Self::Future {
        let Target { gateway, max_answer, .. } = *self.target;
        let request = self.dialect.request(&self.target, &call);
        let sent = request.map(|request| self.inner.call(request));
        EncodeFuture::new(call, (gateway, max_answer), sent, D::decode)
    }
}
