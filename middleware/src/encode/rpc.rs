//! The RPC dialect: parameters in the query and a form, a JSON answer.
//!
//! Spoken by the shared gateway, its VPC hosts, and the instance's host for those who sign with an
//! access key.

use std::task::{Context, Poll};

use http::{HeaderName, HeaderValue};
use secrecy::ExposeSecret;
use tower::{Layer, Service};
use zeroize::Zeroizing;

use super::answer::Answer;
use super::rpc_error;
use super::target::{Target, Written};
use crate::action::Gateway;
use crate::call::Call;
use crate::endpoint::Endpoint;
use crate::error::{BoxError, Error, ErrorKind};
use crate::reply::Reply;
use crate::secret_bytes;
use crate::wire::json;
use crate::wire::parameters::{self, Parameter, Parameters};
use crate::{Body, BoxFuture, HttpService};

const NAME: HeaderName = HeaderName::from_static("x-acs-action");
const VERSION: HeaderName = HeaderName::from_static("x-acs-version");

/// Makes [`EncodeRpc`]s for one gateway.
#[derive(Debug, Clone)]
pub struct EncodeRpcLayer {
    target: Target,
}

impl EncodeRpcLayer {
    /// Writes requests to this endpoint and marks replies and errors with this gateway.
    pub fn new(gateway: Gateway, endpoint: Endpoint) -> Self {
        Self { target: Target::new(gateway, endpoint) }
    }

    /// Sends this `user-agent`.
    #[must_use]
    pub fn user_agent(mut self, user_agent: HeaderValue) -> Self {
        self.target.user_agent = user_agent;
        self
    }

    /// Refuses answers of more octets than this; 4 MiB unless told.
    #[must_use]
    pub fn max_answer(mut self, octets: usize) -> Self {
        self.target.max_answer = octets;
        self
    }
}

impl<S> Layer<S> for EncodeRpcLayer {
    type Service = EncodeRpc<S>;

    fn layer(&self, inner: S) -> EncodeRpc<S> {
        EncodeRpc { inner, target: self.target.clone() }
    }
}

/// Writes calls as RPC requests and reads the answers.
#[derive(Debug, Clone)]
pub struct EncodeRpc<S> {
    inner: S,
    target: Target,
}

impl<S: HttpService> Service<Call> for EncodeRpc<S> {
    type Response = Reply;
    type Error = BoxError;
    type Future = BoxFuture<Reply>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, call: Call) -> BoxFuture<Reply> {
        let sent = request(&self.target, &call).map(|request| self.inner.call(request));
        self.target.reply(call, sent, decode)
    }
}

fn request(target: &Target, call: &Call) -> Result<http::Request<Body>, Error> {
    target.check(call)?;
    let mut parameters = Parameters::of(call.payload());
    add_those_of_the_call(&mut parameters, call)?;
    let query = parameters::encode(&parameters.query);
    let mut form = parameters::encode(&parameters.form);
    let form = Zeroizing::new(std::mem::take(&mut *form).into_bytes());
    let form_type = HeaderValue::from_static("application/x-www-form-urlencoded");
    target.request(
        call,
        Written {
            query: &query,
            accept: HeaderValue::from_static("application/json"),
            content_type: (!form.is_empty()).then_some(form_type),
            names: [NAME, VERSION],
            body: secret_bytes::wiped_on_drop(form),
        },
    )
}

/// The call's own parameters come last. None of them may change what the request says.
fn add_those_of_the_call(parameters: &mut Parameters, call: &Call) -> Result<(), Error> {
    for (name, value) in &call.options().parameters {
        let mut sent = parameters.query.iter().chain(&parameters.form);
        let wrong = match name.as_str() {
            "" => Some("has no name"),
            name => sent.any(|parameter| parameter.name == name).then_some("is sent already"),
        };
        if let Some(wrong) = wrong {
            return Err(Error::new(
                ErrorKind::Encode,
                format!("the call's own parameter {name:?} {wrong}"),
            ));
        }
        let value = Zeroizing::new(value.expose_secret().to_owned());
        parameters.query.push(Parameter::new(name, value));
    }
    Ok(())
}

fn decode(answer: Answer, call: &Call, gateway: Gateway) -> Result<Reply, Error> {
    let status = answer.status;
    if status.is_redirection() {
        return Err(answer.redirect());
    }
    if !status.is_success() {
        let service = rpc_error::read(&answer.body, call.payload());
        return Err(answer.into_error(service));
    }
    let mut response = (call.action().new_response)();
    match json::decode(&answer.body, &mut *response) {
        Ok(0) => Err(answer.not_an_answer("the answer has none of the action's fields")),
        Ok(_) => Ok(answer.into_reply(response, gateway)),
        Err(error) => {
            Err(answer.not_an_answer("the answer is not the action's JSON").with_source(error))
        }
    }
}

#[cfg(test)]
mod tests;
