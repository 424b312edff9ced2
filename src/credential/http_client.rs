//! The HTTP client of providers: limits of time and size, and errors that quote nothing of an
//! answer.

use std::error::Error as StdError;
use std::ffi::OsString;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use alibabacloud_kms_middleware::__private::{SecretBuffer, broken_body, collect, foreign_answer};
use bytes::Bytes;
use http::header::USER_AGENT;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body::Body as HttpBody;
use http_body_util::combinators::UnsyncBoxBody;
use tower::{Layer, Service, ServiceExt as _};

use crate::middleware::payload::Payload;
use crate::middleware::timeout::AttemptTimeoutLayer;
use crate::middleware::wire::json;
use crate::transport::Transport;
use crate::{Body, BoxError, BoxHttp, Error, ErrorKind};

/// The maximum length of an answer; the largest are a few kilobytes.
const MAX_ANSWER: usize = 256 << 10;

/// The default time limit of a request.
pub(super) const LIMIT: Duration = Duration::from_secs(10);

/// Looks up a variable of the environment.
pub(super) type Lookup = dyn Fn(&str) -> Option<OsString> + Send + Sync;

/// Sends requests through a service that is created when it is needed.
#[derive(Clone)]
pub(super) struct HttpClient {
    service: Arc<OnceLock<Result<BoxHttp, Error>>>,
    /// The variables that name the proxies.
    variables: Arc<Lookup>,
}

type BoxBody = UnsyncBoxBody<Bytes, BoxError>;

/// The future of [`HttpClient::send`].
pub(super) type Sent = Pin<Box<dyn Future<Output = Result<HttpAnswer, Error>> + Send>>;

/// An answer, read to its end and wiped on drop.
pub(super) struct HttpAnswer {
    host: String,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: SecretBuffer,
}

impl HttpClient {
    /// Creates a client that uses the network, with the CAs that the machine trusts and the proxies
    /// of these variables.
    pub(super) fn network(variables: Arc<Lookup>) -> Self {
        Self { service: Arc::default(), variables }
    }

    /// Creates a client that sends through a service of the user.
    pub(super) fn new<S, B>(service: S) -> Self
    where
        S: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send + 'static,
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let service = OnceLock::from(Ok(BoxHttp::new(service)));
        Self { service: Arc::new(service), variables: Arc::new(|_| None) }
    }

    /// Returns the client with a layer over its service.
    pub(super) fn layered<L>(&self, layer: &L) -> Result<Self, Error>
    where
        L: Layer<BoxHttp>,
        L::Service: Service<Request<Body>, Response = Response<BoxBody>, Error = BoxError>
            + Clone
            + Send
            + Sync
            + 'static,
        <L::Service as Service<Request<Body>>>::Future: Send + 'static,
    {
        Ok(Self::new(layer.layer(self.service()?)))
    }

    /// Sends a request and reads the answer, whatever its status. A GET or PUT that gets no answer
    /// on its connection is sent once more, because a server may close a connection that is about
    /// to be reused. `limit` is that of each attempt.
    pub(super) fn send(&self, mut request: Request<Body>, limit: Duration) -> Sent {
        let host = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        let user_agent = concat!("alibabacloud-kms-rust/", env!("CARGO_PKG_VERSION"));
        request.headers_mut().insert(USER_AGENT, HeaderValue::from_static(user_agent));
        let service = self.service();
        Box::pin(async move {
            // Boxed again: the compiler cannot see through the layer's bounds here.
            let service = BoxHttp::new(AttemptTimeoutLayer::new(limit).layer(service?));
            let is_repeatable = [Method::GET, Method::PUT].contains(request.method());
            let again = is_repeatable.then(|| request.clone());
            let mut response = service.clone().oneshot(request).await;
            let again =
                again.filter(|_| response.as_ref().is_err_and(|error| is_unanswered(&**error)));
            if let Some(again) = again {
                response = service.oneshot(again).await;
            }
            let (parts, body) = response.map_err(|error| unanswered(&host, error))?.into_parts();
            let body = collect(body, MAX_ANSWER).await.map_err(|error| broken_off(&host, error))?;
            let body = body.ok_or_else(|| too_large(&host))?;
            Ok(HttpAnswer { host, status: parts.status, headers: parts.headers, body })
        })
    }

    /// Returns the service.
    fn service(&self) -> Result<BoxHttp, Error> {
        let network = || {
            let transport = Transport::builder();
            #[cfg(feature = "proxy")]
            let transport =
                transport.proxy(crate::ProxyOptions::from_variables(|name| (self.variables)(name)));
            transport.build().map(BoxHttp::new)
        };
        self.service.get_or_init(network).clone()
    }
}

impl HttpAnswer {
    /// Returns an error for every status but success. The body of an error is not shown.
    pub(super) fn success(self) -> Result<Self, Error> {
        if self.status.is_success() {
            return Ok(self);
        }
        let status = self.status.as_u16();
        let message = match self.status.is_redirection() {
            true => {
                format!(
                    "{} answered with a redirect ({status}), which is not followed: check the address",
                    self.host
                )
            }
            false => format!("{} answered with status {status}", self.host),
        };
        Err(Error::new(ErrorKind::Credential, message).with_status(self.status))
    }

    /// Reads the JSON object of an answer into a payload.
    pub(super) fn json<P: Payload + Default>(&self) -> Result<P, Error> {
        let mut payload = P::default();
        json::decode(&self.body, &mut payload).map_err(|error| {
            let foreign = foreign_answer(&self.headers, &self.body);
            let error = Error::new(ErrorKind::Decode, error.to_string());
            self.malformed(foreign.unwrap_or("is not the expected JSON")).with_source(error)
        })?;
        Ok(payload)
    }

    /// Returns the error of a successful answer that is not what was requested.
    pub(super) fn malformed(&self, why: &str) -> Error {
        let message = format!("the answer of {} {why}", self.host);
        Error::new(ErrorKind::Credential, message).with_status(self.status)
    }
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpClient")
    }
}

/// Returns `true` if the connection broke, or yielded no HTTP, before an answer.
fn is_unanswered(error: &(dyn StdError + 'static)) -> bool {
    Error::find(error).is_some_and(|error| error.kind() == ErrorKind::Transport)
}

fn broken_off(host: &str, error: BoxError) -> Error {
    Error::new(ErrorKind::Credential, format!("the answer of {host} cannot be read"))
        .with_source(broken_body(error))
}

fn too_large(host: &str) -> Error {
    let message = format!("it is larger than {MAX_ANSWER} bytes");
    Error::new(ErrorKind::Credential, format!("the answer of {host} is no credential"))
        .with_source(Error::new(ErrorKind::Decode, message))
}

fn unanswered(host: &str, error: BoxError) -> Error {
    let error = Error::from_boxed(error);
    // Our own errors quote nothing secret; those of a user's layer may quote anything.
    match error.kind() {
        ErrorKind::Credential | ErrorKind::Config | ErrorKind::Sign => error,
        _ => Error::new(
            ErrorKind::Credential,
            format!("no answer could be read from {host}: check its address and the network"),
        )
        .with_source(error),
    }
}
