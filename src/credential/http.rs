//! How providers ask servers: short, with a limit of size, and without a word of the answer in errors.

use std::ffi::OsString;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ::http::header::USER_AGENT;
use ::http::{HeaderValue, Request, Response, StatusCode};
use bytes::Bytes;
use http_body::Body as HttpBody;
use http_body_util::BodyExt as _;
use http_body_util::combinators::UnsyncBoxBody;
use tower::{Layer, Service, ServiceExt as _};
use zeroize::Zeroizing;

use crate::middleware::timeout::AttemptTimeoutLayer;
use crate::transport::Transport;
use crate::wire::json;
use crate::wire::secret_bytes::append;
use crate::{Body, BoxError, BoxHttp, Error, ErrorKind, Payload, ProxyOptions};

/// What an answer may be long; the largest are a few kilobytes.
const MAX_ANSWER: usize = 256 << 10;

/// The limit of a request, unless its provider has another.
pub(super) const LIMIT: Duration = Duration::from_secs(10);

/// Looks up a variable of the environment.
pub(super) type Lookup = dyn Fn(&str) -> Option<OsString> + Send + Sync;

/// Sends requests through a service that is made when it is needed.
#[derive(Clone)]
pub(super) struct Http {
    service: Arc<OnceLock<Result<BoxHttp, Error>>>,
    /// Where the network's proxies are named.
    variables: Arc<Lookup>,
}

type BoxBody = UnsyncBoxBody<Bytes, BoxError>;

/// What [`Http::send`] gives.
pub(super) type Sent = Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send>>;

/// An answer, read to its end; wiped on drop.
pub(super) struct Answer {
    host: String,
    pub(super) status: StatusCode,
    pub(super) body: Zeroizing<Vec<u8>>,
}

impl Http {
    /// The network, with the CAs that the machine trusts and the proxies that these variables name.
    pub(super) fn network(variables: Arc<Lookup>) -> Self {
        Self { service: Arc::default(), variables }
    }

    /// A service of the user's.
    pub(super) fn of<S, B>(service: S) -> Self
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

    /// The same, with a layer over its service.
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
        Ok(Self::of(layer.layer(self.service()?)))
    }

    /// Sends a request and reads the answer, whatever its status.
    pub(super) fn send(&self, mut request: Request<Body>, limit: Duration) -> Sent {
        let host = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        let user_agent = concat!("alibabacloud-kms-rust/", env!("CARGO_PKG_VERSION"));
        request.headers_mut().insert(USER_AGENT, HeaderValue::from_static(user_agent));
        let service = self.service();
        Box::pin(async move {
            // Boxed again: the compiler cannot see through the layer's bounds here.
            let service = BoxHttp::new(AttemptTimeoutLayer::new(limit).layer(service?));
            let response = service.oneshot(request).await;
            let (parts, body) = response.map_err(|error| unanswered(&host, error))?.into_parts();
            let body = read(body).await.map_err(|error| unanswered(&host, error))?;
            Ok(Answer { host, status: parts.status, body })
        })
    }

    /// The service itself.
    fn service(&self) -> Result<BoxHttp, Error> {
        let network = || {
            let proxy = ProxyOptions::from_variables(|name| (self.variables)(name))?;
            Transport::builder().proxy(proxy).build().map(BoxHttp::new)
        };
        self.service.get_or_init(network).clone()
    }
}

impl Answer {
    /// Refuses every status but success. What the body of an error says is not shown.
    pub(super) fn success(self) -> Result<Self, Error> {
        if self.status.is_success() {
            return Ok(self);
        }
        let status = self.status.as_u16();
        let message = match self.status.is_redirection() {
            true => {
                format!("{} answered with a redirect ({status}), which is not followed", self.host)
            }
            false => format!("{} answered with status {status}", self.host),
        };
        Err(Error::new(ErrorKind::Credential, message).with_status(self.status))
    }

    /// Reads the JSON object of an answer into a payload.
    pub(super) fn json<P: Payload + Default>(&self) -> Result<P, Error> {
        let mut payload = P::default();
        json::decode(&self.body, &mut payload)
            .map_err(|error| self.malformed("is not the expected JSON").with_source(error))?;
        Ok(payload)
    }

    /// The error of a success that is not what was asked for.
    pub(super) fn malformed(&self, why: &str) -> Error {
        let message = format!("the answer of {} {why}", self.host);
        Error::new(ErrorKind::Credential, message).with_status(self.status)
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Http")
    }
}

/// A body's octets, up to the limit.
async fn read(mut body: BoxBody) -> Result<Zeroizing<Vec<u8>>, BoxError> {
    let mut out = Zeroizing::new(Vec::new());
    while let Some(frame) = body.frame().await {
        let data = frame?.into_data().unwrap_or_default();
        if data.len() > MAX_ANSWER - out.len() {
            let message = format!("the answer is larger than {MAX_ANSWER} octets");
            return Err(Error::new(ErrorKind::Decode, message).into());
        }
        append(&mut out, &data);
    }
    Ok(out)
}

fn unanswered(host: &str, error: BoxError) -> Error {
    let error = Error::from_boxed(error);
    // Ours name what they know; a layer's own may say anything.
    match error.kind() {
        ErrorKind::Credential | ErrorKind::Config | ErrorKind::Sign => error,
        _ => Error::new(ErrorKind::Credential, format!("{host} gave no answer")).with_source(error),
    }
}
