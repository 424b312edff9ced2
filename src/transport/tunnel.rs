//! Tunnels through proxies: the proxy connects to the gateway and forwards the bytes in both
//! directions.

use std::fmt;
use std::future::{Future as _, poll_fn};
use std::io;
use std::pin::pin;
use std::task::Poll;

use http::header::{HOST, PROXY_AUTHORIZATION};
use http::{Request, StatusCode, Uri};
use hyper::client::conn::http1;
use hyper_util::client::legacy::connect::proxy::SocksV5;
use hyper_util::rt::TokioIo;
use secrecy::ExposeSecret;
use tower::{ServiceExt, service_fn};

use super::stream::Stream;
use crate::{Body, BoxError, Proxy, ProxyKind};

/// Makes the proxy at the other end of this stream connect to the target.
pub(super) async fn through(
    proxy: &Proxy,
    stream: Stream,
    target: &Uri,
) -> Result<Stream, ProxyError> {
    let tunnel = tunnel(proxy, stream, target).await;
    tunnel.map_err(|cause| ProxyError {
        proxy: proxy.to_string(),
        kind: proxy.kind(),
        step: Step::Pass,
        cause,
    })
}

/// Returns the error of a proxy that cannot be reached.
pub(super) fn unreachable(proxy: &Proxy, cause: BoxError) -> ProxyError {
    ProxyError { proxy: proxy.to_string(), kind: proxy.kind(), step: Step::Reach, cause }
}

async fn tunnel(proxy: &Proxy, stream: Stream, target: &Uri) -> Result<Stream, BoxError> {
    let target = with_port(target)?;
    match proxy.kind() {
        ProxyKind::Http => connect(proxy, stream, &target).await,
        ProxyKind::Socks5 => {
            let mut stream = Some(TokioIo::new(stream));
            let connected = service_fn(move |_: Uri| {
                let stream =
                    stream.take().ok_or_else(|| io::Error::from(io::ErrorKind::NotConnected));
                std::future::ready(stream)
            });
            let mut socks = SocksV5::new(proxy.uri().clone(), connected);
            if let Some((name, password)) = proxy.user() {
                let [name, password] = [name, password].map(|text| text.expose_secret().to_owned());
                socks = socks.with_auth(name, password);
            }
            Ok(socks.oneshot(target).await?.into_inner())
        }
        kind => Err(format!("a proxy of the kind {kind:?} is not supported").into()),
    }
}

/// Sends `CONNECT` (RFC 9110, section 9.3.6), and returns the stream after the answer.
async fn connect(proxy: &Proxy, stream: Stream, target: &Uri) -> Result<Stream, BoxError> {
    let authority = target.authority().map_or("", |authority| authority.as_str());
    let mut request = Request::connect(authority).header(HOST, authority);
    if let Some(user) = proxy.authorization() {
        request = request.header(PROXY_AUTHORIZATION, user);
    }
    let request = request.body(Body::default())?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let mut connection = pin!(connection.with_upgrades());
    let mut answered = pin!(async {
        let mut response = sender.send_request(request).await?;
        match response.status() {
            status if status.is_success() => {
                let upgraded = hyper::upgrade::on(&mut response).await?;
                upgraded
                    .downcast::<TokioIo<Stream>>()
                    .map_err(|_| "TLS returned another stream".into())
            }
            status => Err(BoxError::from(Refusal { status })),
        }
    });
    let mut is_over = false;
    let parts = poll_fn(|cx| {
        if let Poll::Ready(parts) = answered.as_mut().poll(cx) {
            return Poll::Ready(parts);
        }
        // The request reports the end of the connection.
        if !is_over && connection.as_mut().poll(cx).is_ready() {
            is_over = true;
            return answered.as_mut().poll(cx);
        }
        Poll::Pending
    });
    let parts = parts.await?;
    match parts.read_buf.is_empty() {
        true => Ok(parts.io.into_inner()),
        false => Err("the proxy sent data before the tunnel was used".into()),
    }
}

/// A proxy always needs the port.
fn with_port(target: &Uri) -> Result<Uri, http::Error> {
    let is_https = target.scheme_str() == Some("https");
    let port = target.port_u16().unwrap_or(if is_https { 443 } else { 80 });
    let host = target.host().unwrap_or_default();
    Uri::builder()
        .scheme(target.scheme_str().unwrap_or("https"))
        .authority(format!("{host}:{port}"))
        .path_and_query("/")
        .build()
}

/// A connection failed because of the proxy.
#[derive(Debug)]
pub(super) struct ProxyError {
    proxy: String,
    kind: ProxyKind,
    step: Step,
    cause: BoxError,
}

#[derive(Debug)]
enum Step {
    Reach,
    Pass,
}

impl ProxyError {
    /// Returns the proxy.
    pub(super) fn proxy(&self) -> &str {
        &self.proxy
    }
}

impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { proxy, kind, step, cause } = self;
        match (step, cause.downcast_ref::<Refusal>()) {
            (Step::Reach, _) => {
                write!(f, "no connection to the proxy {proxy}: check that it runs there")
            }
            (Step::Pass, Some(Refusal { status })) if is_about_the_user(*status) => write!(
                f,
                "the proxy {proxy} made no connection, as it does not accept the user (status \
                 407): check the user and the password in its URL"
            ),
            (Step::Pass, Some(Refusal { status })) => write!(
                f,
                "the proxy {proxy} made no connection (status {}): check that it lets connections \
                 to this host and port through",
                status.as_u16()
            ),
            (Step::Pass, None) if *kind == ProxyKind::Socks5 => write!(
                f,
                "the proxy {proxy} made no connection: check that it speaks SOCKS 5, and lets \
                 connections to this host and port through"
            ),
            (Step::Pass, None) => write!(
                f,
                "the proxy {proxy} made no connection: check that it lets connections to this host \
                 and port through"
            ),
        }
    }
}

/// The status with which a proxy refused to connect, or to forward a request.
#[derive(Debug)]
struct Refusal {
    status: StatusCode,
}

/// Returns the error of a proxy that did not forward a request because of its user.
pub(super) fn unauthorized(proxy: &Proxy, status: StatusCode) -> Option<ProxyError> {
    let refusal = || ProxyError {
        proxy: proxy.to_string(),
        kind: proxy.kind(),
        step: Step::Pass,
        cause: Refusal { status }.into(),
    };
    is_about_the_user(status).then(refusal)
}

fn is_about_the_user(status: StatusCode) -> bool {
    status == StatusCode::PROXY_AUTHENTICATION_REQUIRED
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the proxy answered with status {}", self.status.as_u16())
    }
}

impl std::error::Error for Refusal {}

impl std::error::Error for ProxyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.cause)
    }
}
