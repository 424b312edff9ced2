//! The effect of a rule on a request.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::StatusCode;
use http_body::Frame;
use http_body_util::BodyExt as _;

use super::wire::WireAnswer;
use crate::middleware::payload::Payload;
use crate::{Body, BoxBody, BoxError, Call, Error, ErrorKind, Outcome};

/// Creates the response to a call.
pub(super) type Respond = Arc<dyn Fn(&Call) -> Box<dyn Payload> + Send + Sync>;

/// The effect of a rule on a request.
#[derive(Clone)]
pub(super) enum Effect {
    /// Answers its call with a response of the action.
    Answer(Respond),
    /// Affects this one request.
    WireAnswer(WireEffect),
}

/// An effect below signing.
#[derive(Clone)]
pub(super) enum WireEffect {
    /// The service refuses the request.
    Refusal { status: u16, code: String, message: String },
    /// A status is returned, without a body.
    Status(u16),
    /// Any HTTP response is returned.
    Http(http::Response<Bytes>),
    /// The connection is refused: the request is not sent.
    Unconnected,
    /// The connection breaks after the request is sent.
    Lost,
    /// The connection breaks in the middle of the response's body.
    Broken(http::Response<Bytes>),
    /// Nothing is returned, ever.
    Silence,
}

impl WireEffect {
    pub(super) async fn happen(self, wire: &WireAnswer) -> Result<http::Response<BoxBody>, Error> {
        match self {
            Self::Refusal { status, code, message } => {
                Ok(whole(wire.refusal(valid(status)?, &code, &message)))
            }
            Self::Status(status) => {
                let mut response = http::Response::new(Body::default());
                *response.status_mut() = valid(status)?;
                Ok(whole(response))
            }
            Self::Http(response) => Ok(whole(response.map(Body::new))),
            Self::Broken(response) => Ok(response.map(BrokenBody::boxed)),
            Self::Unconnected => {
                Err(Error::new(ErrorKind::Connect, "the mock refuses the connection"))
            }
            Self::Lost => Err(Error::new(
                ErrorKind::Transport,
                "the mock breaks the connection before the answer",
            )
            .with_outcome(Outcome::Unknown)),
            Self::Silence => std::future::pending().await,
        }
    }
}

/// Returns a response whose body is complete.
pub(super) fn whole(response: http::Response<Body>) -> http::Response<BoxBody> {
    response.map(|body| body.map_err(|never| match never {}).boxed_unsync())
}

/// The first half of a body, followed by the end of the connection.
struct BrokenBody {
    half: Bytes,
}

impl BrokenBody {
    fn boxed(whole: Bytes) -> BoxBody {
        let half = whole.slice(..whole.len() / 2);
        Self { half }.boxed_unsync()
    }
}

impl http_body::Body for BrokenBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let half = std::mem::take(&mut self.half);
        let frame = if half.is_empty() {
            let broken = "the mock breaks the connection in the middle of the body";
            Err(io::Error::new(io::ErrorKind::UnexpectedEof, broken).into())
        } else {
            Ok(Frame::data(half))
        };
        Poll::Ready(Some(frame))
    }
}

fn valid(status: u16) -> Result<StatusCode, Error> {
    StatusCode::from_u16(status).map_err(|_| {
        let message = format!(
            "the mock's rule answers with the invalid status {status}: it must be 100 to 999"
        );
        Error::new(ErrorKind::Layer, message)
    })
}
