//! One request: its dialect, its answer.
//!
//! Works on whole requests and blocks: verifying and computing take a fraction of a millisecond,
//! drawing an RSA key takes longer. The [server](super::server) reads requests and calls it on
//! threads that may block.

use alibabacloud_kms::Dialect;
use alibabacloud_kms::middleware::clock::http_date;
use http::HeaderValue;
use http::header::DATE;

use crate::engine::Fault;
use crate::exchange::{Request, Response, request_id};
use crate::state::State;
use crate::{protobuf, rpc};

/// Answers a request.
pub(crate) fn answer(state: &State, request: &Request) -> Response {
    let (action, mut response) = match dialect(request) {
        Dialect::Protobuf => protobuf::answer(state, request),
        Dialect::Rpc => rpc::answer(state, request),
    };
    // What clients with another clock go by.
    if let Ok(date) = HeaderValue::try_from(http_date(state.clock.now())) {
        response.headers_mut().insert(DATE, date);
    }
    tracing::debug!(
        kms.operation = action.map(|action| action.name),
        http.response.status_code = i64::from(response.status().as_u16()),
        "answered",
    );
    response
}

/// Refuses a request in the words of its dialect.
pub(crate) fn refuse(dialect: Dialect, fault: &Fault) -> Response {
    match dialect {
        Dialect::Protobuf => protobuf::refuse(fault, &request_id()),
        Dialect::Rpc => rpc::refuse(fault, &request_id(), ""),
    }
}

/// The dialect of a request: only the instance's names its operation in this header.
pub(crate) fn dialect<B>(request: &http::Request<B>) -> Dialect {
    match request.headers().contains_key("x-kms-apiname") {
        true => Dialect::Protobuf,
        false => Dialect::Rpc,
    }
}
