//! Tunnels through proxies: the proxy connects to the gateway and forwards the bytes in both
//! directions.

use std::fmt;
use std::future::{Future as _, poll_fn};
use std::pin::pin;
use std::task::Poll;

use alibabacloud_kms_middleware::__private::find;
use http::header::{HOST, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION};
use http::{Request, Response, StatusCode, Uri};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use secrecy::ExposeSecret;

use super::socks;
use super::stream::Stream;
use super::unreadable::Unreadable;
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
            let mut stream = stream;
            let host = target.host().unwrap_or_default().trim_matches(['[', ']']);
            let port = target.port_u16().unwrap_or_default();
            let user = proxy.user();
            let user =
                user.map(|(name, password)| (name.expose_secret(), password.expose_secret()));
            socks::connect(&mut stream, host, port, user).await?;
            Ok(stream)
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
            _ => Err(BoxError::from(Refusal::new(proxy, &response))),
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
        if let Step::Reach = step {
            return write!(f, "no connection to the proxy {proxy}: check that it runs there");
        }
        write!(f, "the proxy {proxy} made no connection")?;
        if let Some(refusal) = cause.downcast_ref::<Refusal>() {
            return refusal.explain(f);
        }
        if let Some(refused) = cause.downcast_ref::<socks::Refused>() {
            return refused.explain(f);
        }
        match find(&**cause).and_then(Unreadable::of) {
            Some(Unreadable::NotHttp) => f.write_str(
                ", as what answers there does not speak HTTP: check its host and port, and whether \
                 its URL must begin with https:// or socks5://",
            ),
            Some(Unreadable::Malformed(what)) => {
                write!(f, ", as its answer has {what}: check that a proxy answers there")
            }
            None => {
                let speaks = if *kind == ProxyKind::Socks5 { "speaks SOCKS 5, and " } else { "" };
                write!(f, ": check that it {speaks}lets connections to this host and port through")
            }
        }
    }
}

/// With what a proxy refused to connect, or to forward a request.
#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    has_user: bool,
    /// The names of those ways to authenticate, of the known ones, that it offers.
    offers: Vec<&'static str>,
}

/// The names of ways to authenticate to a proxy. Any other is the proxy's text, which errors do not
/// show.
const WAYS: [&str; 7] =
    [BASIC, "Bearer", "Digest", "Kerberos", "Negotiate", "NTLM", "SCRAM-SHA-256"];

/// The one of them that is supported.
const BASIC: &str = "Basic";

/// Returns the error of a proxy that did not forward a request because of its user.
pub(super) fn unauthorized<B>(proxy: &Proxy, answer: &Response<B>) -> Option<ProxyError> {
    is_about_the_user(answer.status()).then(|| ProxyError {
        proxy: proxy.to_string(),
        kind: proxy.kind(),
        step: Step::Pass,
        cause: Refusal::new(proxy, answer).into(),
    })
}

fn is_about_the_user(status: StatusCode) -> bool {
    status == StatusCode::PROXY_AUTHENTICATION_REQUIRED
}

impl Refusal {
    fn new<B>(proxy: &Proxy, answer: &Response<B>) -> Self {
        let values = answer.headers().get_all(PROXY_AUTHENTICATE);
        let challenges = values.iter().filter_map(|value| value.to_str().ok());
        let words: Vec<_> = challenges
            .flat_map(|challenges| challenges.split(','))
            .filter_map(|challenge| challenge.split_whitespace().next())
            .collect();
        let is_offered = |way: &&str| words.iter().any(|word| word.eq_ignore_ascii_case(way));
        Self {
            status: answer.status(),
            has_user: proxy.user().is_some(),
            offers: WAYS.into_iter().filter(is_offered).collect(),
        }
    }

    /// Writes why the proxy made no connection, and the remedy.
    fn explain(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, has_user, offers } = self;
        if !is_about_the_user(*status) {
            return write!(
                f,
                " (status {}): check that it lets connections to this host and port through",
                status.as_u16()
            );
        }
        if !offers.is_empty() && !offers.contains(&BASIC) {
            return write!(
                f,
                ", as it asks for a user by {} (status 407), which is not supported: have it \
                 accept {BASIC}, or go through another proxy",
                offers.join(" or ")
            );
        }
        f.write_str(match has_user {
            true => {
                ", as it does not accept the user (status 407): check the user and the password in \
                 its URL"
            }
            false => {
                ", as it asks for a user and a password (status 407): add them to its URL, as in \
                 http://user:password@proxy.example.com:3128"
            }
        })
    }
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
