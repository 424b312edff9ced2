//! The RPC dialect: parameters in the query and a form, and a JSON answer.

use http::{HeaderName, HeaderValue};
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::answer::{RawResponse, filled, request_id};
use super::error_answer;
use super::layer::{Dialect, Encode, EncodeLayer};
use super::target::{Target, Written};
use crate::action::Gateway;
use crate::call::Call;
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind, ServiceError};
use crate::payload::{FieldInfo, FieldKind, Payload};
use crate::reply::Reply;
use crate::wire::json;
use crate::wire::parameters::{self, Parameter, Parameters};
use crate::{Body, secret_bytes};

const NAME: HeaderName = HeaderName::from_static("x-acs-action");
const VERSION: HeaderName = HeaderName::from_static("x-acs-version");

/// Encodes calls in the RPC dialect for one gateway: parameters in the query and a form, and a JSON
/// answer.
///
/// This is the dialect of the shared gateway, of its VPC hosts, and of an instance's host for
/// requests that are signed with an access key. Creates [`EncodeRpc`] services.
pub type EncodeRpcLayer = EncodeLayer<Rpc>;

/// Encodes calls as RPC requests, and decodes the answers.
pub type EncodeRpc<S> = Encode<S, Rpc>;

/// The RPC dialect.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Rpc;

impl EncodeLayer<Rpc> {
    /// Creates a layer that sends requests to this endpoint and marks replies and errors with this
    /// gateway.
    pub fn new(gateway: Gateway, endpoint: Endpoint) -> Self {
        Self::in_dialect(Rpc, Target::new(gateway, endpoint))
    }
}

impl Dialect for Rpc {
    fn request(&self, target: &Target, call: &Call) -> Result<http::Request<Body>, Error> {
        request(target, call)
    }

    fn decode(answer: RawResponse, call: &Call, gateway: Gateway) -> Result<Reply, Error> {
        decode(answer, call, gateway)
    }
}

fn request(target: &Target, call: &Call) -> Result<http::Request<Body>, Error> {
    target.check(call)?;
    let parameters::Written { path, form } =
        parameters::write(call.payload(), &parameters_of(call)?);
    let form_type = HeaderValue::from_static("application/x-www-form-urlencoded");
    target.request(
        call,
        Written {
            path: secret_bytes::wiped_on_drop(path),
            accept: HeaderValue::from_static("application/json"),
            content_type: (!form.is_empty()).then_some(form_type),
            names: [NAME, VERSION],
            body: secret_bytes::wiped_on_drop(form),
        },
    )
}

/// Returns the call's own parameters, which come last. None of them may change the meaning of the
/// request.
fn parameters_of(call: &Call) -> Result<Vec<Parameter>, Error> {
    let mut own: Vec<Parameter> = Vec::new();
    if call.options().parameters.is_empty() {
        return Ok(own);
    }
    let Parameters { query, form } = Parameters::new(call.payload());
    for (name, value) in &call.options().parameters {
        let mut sent = query.iter().chain(&form).chain(&own);
        let wrong = match name.as_str() {
            "" => Some("has an empty name: give its wire name"),
            name => sent
                .any(|parameter| parameter.name == name)
                .then_some("is already a parameter of the request: set it there, or leave it out"),
        };
        if let Some(wrong) = wrong {
            return Err(Error::new(
                ErrorKind::Encode,
                format!("the additional parameter {name:?} {wrong}"),
            ));
        }
        let value = Zeroizing::new(value.expose_secret().to_owned());
        own.push(Parameter::new(name, value));
    }
    Ok(own)
}

fn decode(answer: RawResponse, call: &Call, gateway: Gateway) -> Result<Reply, Error> {
    let status = answer.status;
    if status.is_redirection() {
        return Err(answer.redirect(call));
    }
    if !status.is_success() {
        let service = error_answer::read(&answer.body, call.payload());
        return Err(answer.into_error(call, service));
    }
    let (response, decoded) = filled(call, |fields| json::decode_answer(&answer.body, fields));
    let may_be_refusal = decoded.as_ref().map_or(true, |answer| answer.may_be_refusal);
    if may_be_refusal && let Some(service) = refusal_in_success(&answer.body, call) {
        return Err(answer.into_error(call, service));
    }
    match decoded {
        Ok(json::Answer { known, .. }) if known == 0 || has_only_an_empty_id(&*response) => {
            Err(answer.not_an_answer("the answer has none of the action's fields"))
        }
        Ok(json::Answer { lacks: Some(field), .. }) if !answer.may_be_partial => {
            Err(answer.lacks(&field))
        }
        Ok(json::Answer { known, .. })
            if !answer.may_be_partial && has_only_an_id_of_more(&*response, known) =>
        {
            Err(answer.not_an_answer("the answer has a request id but none of the action's fields"))
        }
        Ok(_) => Ok(answer.into_reply(response, gateway)),
        Err(error) => {
            let why = match answer.body.trim_ascii_start() {
                [] => return Err(answer.not_an_answer("the answer is empty")),
                [b'<', ..] => "the answer is XML, not the action's JSON",
                _ => "the answer is not the action's JSON",
            };
            Err(answer.not_an_answer(why).with_source(error))
        }
    }
}

/// Returns `true` if the request id is the only field of the response, and is empty.
fn has_only_an_empty_id(response: &dyn Payload) -> bool {
    response.info().fields.len() == 1 && request_id(response).is_none()
}

/// Returns `true` for the answer of an action with lists or counters, if the request id is all of
/// it: an empty list is sent, and so is a counter of 0.
fn has_only_an_id_of_more(response: &dyn Payload, known: usize) -> bool {
    let is_sent = |info: &FieldInfo| {
        matches!(info.kind, FieldKind::Integer | FieldKind::StringList | FieldKind::ObjectList(_))
    };
    known == 1 && request_id(response).is_some() && response.info().fields.iter().any(is_sent)
}

/// Returns the refusal in an answer with the status of success: a `Code` other than success.
///
/// Reads the body again. An action may have a field of this name itself.
fn refusal_in_success(body: &[u8], call: &Call) -> Option<ServiceError> {
    let fields = call.action().response.fields;
    let has_own = fields.iter().any(|info| info.name.eq_ignore_ascii_case("Code"));
    if has_own { None } else { error_answer::read_in_success(body, call.payload()) }
}

#[cfg(test)]
mod tests;
