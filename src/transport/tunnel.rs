//! What a proxy is asked to do: connect to a gateway, and pass on what is said, unread.

use std::fmt;
use std::io;

use http::Uri;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::rt::TokioIo;
use secrecy::ExposeSecret;
use tower::{ServiceExt, service_fn};

use super::stream::Stream;
use crate::BoxError;
use crate::middleware::{Proxy, ProxyKind};

/// Has the proxy at the other end of this stream connect to the target.
pub(super) async fn through(
    proxy: &Proxy,
    stream: Stream,
    target: &Uri,
) -> Result<Stream, ProxyError> {
    let tunnel = tunnel(proxy, stream, target).await;
    tunnel.map_err(|cause| ProxyError { proxy: proxy.to_string(), step: Step::Pass, cause })
}

/// The error of no connection to this proxy.
pub(super) fn unreachable(proxy: &Proxy, cause: BoxError) -> ProxyError {
    ProxyError { proxy: proxy.to_string(), step: Step::Reach, cause }
}

async fn tunnel(proxy: &Proxy, stream: Stream, target: &Uri) -> Result<Stream, BoxError> {
    let mut stream = Some(TokioIo::new(stream));
    let connected = service_fn(move |_: Uri| {
        let stream = stream.take().ok_or_else(|| io::Error::from(io::ErrorKind::NotConnected));
        std::future::ready(stream)
    });
    let target = with_port(target)?;
    let stream = match proxy.kind() {
        ProxyKind::Http => {
            let mut tunnel = Tunnel::new(proxy.uri().clone(), connected);
            if let Some(user) = proxy.authorization() {
                tunnel = tunnel.with_auth(user);
            }
            tunnel.oneshot(target).await?
        }
        ProxyKind::Socks5 => {
            let mut socks = SocksV5::new(proxy.uri().clone(), connected);
            if let Some((name, password)) = proxy.user() {
                let [name, password] = [name, password].map(|text| text.expose_secret().to_owned());
                socks = socks.with_auth(name, password);
            }
            socks.oneshot(target).await?
        }
        kind => return Err(format!("a proxy of the kind {kind:?} is not supported").into()),
    };
    Ok(stream.into_inner())
}

/// A proxy is always told the port.
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

/// No connection, and the proxy is why.
#[derive(Debug)]
pub(super) struct ProxyError {
    proxy: String,
    step: Step,
    cause: BoxError,
}

#[derive(Debug)]
enum Step {
    Reach,
    Pass,
}

impl ProxyError {
    /// Which proxy.
    pub(super) fn proxy(&self) -> &str {
        &self.proxy
    }
}

impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let proxy = &self.proxy;
        match self.step {
            Step::Reach => {
                write!(f, "no connection to the proxy {proxy}: check that it runs there")
            }
            Step::Pass => write!(
                f,
                "the proxy {proxy} made no connection: check its user and password, and that it lets \
                 connections to this host and port through"
            ),
        }
    }
}

impl std::error::Error for ProxyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.cause)
    }
}
