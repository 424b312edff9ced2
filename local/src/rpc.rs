//! The RPC dialect, answered: the shared gateway's.

use alibabacloud_kms::middleware::wire::json;
use alibabacloud_kms::middleware::wire::parameters::Parameter;
use alibabacloud_kms::{ActionInfo, api};
use http::Method;
use http::header::CONTENT_TYPE;
use zeroize::Zeroizing;

use super::auth::access_key;
use super::engine::Fault;
use super::exchange::{Answered, Request, Response, request_id, respond, set_request_id};
use super::handlers::{self, Answer};
use super::parameters;
use super::state::State;

const JSON: &str = "application/json;charset=utf-8";

/// Answers a request.
pub(super) fn answer(state: &State, request: &Request) -> Answered {
    let mut action = None;
    let id = request_id();
    let response = match handle(state, request, &mut action) {
        Ok(mut answer) => {
            set_request_id(&mut *answer.response, &id);
            let mut text = json::expose(&*answer.response);
            let body = Zeroizing::new(std::mem::take(&mut *text).into_bytes());
            respond(200, JSON, body)
        }
        Err(fault) => {
            let host = request.headers().get(http::header::HOST);
            let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
            refuse(&fault, &id, host)
        }
    };
    (action, response)
}

/// Refuses a request.
pub(super) fn refuse(fault: &Fault, request_id: &str, host: &str) -> Response {
    let code = fault.code;
    let body = serde_json::json!({
        "Code": code,
        "Message": fault.message,
        "RequestId": request_id,
        "HostId": host,
        "Recommend": format!("https://api.alibabacloud.com/troubleshoot?q={code}&product=Kms"),
    });
    respond(fault.status, JSON, body.to_string().into_bytes().into())
}

fn handle(
    state: &State,
    request: &Request,
    named: &mut Option<&'static ActionInfo>,
) -> Result<Answer, Fault> {
    let query = request.uri().query().unwrap_or_default();
    let query = parameters::parse(query.as_bytes())?;
    access_key::verify(request, &query, &state.identity, &state.nonces, &state.clock)?;
    let action = find(request)?;
    *named = Some(action);
    let form = form(request)?;
    let mut typed = (action.new_request)();
    let given = || query.iter().chain(&form);
    parameters::fill(&mut *typed, given())?;
    let context = given().find(|parameter| parameter.name == "EncryptionContext");
    let context = handlers::Context {
        encryption_context: context.map(|parameter| parameter.value.as_str()),
        ..state.context()
    };
    handlers::action(action, &*typed, &context)
}

fn find(request: &Request) -> Result<&'static ActionInfo, Fault> {
    let header = |name| request.headers().get(name)?.to_str().ok();
    let is_served = matches!(*request.method(), Method::GET | Method::POST);
    let action = header("x-acs-action")
        .and_then(api::find)
        .filter(|_| is_served && request.uri().path() == "/")
        .ok_or_else(|| {
            let message = "Specified api is not found, please check your url and method.";
            Fault::new(404, "InvalidAction.NotFound", message)
        })?;
    if header("x-acs-version") != Some(action.version) {
        let message = "Specified parameter Version is not valid.";
        return Err(Fault::new(400, "InvalidVersion", message));
    }
    Ok(action)
}

/// The form's parameters; a body of another type has none.
fn form(request: &Request) -> Result<Vec<Parameter>, Fault> {
    let content_type = request.headers().get(CONTENT_TYPE);
    let is_form = content_type
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|value| {
            value.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
        });
    match is_form {
        true => parameters::parse(request.body()),
        false => Ok(Vec::new()),
    }
}
