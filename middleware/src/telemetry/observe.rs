//! Observes the end of a call: a reply, an error, or being dropped before either.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::action::Gateway;
use crate::endpoint::Endpoint;
use crate::error::BoxError;
use crate::reply::Reply;

/// What is observed: a whole call, or an attempt on one gateway.
#[derive(Debug, Clone)]
pub(crate) enum Scope {
    Call,
    Attempt(Arc<Attempted>),
}

/// The gateway of attempts.
#[derive(Debug)]
pub(crate) struct Attempted {
    pub(crate) gateway: Gateway,
    pub(crate) endpoint: Endpoint,
}

/// How a call ended.
#[derive(Debug, Clone, Copy)]
pub enum End<'a> {
    /// With a reply.
    Reply(&'a Reply),
    /// With an error.
    Error(&'a BoxError),
    /// The call was dropped: the caller gave up, or a panic passed through.
    Dropped,
}

/// An observer of a call, which is called once when the call ends.
pub trait Observe {
    /// The call ended.
    fn ended(&self, end: End<'_>);
}

pin_project! {
    /// The future of a call, with its observer.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Observed<F, O: Observe> {
        // Dropped first, so that what is still running has ended when the observer is called.
        #[pin]
        inner: F,
        observer: EndGuard<O>,
    }
}

impl<F, O: Observe> Observed<F, O> {
    pub(crate) fn new(observer: O, begin: impl FnOnce() -> F) -> Self {
        // Set before the call begins, so that a panic there counts as an end too.
        let observer = EndGuard(Some(observer));
        Self { inner: begin(), observer }
    }
}

impl<F, E, O> Future for Observed<F, O>
where
    F: Future<Output = Result<Reply, E>>,
    E: Into<BoxError>,
    O: Observe,
{
    type Output = Result<Reply, BoxError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let result = ready!(this.inner.poll(cx)).map_err(Into::into);
        if let Some(observer) = this.observer.0.take() {
            observer.ended(result.as_ref().map_or_else(End::Error, End::Reply));
        }
        Poll::Ready(result)
    }
}

/// Calls its observer when dropped, unless another end was observed.
#[derive(Debug)]
struct EndGuard<O: Observe>(Option<O>);

impl<O: Observe> Drop for EndGuard<O> {
    fn drop(&mut self) {
        if let Some(observer) = self.0.take() {
            observer.ended(End::Dropped);
        }
    }
}
