//! The instance's own dialect, answered.

use alibabacloud_kms::middleware::wire::protobuf;
use alibabacloud_kms::transfer::KEY_VERSION;
use alibabacloud_kms::{ActionInfo, instance_api};
use http::{HeaderValue, Method};
use zeroize::Zeroizing;

use super::auth::client_key::{self, PROTOBUF, invalid};
use super::engine::Fault;
use super::exchange::{Answered, Request, Response, request_id, respond, set_request_id};
use super::handlers::{self, Answer};
use super::state::State;

/// Answers a request.
pub(super) fn answer(state: &State, request: &Request) -> Answered {
    let mut operation = None;
    let id = request_id();
    let response = match handle(state, request, &mut operation) {
        Ok(mut answer) => {
            set_request_id(&mut *answer.response, &id);
            let mut response = respond(200, PROTOBUF, protobuf::encode(&*answer.response));
            // A key version is a UUID.
            if let Some(version) = answer.key_version_id
                && let Ok(version) = HeaderValue::try_from(version)
            {
                response.headers_mut().insert(KEY_VERSION, version);
            }
            response
        }
        Err(fault) => refuse(&fault, &id),
    };
    (operation, response)
}

/// Refuses a request: the message `Error`.
pub(super) fn refuse(fault: &Fault, request_id: &str) -> Response {
    let body = protobuf::encode_error(fault.status, fault.code, &fault.message, request_id);
    respond(fault.status, PROTOBUF, Zeroizing::new(body))
}

fn handle(
    state: &State,
    request: &Request,
    named: &mut Option<&'static ActionInfo>,
) -> Result<Answer, Fault> {
    client_key::verify(request, &state.identity, &state.clock)?;
    let header = |name| request.headers().get(name)?.to_str().ok();
    let path_and_query = request.uri().path_and_query();
    let is_served =
        request.method() == Method::POST && path_and_query.is_some_and(|path| path == "/");
    let operation = header("x-kms-apiname")
        .and_then(instance_api::find)
        .filter(|_| is_served)
        .ok_or_else(|| {
            let message = "The specified operation is not found.";
            Fault::new(404, "InvalidAction.NotFound", message)
        })?;
    *named = Some(operation);
    if header("x-kms-apiversion") != Some(operation.version) {
        return Err(invalid("ApiVersion"));
    }
    let mut typed = (operation.new_request)();
    protobuf::decode(request.body(), &mut *typed).map_err(|_| invalid("Body"))?;
    let context = handlers::Context {
        key_version_id: header(KEY_VERSION).filter(|version| !version.is_empty()),
        ..state.context()
    };
    handlers::operation(operation, &*typed, &context)
}
