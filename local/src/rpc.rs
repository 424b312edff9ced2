//! The RPC dialect of the shared gateway: decodes requests and encodes answers.

use std::collections::HashSet;

use alibabacloud_kms::middleware::wire::parameters::Parameter;
use alibabacloud_kms::{ActionInfo, Dialect, api};
use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};

use super::answer::{self, Format};
use super::auth::{self, Refusal};
use super::engine::Fault;
use super::exchange::{Answered, Request, Response, request_id, respond, set_request_id};
use super::handlers::{self, HandlerReply, OwnHandler};
use super::parameters;
use super::state::State;

/// Answers a request.
pub(super) fn answer(state: &State, request: &Request) -> Answered {
    let mut call = Call::default();
    let id = request_id();
    let answered = handle(state, request, &mut call);
    let Call { action, format } = call;
    let response = match (answered, action) {
        (Ok(mut reply), Some(action)) => {
            set_request_id(&mut *reply.response, &id);
            let body = answer::write(format, action.name, &*reply.response);
            respond(200, format.content_type(), body)
        }
        (Ok(_), None) => refuse(&Fault::internal().into(), &id, "", format),
        (Err(refusal), _) => {
            let host = request.headers().get(HOST);
            let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
            refuse(&refusal, &id, host, format)
        }
    };
    (action, response)
}

/// Refuses a request.
pub(super) fn refuse(refusal: &Refusal, request_id: &str, host: &str, format: Format) -> Response {
    let fault = refusal.fault();
    let recommend =
        format!("https://api.alibabacloud.com/troubleshoot?q={}&product=Kms", refusal.code());
    let fields = [
        ("Code", refusal.code()),
        ("Message", &*refusal.message()),
        ("RequestId", request_id),
        ("HostId", host),
        ("Recommend", &recommend),
    ];
    respond(fault.status, format.content_type(), answer::write_error(format, &fields))
}

/// What is known about a request so far.
#[derive(Default)]
struct Call {
    action: Option<&'static ActionInfo>,
    format: Format,
}

fn handle(state: &State, request: &Request, call: &mut Call) -> Result<HandlerReply, Refusal> {
    let query = request.uri().query().unwrap_or_default();
    let query = parameters::parse(query.as_bytes())?;
    let form = form(request)?;
    let value = |name: &str| {
        let mut given = query.iter().chain(&form);
        let found = given.find(|parameter| parameter.name == name)?;
        Some(found.value.as_str()).filter(|value| !value.is_empty())
    };
    call.format = Format::parse(value("Format").unwrap_or_default())?;
    auth::rpc(state, request, &query, &form)?;
    let names = query.iter().chain(&form).map(|parameter| &*parameter.name);
    if let Some(name) = repeated(names) {
        return Err(Fault::invalid(name).into());
    }
    let action = find(state, request, value)?;
    call.action = Some(action);
    let mut typed = (action.new_request)();
    let given = || query.iter().chain(&form);
    parameters::fill(&mut *typed, given())?;
    if let Some(own) = state.own.find(Dialect::Rpc, action.name) {
        return own.answer(&*typed);
    }
    let context = value("EncryptionContext").or_else(|| value("SourceEncryptionContext"));
    let context = handlers::Context {
        encryption_context: context,
        given: Some(given().map(|parameter| parameter.name.as_ref()).collect()),
        ..state.context()
    };
    Ok(handlers::action(action, &*typed, &context)?)
}

/// Returns the first name that occurs again.
fn repeated<'a>(mut names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = HashSet::new();
    names.find(|name| !seen.insert(*name))
}

/// The action that the parameters of a request name.
pub(super) fn named_action(request: &Request) -> Option<String> {
    let query = parameters::parse(request.uri().query().unwrap_or_default().as_bytes()).ok()?;
    let form = form(request).ok()?;
    let mut given = query.iter().chain(&form);
    given.find(|parameter| parameter.name == "Action").map(|action| action.value.to_string())
}

/// Returns the action of a request, from its headers or from its parameters, whichever are signed.
fn find<'a>(
    state: &State,
    request: &'a Request,
    value: impl Fn(&str) -> Option<&'a str>,
) -> Result<&'static ActionInfo, Fault> {
    let headers = request.headers();
    let header = |name| headers.get(name)?.to_str().ok();
    let named = |in_header, parameter| {
        if headers.contains_key(AUTHORIZATION) {
            header(in_header)
        } else {
            value(parameter).or_else(|| header(in_header))
        }
    };
    if !matches!(*request.method(), Method::GET | Method::POST) {
        let message = "This http method is not supported.";
        return Err(Fault::new(403, "UnsupportedHTTPMethod", message));
    }
    let action = named("x-acs-action", "Action")
        .and_then(|name| {
            let own = state.own.find(Dialect::Rpc, name).map(OwnHandler::action);
            own.or_else(|| handlers::find(name)).or_else(|| api::find(name))
        })
        .filter(|_| request.uri().path() == "/")
        .ok_or_else(|| {
            let message = "Specified api is not found, please check your url and method.";
            Fault::new(404, "InvalidAction.NotFound", message)
        })?;
    if named("x-acs-version", "Version") != Some(action.version) {
        let message = "Specified parameter Version is not valid.";
        return Err(Fault::new(400, "InvalidVersion", message));
    }
    Ok(action)
}

/// Returns the parameters of the form; a body of another type has none.
fn form(request: &Request) -> Result<Vec<Parameter>, Fault> {
    let content_type = request.headers().get(CONTENT_TYPE);
    let is_form = content_type
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|value| {
            value.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
        });
    if is_form { parameters::parse(request.body()) } else { Ok(Vec::new()) }
}
