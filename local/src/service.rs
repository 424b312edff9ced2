//! Answers one request, in its dialect.
//!
//! Works on whole requests and blocks: verifying and computing take a fraction of a millisecond,
//! generating an RSA key takes longer. The [server](super::server) reads requests and calls this on
//! threads that may block.

use alibabacloud_kms::middleware::wire::time::http_date;
use alibabacloud_kms::{Dialect, api, native};
use http::HeaderValue;
use http::header::DATE;

use crate::answer::Format;
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
    // Clients correct a wrong clock by this header.
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

/// Refuses a request in the form of its dialect.
pub(crate) fn refuse(dialect: Dialect, fault: Fault) -> Response {
    match dialect {
        Dialect::Protobuf => protobuf::refuse(&fault.into(), &request_id()),
        Dialect::Rpc => rpc::refuse(&fault.into(), &request_id(), "", Format::Json),
    }
}

/// Returns the name of the action or operation that a request is for, if it exists.
pub(crate) fn action_name(state: &State, request: &Request) -> Option<String> {
    let dialect = dialect(request);
    let header = |name| request.headers().get(name)?.to_str().ok().map(str::to_owned);
    let name = match dialect {
        Dialect::Protobuf => header("x-kms-apiname"),
        Dialect::Rpc => header("x-acs-action").or_else(|| rpc::named_action(request)),
    }?;
    let is_own = state.own.find(dialect, &name).is_some();
    let is_known = is_own || api::find(&name).is_some() || native::find(&name).is_some();
    is_known.then_some(name)
}

/// Returns the dialect of a request: only the instance's own has the operation in this header.
pub(crate) fn dialect<B>(request: &http::Request<B>) -> Dialect {
    match request.headers().contains_key("x-kms-apiname") {
        true => Dialect::Protobuf,
        false => Dialect::Rpc,
    }
}
