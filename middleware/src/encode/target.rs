//! The part of encoding that both dialects share: the target, and the common headers.

use bytes::Bytes;
use http::header::{
    ACCEPT, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE, USER_AGENT,
};
use http::{HeaderName, HeaderValue};

use super::answer::MAX_ANSWER;
use crate::Body;
use crate::action::Gateway;
use crate::call::Call;
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind};
use crate::wire::parameters;

/// Headers that belong to the connection: the request's framing, its target, and what applies to
/// one hop.
const FRAMING: [HeaderName; 11] = [
    CONTENT_LENGTH,
    TRANSFER_ENCODING,
    HOST,
    CONNECTION,
    TE,
    TRAILER,
    UPGRADE,
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// The number of headers of a signed request, so that the map is allocated once.
const HEADERS: usize = 12;

/// A gateway, and what every request to it contains.
#[derive(Debug, Clone)]
pub struct Target {
    pub(super) gateway: Gateway,
    pub(super) user_agent: HeaderValue,
    pub(super) max_answer: usize,
    endpoint: Endpoint,
    host: HeaderValue,
}

/// The parts of a request that depend on the dialect.
pub(super) struct Written {
    /// The path with the query.
    pub(super) path: Bytes,
    pub(super) accept: HeaderValue,
    pub(super) content_type: Option<HeaderValue>,
    /// The headers that name the action and the version of the API.
    pub(super) names: [HeaderName; 2],
    pub(super) body: Bytes,
}

impl Target {
    pub(super) fn new(gateway: Gateway, endpoint: Endpoint) -> Self {
        // The characters of an authority are a subset of those of a header value.
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

    /// Refuses a call that lacks a required parameter, or whose own headers would change the
    /// framing or the target of the request.
    pub(super) fn check(&self, call: &Call) -> Result<(), Error> {
        if let Some(name) = call.options().headers.keys().find(|name| FRAMING.contains(*name)) {
            return Err(Error::new(
                ErrorKind::Config,
                format!(
                    "the call's own header `{name}` would change how the request is framed or \
                     where it goes: leave it out, the client sets it"
                ),
            ));
        }
        match parameters::missing(call.payload(), self.gateway) {
            Some(field) => Err(Error::missing_parameter(field.name)),
            None => Ok(()),
        }
    }

    /// Returns the request of a call.
    ///
    /// The call's own headers come last. Its extensions have everything about the call that the
    /// layers below may need: see [`signals`](crate::signals).
    pub(super) fn request(
        &self,
        call: &Call,
        written: Written,
    ) -> Result<http::Request<Body>, Error> {
        let action = call.action();
        let [name, version] = written.names;
        let mut request = http::Request::new(Body::new(written.body));
        *request.method_mut() = action.method.clone();
        *request.uri_mut() = self.endpoint.uri_of(written.path)?;
        *request.extensions_mut() = call.extensions().clone();
        request.extensions_mut().insert(call.action());
        request.extensions_mut().insert(call.shared_options());
        request.extensions_mut().insert(self.gateway);
        let headers = request.headers_mut();
        headers.reserve(HEADERS);
        headers.insert(HOST, self.host.clone());
        headers.insert(USER_AGENT, self.user_agent.clone());
        headers.insert(ACCEPT, written.accept);
        headers.extend(written.content_type.map(|value| (CONTENT_TYPE, value)));
        headers.insert(name, header(action.name)?);
        headers.insert(version, header(action.version)?);
        let own = &call.options().headers;
        if !own.is_empty() {
            headers.extend(own.clone());
        }
        Ok(request)
    }
}

fn header(text: &'static str) -> Result<HeaderValue, Error> {
    HeaderValue::from_maybe_shared(Bytes::from_static(text.as_bytes())).map_err(|error| {
        Error::new(ErrorKind::Encode, "the action's name or version cannot be a header's value")
            .with_source(error)
    })
}
