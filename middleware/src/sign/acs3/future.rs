//! The answer to a signed request.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::prepared::Prepared;
use crate::error::{BoxError, Error};
use crate::service::BoxFuture;
use crate::signals::SignedBy;

pin_project! {
    /// The future of [`SignAcs3`](super::SignAcs3).
    #[must_use = "futures do nothing unless polled"]
    pub struct SignAcs3Future<F, B> {
        #[pin]
        stage: Stage<F, B>,
    }
}

pin_project! {
    #[project = StageProjection]
    enum Stage<F, B> {
        // The credential was available, so the rest of the stack was called at once.
        Sent { #[pin] answer: F, signed_by: Arc<Prepared> },
        Loading { answer: BoxFuture<http::Response<B>> },
        Refused { error: Option<Error> },
    }
}

impl<F, B> SignAcs3Future<F, B> {
    pub(super) fn sent(answer: F, signed_by: Arc<Prepared>) -> Self {
        Self { stage: Stage::Sent { answer, signed_by } }
    }

    pub(super) fn loading(answer: BoxFuture<http::Response<B>>) -> Self {
        Self { stage: Stage::Loading { answer } }
    }

    pub(super) fn refused(error: Error) -> Self {
        Self { stage: Stage::Refused { error: Some(error) } }
    }
}

impl<F, B, E> Future for SignAcs3Future<F, B>
where
    F: Future<Output = Result<http::Response<B>, E>>,
    E: Into<BoxError>,
{
    type Output = Result<http::Response<B>, BoxError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().stage.project() {
            StageProjection::Sent { answer, signed_by } => {
                let mut response = ready!(answer.poll(cx)).map_err(Into::into)?;
                let token = signed_by.token();
                if (!response.status().is_success() || token.is_some())
                    && let Some(identity) = signed_by.identity()
                {
                    let signed_by = SignedBy::new(identity).with_token(token.cloned());
                    response.extensions_mut().insert(signed_by);
                }
                Poll::Ready(Ok(response))
            }
            StageProjection::Loading { answer } => answer.as_mut().poll(cx),
            StageProjection::Refused { error } => match error.take() {
                Some(error) => Poll::Ready(Err(error.into())),
                None => Poll::Pending,
            },
        }
    }
}
