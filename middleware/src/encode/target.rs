//! What both dialects share: where requests go, what every request has, and how an answer is awaited.

use std::future::Future;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderName, HeaderValue};
use http_body::Body as HttpBody;

use super::answer::{Answer, MAX_ANSWER, of_call};
use crate::action::Gateway;
use crate::call::Call;
use crate::endpoint::Endpoint;
use crate::error::{BoxError, Error, ErrorKind};
use crate::reply::Reply;
use crate::telemetry::names;
use crate::wire::parameters;
use crate::{Body, BoxFuture};

/// A gateway, and what it is told with every request.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) gateway: Gateway,
    pub(super) user_agent: HeaderValue,
    pub(super) max_answer: usize,
    endpoint: Endpoint,
    host: HeaderValue,
}

/// How a dialect writes a request, beside what every request has.
pub(super) struct Written<'a> {
    pub(super) query: &'a str,
    pub(super) accept: HeaderValue,
    pub(super) content_type: Option<HeaderValue>,
    /// The headers that name the action and the API's version.
    pub(super) names: [HeaderName; 2],
    pub(super) body: Bytes,
}

impl Target {
    pub(super) fn new(gateway: Gateway, endpoint: Endpoint) -> Self {
        // An authority's characters are a subset of a header value's.
        let host = HeaderValue::from_str(endpoint.authority())
            .unwrap_or(HeaderValue::from_static("localhost"));
        let user_agent = concat!("alibabacloud-kms-rust/", env!("CARGO_PKG_VERSION"));
        Self {
            gateway,
            user_agent: HeaderValue::from_static(user_agent),
            max_answer: MAX_ANSWER,
            endpoint,
            host,
        }
    }

    /// Refuses a call that lacks what the gateway must have.
    pub(super) fn check(&self, call: &Call) -> Result<(), Error> {
        match parameters::missing(call.payload(), self.gateway) {
            Some(field) => Err(Error::missing_parameter(field.name)),
            None => Ok(()),
        }
    }

    /// The request of a call.
    ///
    /// The call's own headers come last. What the layers below may want to know of the call goes
    /// along as extensions: see [`signals`](crate::signals).
    pub(super) fn request(
        &self,
        call: &Call,
        written: Written<'_>,
    ) -> Result<http::Request<Body>, Error> {
        let action = call.action();
        let [name, version] = written.names;
        let mut request = http::Request::new(Body::new(written.body));
        *request.method_mut() = action.method.clone();
        *request.uri_mut() = self.endpoint.uri(written.query)?;
        *request.extensions_mut() = call.extensions().clone();
        request.extensions_mut().insert(call.action());
        request.extensions_mut().insert(call.shared_options());
        request.extensions_mut().insert(self.gateway);
        let headers = request.headers_mut();
        headers.insert(HOST, self.host.clone());
        headers.insert(USER_AGENT, self.user_agent.clone());
        headers.insert(ACCEPT, written.accept);
        headers.extend(written.content_type.map(|value| (CONTENT_TYPE, value)));
        headers.insert(name, header(action.name)?);
        headers.insert(version, header(action.version)?);
        headers.extend(call.options().headers.clone());
        Ok(request)
    }

    /// The reply of a call, once its request was sent.
    pub(super) fn reply<F, B, E>(
        &self,
        call: Call,
        sent: Result<F, Error>,
        decode: fn(Answer, &Call, Gateway) -> Result<Reply, Error>,
    ) -> BoxFuture<Reply>
    where
        F: Future<Output = Result<http::Response<B>, E>> + Send + 'static,
        E: Into<BoxError>,
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let Self { gateway, max_answer, .. } = *self;
        Box::pin(async move {
            let reply = async {
                let response = sent?.await.map_err(Into::into)?;
                names::record_protocol_version(response.version());
                let answer = Answer::read(response, max_answer).await?;
                decode(answer, &call, gateway).map_err(BoxError::from)
            };
            reply.await.map_err(|error| of_call(error, &call, gateway).into())
        })
    }
}

fn header(text: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(text).map_err(|error| {
        Error::new(ErrorKind::Encode, "the action's name or version is not a header's value")
            .with_source(error)
    })
}
