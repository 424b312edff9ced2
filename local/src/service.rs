//! One request: its dialect, its answer.
//!
//! Works on whole requests and blocks: verifying and computing take a fraction of a millisecond,
//! drawing an RSA key takes longer. The [server](super::server) reads requests and calls it on
//! threads that may block.

use std::fmt;

use alibabacloud_kms::middleware::clock::http_date;
use alibabacloud_kms::middleware::payload::{Payload, Scalar, Slot};
use alibabacloud_kms::middleware::wire::secret_bytes::wiped_on_drop;
use alibabacloud_kms::{ActionInfo, Clock, ContextAad, Dialect};
use aws_lc_rs::rand;
use bytes::Bytes;
use http::{HeaderValue, StatusCode};
use http_body_util::Full;
use zeroize::Zeroizing;

use super::auth::Nonces;
use super::engine::{Engine, Fault, uuid};
use super::handlers::Context;
use super::identity::Identity;
use super::{protobuf, rpc};

/// A request, read to its end.
pub(super) type Request = http::Request<Zeroizing<Vec<u8>>>;

/// An answer.
pub(super) type Response = http::Response<Full<Bytes>>;

/// Everything that answers requests.
pub(super) struct Service {
    pub(super) engine: Engine,
    pub(super) identity: Identity,
    pub(super) nonces: Nonces,
    pub(super) clock: Clock,
    context_aad: ContextAad,
}

impl Service {
    pub(super) fn new(
        engine: Engine,
        identity: Identity,
        context_aad: ContextAad,
        clock: Clock,
    ) -> Self {
        Self { engine, identity, nonces: Nonces::default(), clock, context_aad }
    }

    /// Answers a request.
    pub(super) fn answer(&self, request: &Request) -> Response {
        let (action, mut response) = match dialect(request) {
            Dialect::Protobuf => protobuf::answer(self, request),
            Dialect::Rpc => rpc::answer(self, request),
        };
        // What clients with another clock go by.
        if let Ok(date) = HeaderValue::try_from(http_date(self.clock.now())) {
            response.headers_mut().insert(http::header::DATE, date);
        }
        tracing::debug!(
            kms.operation = action.map(|action| action.name),
            http.response.status_code = i64::from(response.status().as_u16()),
            "answered",
        );
        response
    }

    /// What handlers know beside a request.
    pub(super) fn context(&self) -> Context<'_> {
        Context {
            engine: &self.engine,
            context_aad: self.context_aad,
            encryption_context: None,
            key_version_id: None,
        }
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").finish_non_exhaustive()
    }
}

/// The action of an answer, if it is one of ours, and the answer.
pub(super) type Answered = (Option<&'static ActionInfo>, Response);

/// Refuses a request in the words of its dialect.
pub(super) fn refuse(dialect: Dialect, fault: &Fault) -> Response {
    match dialect {
        Dialect::Protobuf => protobuf::refuse(fault, &request_id()),
        Dialect::Rpc => rpc::refuse(fault, &request_id(), ""),
    }
}

/// The dialect of a request: only the instance's names its operation in this header.
pub(super) fn dialect<B>(request: &http::Request<B>) -> Dialect {
    match request.headers().contains_key("x-kms-apiname") {
        true => Dialect::Protobuf,
        false => Dialect::Rpc,
    }
}

/// A new request's id. Without random numbers it says so, being all zeros.
pub(super) fn request_id() -> String {
    let mut bytes = [0; 16];
    let _ = rand::fill(&mut bytes);
    uuid(bytes)
}

/// Puts the id into an answer; all have the field.
pub(super) fn set_request_id(response: &mut dyn Payload, id: &str) {
    if let Some((_, field)) = response.named_mut("RequestId")
        && let Slot::Scalar(field) = field.slot()
    {
        field.set(Scalar::Text(id));
    }
}

/// An answer of this body.
pub(super) fn respond(
    status: u16,
    content_type: &'static str,
    body: Zeroizing<Vec<u8>>,
) -> Response {
    let mut response = Response::new(Full::new(wiped_on_drop(body)));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(http::header::CONTENT_TYPE, content_type);
    response
}
