//! Over real sockets on loopback, and real TLS.

mod addresses;
pub(super) mod authority;
mod ca;
#[cfg(feature = "metrics")]
mod counted;
mod failures;
#[cfg(feature = "http2")]
mod http2;
mod identity;
mod key_exchange;
mod pool;
#[cfg(feature = "proxy")]
mod proxy;
#[cfg(feature = "native-roots")]
mod roots;
mod runtimes;
mod server;
pub(super) mod trust;

use std::net::Ipv4Addr;
use std::time::Duration;

use alibabacloud_kms_middleware::__private::find;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::StatusCode;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use self::authority::Authority;
use self::server::{Manner, Server};
use super::resolve::Resolver;
use super::*;
#[cfg(feature = "proxy")]
use crate::ProxyOptions;
use crate::{Error, ErrorKind, Outcome, TlsOptions, TlsVersion};

const REFUSED_BY_US: (ErrorKind, Outcome) = (ErrorKind::Tls, Outcome::NotSent);
const NOT_CONNECTED: (ErrorKind, Outcome) = (ErrorKind::Connect, Outcome::NotSent);

fn transport(tls: TlsOptions) -> Transport {
    Transport::builder().tls(tls).build().expect("a transport")
}

fn plain() -> Transport {
    Transport::builder().build().expect("a transport")
}

fn anyone() -> TlsOptions {
    TlsOptions::danger_accept_any_certificate()
}

/// Finds every name at 127.0.0.1.
fn everything_here() -> Resolver {
    Resolver::new(|_| Ok(vec![(Ipv4Addr::LOCALHOST, 0).into()]))
}

async fn https(authority: &Authority) -> Server {
    Server::start(Manner::Https(authority.acceptor("127.0.0.1"))).await
}

fn request(url: &str, tls: Option<TlsOptions>) -> http::Request<Body> {
    let mut request = http::Request::post(url).body(Body::from("ping")).expect("a request");
    if let Some(tls) = tls {
        request.extensions_mut().insert(EffectiveTls::new(tls));
    }
    request
}

/// Sends a request and reads the answer to its end.
async fn send(
    transport: &Transport,
    url: &str,
    tls: Option<TlsOptions>,
) -> Result<(StatusCode, Bytes), BoxError> {
    let response = transport.clone().oneshot(request(url, tls)).await?;
    let status = response.status();
    Ok((status, response.into_body().collect().await?.to_bytes()))
}

async fn succeeds(transport: &Transport, url: &str, tls: Option<TlsOptions>) {
    let (status, body) = send(transport, url, tls).await.expect("an answer");
    assert_eq!((status, &*body), (StatusCode::OK, &b"ping"[..]));
}

/// The error of a request that fails, which shows nothing of it.
async fn error(transport: &Transport, url: &str, tls: Option<TlsOptions>) -> Error {
    let error = send(transport, url, tls).await.expect_err("no answer");
    let error = *error.downcast::<Error>().expect("our error");
    assert!(!shows_secret(&format!("{error} {error:?}")));
    error
}

/// Whether a text shows the secret in the query of test requests, as it is or as Base64.
fn shows_secret(text: &str) -> bool {
    text.contains("canary-5f1d") || text.contains(&STANDARD.encode("canary-5f1d"))
}

/// The kind and outcome of a request that fails.
async fn fails(transport: &Transport, url: &str, tls: Option<TlsOptions>) -> (ErrorKind, Outcome) {
    let error = error(transport, url, tls).await;
    (error.kind(), error.outcome())
}

#[test]
fn a_transport_is_built_outside_a_runtime_and_shows_its_settings() {
    let builder = Transport::builder()
        .connect_timeout(Duration::from_secs(6))
        .idle_timeout(Duration::from_secs(7))
        .max_age(Duration::from_secs(8))
        .max_connections(3)
        .keep_alive(Duration::from_secs(9))
        .tls(anyone().min_version(TlsVersion::V1_3));
    #[cfg(feature = "http2")]
    let builder = builder.allow_http2();
    let shown = format!("{:?}", builder.build().expect("a transport"));
    for setting in [
        "connect_timeout: 6s",
        "idle_timeout: 7s",
        "max_age: 8s",
        "max_connections: 3",
        "keep_alive: 9s",
        "any certificate",
        "min_version: V1_3",
        #[cfg(feature = "http2")]
        "http2: true",
    ] {
        assert!(shown.contains(setting), "{shown}");
    }
}

#[tokio::test]
async fn a_uri_that_holds_a_password_is_refused_by_an_error_that_does_not() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let url = format!("http://user:hunter2@127.0.0.1:{port}/");
    let error = error(&plain(), &url, None).await;
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Config, Outcome::NotSent));
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

#[cfg(feature = "proxy")]
#[test]
fn a_builder_shows_the_proxy_that_its_transport_will_have() {
    let shown = |builder: &TransportBuilder| format!("{builder:?}");
    assert!(shown(&Transport::builder()).contains("proxy: the environment's"));
    let proxy = ProxyOptions::all("http://user:secret@proxy.invalid:3128").expect("a proxy");
    let builder = Transport::builder().proxy(proxy);
    assert!(shown(&builder).contains("proxy.invalid:3128"));
    assert!(!shown(&builder).contains("secret"));
    let transport = builder.clone().build().expect("a transport");
    assert_eq!(shown(&builder), format!("{transport:?}"));
}

#[tokio::test]
async fn without_trust_plain_http_works_and_https_is_a_config_error_before_connecting() {
    let transport = Transport::builder().without_default_trust().build().expect("a transport");
    let server = Server::start(Manner::Http).await;
    succeeds(&transport, &server.url("http"), None).await;
    let authority = Authority::new();
    let server = https(&authority).await;
    let error = error(&transport, &server.url("https"), None).await;
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Config, Outcome::NotSent));
    assert!(error.to_string().contains("native-roots"), "{error}");
    assert_eq!(server.accepted(), 0);
    succeeds(&transport, &server.url("https"), Some(authority.as_only_ca())).await;
}

#[test]
fn what_no_connection_could_be_made_with_is_an_error() {
    for builder in [
        Transport::builder().max_connections(0),
        Transport::builder().connect_timeout(Duration::ZERO),
        Transport::builder().keep_alive(Duration::ZERO),
    ] {
        assert_eq!(builder.build().expect_err("zero").kind(), ErrorKind::Config);
    }
}
