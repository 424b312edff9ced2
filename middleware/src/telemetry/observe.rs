//! Seeing how a call ends, whichever way: with a reply, with an error, or dropped before either.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::error::BoxError;
use crate::reply::Reply;

/// How a call ended.
#[derive(Debug, Clone, Copy)]
pub enum End<'a> {
    /// With a reply.
    Reply(&'a Reply),
    /// With an error.
    Error(&'a BoxError),
    /// Nobody waited for its end: the caller gave up, or a panic passed through.
    Dropped,
}

/// Told once how a call ended.
pub trait Observe {
    /// The call ended.
    fn ended(&self, end: End<'_>);
}

pin_project! {
    /// A call's future, with one who is told of its end.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Observed<F, O: Observe> {
        // Dropped first, so that what is still running has ended when the observer is told.
        #[pin]
        inner: F,
        observer: Told<O>,
    }
}

impl<F, O: Observe> Observed<F, O> {
    pub(crate) fn new(observer: O, begin: impl FnOnce() -> F) -> Self {
        // Before the call begins: a panic there is an end too.
        let observer = Told(Some(observer));
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

/// Tells its observer of being dropped, unless it was told of another end.
#[derive(Debug)]
struct Told<O: Observe>(Option<O>);

impl<O: Observe> Drop for Told<O> {
    fn drop(&mut self) {
        if let Some(observer) = self.0.take() {
            observer.ended(End::Dropped);
        }
    }
}
