//! One of our own services unboxed, or a user's in a box, so that only slots that are used cost a
//! box.
//!
//! At the call level, `tower`'s `Either` does this. At the HTTP level the two have different types
//! of body, which that one does not allow.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http_body_util::Either;
use pin_project_lite::pin_project;
use tower::Service;

use crate::{Body, BoxBody, BoxError, BoxFuture, BoxHttp, HttpService};

/// A service of ours, or a user's in a box.
#[derive(Debug, Clone)]
pub(super) enum HttpSlot<S> {
    Own(S),
    Users(BoxHttp),
}

impl<S: HttpService> Service<http::Request<Body>> for HttpSlot<S> {
    type Response = http::Response<Either<S::ResponseBody, BoxBody>>;
    type Error = BoxError;
    type Future = Sent<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        match self {
            Self::Own(service) => service.poll_ready(cx).map_err(Into::into),
            Self::Users(service) => service.poll_ready(cx),
        }
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        match self {
            Self::Own(service) => Sent::Own { answer: service.call(request) },
            Self::Users(service) => Sent::Users { answer: service.call(request) },
        }
    }
}

pin_project! {
    /// The future of an [`HttpSlot`].
    #[project = SentProjection]
    pub(super) enum Sent<F> {
        Own { #[pin] answer: F },
        Users { answer: BoxFuture<http::Response<BoxBody>> },
    }
}

impl<F, B, E> Future for Sent<F>
where
    F: Future<Output = Result<http::Response<B>, E>>,
    E: Into<BoxError>,
{
    type Output = Result<http::Response<Either<B, BoxBody>>, BoxError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(match self.project() {
            SentProjection::Own { answer } => match ready!(answer.poll(cx)) {
                Ok(response) => Ok(response.map(Either::Left)),
                Err(error) => Err(error.into()),
            },
            SentProjection::Users { answer } => {
                ready!(answer.as_mut().poll(cx)).map(|response| response.map(Either::Right))
            }
        })
    }
}
