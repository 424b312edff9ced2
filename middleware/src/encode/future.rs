//! How an answer is awaited, read to its end and decoded.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::response::Parts;
use http_body::Body;
use pin_project_lite::pin_project;

use super::answer::{RawResponse, of_call};
use crate::action::Gateway;
use crate::call::Call;
use crate::error::{BoxError, Error};
use crate::reply::Reply;
use crate::secret_bytes::{Collect, collect};
use crate::telemetry::names;

/// Reads an answer in a dialect.
pub(super) type Decode = fn(RawResponse, &Call, Gateway) -> Result<Reply, Error>;

pin_project! {
    /// The future of [`Encode`](super::Encode): the reply of a call, once its request was sent.
    #[must_use = "futures do nothing unless polled"]
    pub struct EncodeFuture<F, B> {
        call: Call,
        gateway: Gateway,
        max_answer: usize,
        decode: Decode,
        #[pin]
        stage: Stage<F, B>,
    }
}

pin_project! {
    #[project = StageProjection]
    enum Stage<F, B> {
        Refused { error: Option<Error> },
        Sent { #[pin] response: F },
        Read { #[pin] body: Collect<B>, head: Option<Parts> },
        Over,
    }
}

impl<F, B> EncodeFuture<F, B> {
    pub(super) fn new(
        call: Call,
        (gateway, max_answer): (Gateway, usize),
        sent: Result<F, Error>,
        decode: Decode,
    ) -> Self {
        let stage = match sent {
            Ok(response) => Stage::Sent { response },
            Err(error) => Stage::Refused { error: Some(error) },
        };
        Self { call, gateway, max_answer, decode, stage }
    }
}

impl<F, B, E> Future for EncodeFuture<F, B>
where
    F: Future<Output = Result<http::Response<B>, E>>,
    E: Into<BoxError>,
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Output = Result<Reply, BoxError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let failed = |error| Poll::Ready(Err(of_call(error, this.call, *this.gateway).into()));
        loop {
            match this.stage.as_mut().project() {
                StageProjection::Refused { error } => match error.take() {
                    Some(error) => return failed(error.into()),
                    None => return Poll::Pending,
                },
                StageProjection::Sent { response } => match ready!(response.poll(cx)) {
                    Ok(response) => {
                        names::record_protocol_version(response.version());
                        let (head, body) = response.into_parts();
                        let body = collect(body, *this.max_answer);
                        this.stage.set(Stage::Read { body, head: Some(head) });
                    }
                    Err(error) => return failed(error.into()),
                },
                StageProjection::Read { body, head } => {
                    let body = ready!(body.poll(cx)).map_err(Into::into);
                    let Some(head) = head.take() else { return Poll::Pending };
                    // The unread rest of the body is dropped here, which closes the connection.
                    this.stage.set(Stage::Over);
                    let answer = RawResponse::new(head, body, *this.max_answer);
                    let reply = answer.and_then(|it| (this.decode)(it, this.call, *this.gateway));
                    return match reply {
                        Ok(reply) => Poll::Ready(Ok(reply)),
                        Err(error) => failed(error.into()),
                    };
                }
                StageProjection::Over => return Poll::Pending,
            }
        }
    }
}
