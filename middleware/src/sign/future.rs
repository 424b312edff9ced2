//! The future of layers that may refuse a request.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::error::{BoxError, Error};

pin_project! {
    /// The future of a layer that calls the service below, or fails without calling it.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct SignFuture<F> {
        #[pin]
        stage: Stage<F>,
    }
}

pin_project! {
    #[project = StageProjection]
    #[derive(Debug)]
    enum Stage<F> {
        Sent { #[pin] answer: F },
        Refused { error: Option<Error> },
    }
}

impl<F> SignFuture<F> {
    pub(super) fn sent(answer: F) -> Self {
        Self { stage: Stage::Sent { answer } }
    }

    pub(super) fn refused(error: Error) -> Self {
        Self { stage: Stage::Refused { error: Some(error) } }
    }
}

impl<F, T, E> Future for SignFuture<F>
where
    F: Future<Output = Result<T, E>>,
    E: Into<BoxError>,
{
    type Output = Result<T, BoxError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().stage.project() {
            StageProjection::Sent { answer } => answer.poll(cx).map_err(Into::into),
            StageProjection::Refused { error } => match error.take() {
                Some(error) => Poll::Ready(Err(error.into())),
                None => Poll::Pending,
            },
        }
    }
}
