//! The instance's own dialect: decodes requests and encodes answers.

use alibabacloud_kms::middleware::wire::protobuf;
use alibabacloud_kms::transfer::KEY_VERSION;
use alibabacloud_kms::{ActionInfo, Dialect, native};
use http::{HeaderValue, Method};
use zeroize::Zeroizing;

use super::auth::Refusal;
use super::auth::client_key;
use super::engine::Fault;
use super::exchange::{Answered, PROTOBUF, Request, Response, request_id, respond, set_request_id};
use super::handlers::{self, HandlerReply, OwnHandler};
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
        Err(refusal) => refuse(&refusal, &id),
    };
    (operation, response)
}

/// Refuses a request with the message `Error`.
pub(super) fn refuse(refusal: &Refusal, request_id: &str) -> Response {
    let (fault, message) = (refusal.fault(), refusal.message());
    let body = protobuf::encode_error(fault.status, refusal.code(), &message, request_id);
    respond(fault.status, PROTOBUF, Zeroizing::new(body))
}

fn handle(
    state: &State,
    request: &Request,
    named: &mut Option<&'static ActionInfo>,
) -> Result<HandlerReply, Refusal> {
    client_key::verify(state, request)?;
    let header = |name| request.headers().get(name)?.to_str().ok();
    let path_and_query = request.uri().path_and_query();
    let is_served =
        request.method() == Method::POST && path_and_query.is_some_and(|path| path == "/");
    let name = header("x-kms-apiname").unwrap_or_default();
    let own = state.own.find(Dialect::Protobuf, name);
    let operation = own
        .map(OwnHandler::action)
        .or_else(|| native::find(name))
        .filter(|_| is_served)
        .ok_or_else(|| invalid_api("InvalidApiName", "ApiName", name))?;
    *named = Some(operation);
    let version = header("x-kms-apiversion").unwrap_or_default();
    if version != operation.version {
        return Err(invalid_api("InvalidApiVersion", "ApiVersion", version).into());
    }
    let mut typed = (operation.new_request)();
    protobuf::decode(request.body(), &mut *typed).map_err(|_| client_key::invalid("Body"))?;
    if let Some(own) = own {
        return own.answer(&*typed);
    }
    let context = handlers::Context {
        key_version_id: header(KEY_VERSION).filter(|version| !version.is_empty()),
        ..state.context()
    };
    Ok(handlers::operation(operation, &*typed, &context)?)
}

/// Returns the fault of an unknown operation or version. It repeats what may be a name, and nothing
/// else.
fn invalid_api(code: &'static str, what: &str, given: &str) -> Fault {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    let given = if given.len() <= 64 && given.chars().all(is_name) { given } else { "" };
    Fault::new(400, code, format!("The {what} \"{given}\" is invalid."))
}
