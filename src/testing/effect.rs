//! What a rule does to a request.

use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;

use super::wire::Wire;
use crate::{Body, Call, Error, ErrorKind, Outcome, Payload};

/// Makes a call's response.
pub(super) type Respond = Arc<dyn Fn(&Call) -> Box<dyn Payload> + Send + Sync>;

/// What becomes of a request.
#[derive(Clone)]
pub(super) enum Effect {
    /// Its call is answered, with the action's own response.
    Answer(Respond),
    /// Something happens to this one request.
    Wire(WireEffect),
}

/// What happens to a request below signing.
#[derive(Clone)]
pub(super) enum WireEffect {
    /// The service refuses it.
    Refusal { status: u16, code: String, message: String },
    /// A status comes back, and no body.
    Status(u16),
    /// Any answer comes back.
    Http(http::Response<Bytes>),
    /// There is no connection: it is not sent.
    Unconnected,
    /// The connection breaks once it is sent.
    Lost,
    /// Nothing comes, ever.
    Silence,
}

impl WireEffect {
    pub(super) async fn happen(self, wire: &Wire) -> Result<http::Response<Body>, Error> {
        match self {
            Self::Refusal { status, code, message } => {
                Ok(wire.refusal(valid(status)?, &code, &message))
            }
            Self::Status(status) => {
                let mut response = http::Response::default();
                *response.status_mut() = valid(status)?;
                Ok(response)
            }
            Self::Http(response) => Ok(response.map(Body::new)),
            Self::Unconnected => {
                Err(Error::new(ErrorKind::Connect, "the mock refuses the connection"))
            }
            Self::Lost => Err(Error::new(
                ErrorKind::Transport,
                "the mock breaks the connection before an answer comes",
            )
            .with_outcome(Outcome::Unknown)),
            Self::Silence => std::future::pending().await,
        }
    }
}

fn valid(status: u16) -> Result<StatusCode, Error> {
    StatusCode::from_u16(status).map_err(|_| {
        let message = format!(
            "the mock's rule answers with the status {status}, which is none: expected 100 to 999"
        );
        Error::new(ErrorKind::Layer, message)
    })
}
