pub(super) mod server;

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http_body_util::BodyExt as _;
use tokio::time::Instant;
use tower::ServiceExt as _;

use self::server::{Authority, Manner, Server};
use super::*;
use crate::error::{Error, ErrorKind, Outcome};
use crate::test_support::shows_secret;

fn transport(tls: TlsOptions) -> Transport {
    Transport::builder().tls(tls).build().expect("a transport")
}

fn anyone() -> TlsOptions {
    TlsOptions::danger_accept_any_certificate()
}

fn only(authority: &Authority) -> TlsOptions {
    authority.as_only_ca()
}

async fn https(authority: &Authority) -> Server {
    Server::start(Manner::Https(authority.acceptor("127.0.0.1"))).await
}

fn request(url: &str, tls: Option<TlsOptions>) -> http::Request<Body> {
    let options = CallOptions { tls: tls.map(Arc::new), ..CallOptions::default() };
    http::Request::post(url)
        .extension(Arc::new(options))
        .body(Body::new("ping".into()))
        .expect("a request")
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

/// The kind and outcome of a request that fails, of which the error shows nothing.
async fn fails(transport: &Transport, url: &str, tls: Option<TlsOptions>) -> (ErrorKind, Outcome) {
    let error = send(transport, url, tls).await.expect_err("no answer");
    let error = error.downcast::<Error>().expect("our error");
    assert!(!shows_secret(&format!("{error} {error:?}")));
    (error.kind(), error.outcome())
}

const REFUSED_BY_US: (ErrorKind, Outcome) = (ErrorKind::Tls, Outcome::NotSent);
const NOT_CONNECTED: (ErrorKind, Outcome) = (ErrorKind::Connect, Outcome::NotSent);

#[tokio::test]
async fn plain_http_works_where_it_is_asked_for() {
    let server = Server::start(Manner::Http).await;
    succeeds(&transport(TlsOptions::default()), &server.url("http"), None).await;
}

#[tokio::test]
async fn a_server_whose_ca_is_given_is_trusted() {
    let authority = Authority::new();
    let server = https(&authority).await;
    succeeds(&transport(only(&authority)), &server.url("https"), None).await;
}

#[tokio::test]
async fn a_certificate_that_is_its_own_anchor_is_trusted() {
    let (authority, other) = (Authority::new(), Authority::new());
    let both = TlsOptions::ca_pem([other.pem, authority.pem.clone()].concat().as_bytes());
    let server = https(&authority).await;
    succeeds(&transport(both.expect("two CAs")), &server.url("https"), None).await;
}

#[tokio::test]
async fn a_server_of_an_unknown_ca_is_a_tls_error() {
    let server = https(&Authority::new()).await;
    for tls in [only(&Authority::new()), TlsOptions::default()] {
        let result = fails(&transport(tls), &server.url("https"), None).await;
        assert_eq!(result, REFUSED_BY_US);
    }
}

#[tokio::test]
async fn an_expired_certificate_is_a_tls_error() {
    let authority = Authority::new();
    let server = Server::start(Manner::Https(authority.expired_acceptor())).await;
    let result = fails(&transport(only(&authority)), &server.url("https"), None).await;
    assert_eq!(result, REFUSED_BY_US);
}

#[tokio::test]
async fn a_certificate_for_another_host_is_a_tls_error() {
    let authority = Authority::new();
    let server = Server::start(Manner::Https(authority.acceptor("other.invalid"))).await;
    let result = fails(&transport(only(&authority)), &server.url("https"), None).await;
    assert_eq!(result, REFUSED_BY_US);
}

#[tokio::test]
async fn each_reason_to_distrust_has_a_sentence_of_its_own() {
    let authority = Authority::new();
    let mut sentences = std::collections::HashSet::new();
    for (manner, tls) in [
        (Manner::Https(authority.acceptor("127.0.0.1")), only(&Authority::new())),
        (Manner::Https(authority.acceptor("other.invalid")), only(&authority)),
        (Manner::Https(authority.expired_acceptor()), only(&authority)),
        (Manner::Plain, only(&authority)),
    ] {
        let server = Server::start(manner).await;
        let error = send(&transport(tls), &server.url("https"), None).await;
        sentences.insert(error.expect_err("no trust").to_string());
    }
    assert_eq!(sentences.len(), 4, "{sentences:?}");
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_a_tls_error() {
    let server = Server::start(Manner::Plain).await;
    let result = fails(&transport(anyone()), &server.url("https"), None).await;
    assert_eq!(result, REFUSED_BY_US);
}

#[tokio::test]
async fn a_refused_connection_was_not_sent() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    drop(listener);
    let result = fails(&transport(TlsOptions::default()), &url, None).await;
    assert_eq!(result, NOT_CONNECTED);
}

#[tokio::test]
async fn a_host_that_does_not_exist_was_not_sent() {
    // Names under `invalid` never resolve (RFC 6761).
    let url = "https://host.invalid/";
    let result = fails(&transport(anyone()), url, None).await;
    assert_eq!(result, NOT_CONNECTED);
}

#[tokio::test]
async fn a_server_that_closes_before_it_answers_may_have_acted() {
    let server = Server::start(Manner::Silent).await;
    let result = fails(&transport(TlsOptions::default()), &server.url("http"), None).await;
    assert_eq!(result, (ErrorKind::Transport, Outcome::Unknown));
    assert_eq!(server.accepted(), 1, "it is not for the transport to repeat");
}

#[tokio::test]
async fn a_handshake_that_is_cut_was_not_sent() {
    let server = Server::start(Manner::Cut).await;
    let result = fails(&transport(anyone()), &server.url("https"), None).await;
    assert_eq!(result, NOT_CONNECTED);
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_is_never_answered_ends_at_the_connect_timeout() {
    let server = Server::start(Manner::Stalled).await;
    let limit = Duration::from_secs(3);
    let transport =
        Transport::builder().tls(anyone()).connect_timeout(limit).build().expect("a transport");
    let start = Instant::now();
    let result = fails(&transport, &server.url("https"), None).await;
    assert_eq!(result, (ErrorKind::Timeout, Outcome::NotSent));
    assert_eq!(start.elapsed(), limit);
}

#[tokio::test]
async fn whoever_accepts_any_certificate_gets_an_answer_from_anyone() {
    let authority = Authority::new();
    for acceptor in [
        authority.acceptor("127.0.0.1"),
        authority.acceptor("other.invalid"),
        authority.expired_acceptor(),
    ] {
        let server = Server::start(Manner::Https(acceptor)).await;
        succeeds(&transport(anyone()), &server.url("https"), None).await;
    }
}

#[tokio::test]
async fn a_calls_own_tls_settings_win_over_the_transports() {
    let authority = Authority::new();
    let server = https(&authority).await;
    let url = server.url("https");
    let strict = transport(only(&Authority::new()));
    assert_eq!(fails(&strict, &url, None).await, REFUSED_BY_US);
    succeeds(&strict, &url, Some(only(&authority))).await;
    assert_eq!(fails(&strict, &url, None).await, REFUSED_BY_US);
}

#[tokio::test]
async fn a_connection_made_under_other_settings_is_never_used() {
    let authority = Authority::new();
    let server = https(&authority).await;
    let url = server.url("https");
    let lax = transport(anyone());
    succeeds(&lax, &url, None).await;
    let distrusting = only(&Authority::new());
    assert_eq!(fails(&lax, &url, Some(distrusting)).await, REFUSED_BY_US);
    assert_eq!(server.accepted(), 2);
    succeeds(&lax, &url, Some(only(&authority))).await;
    assert_eq!(server.accepted(), 3);
}

#[tokio::test]
async fn calls_with_equal_settings_share_connections() {
    let authority = Authority::new();
    let server = https(&authority).await;
    let (url, transport) = (server.url("https"), transport(only(&authority)));
    for _ in 0..2 {
        succeeds(&transport, &url, None).await;
        // The transport's own settings, given by the call.
        succeeds(&transport, &url, Some(only(&authority))).await;
    }
    assert_eq!(server.accepted(), 1);
    for _ in 0..2 {
        succeeds(&transport, &url, Some(anyone())).await;
    }
    assert_eq!(server.accepted(), 2);
}

#[tokio::test]
async fn a_connection_that_the_server_closed_while_idle_costs_no_error() {
    let server = Server::start(Manner::HttpOnce).await;
    let transport = transport(TlsOptions::default());
    for connections in 1..=5 {
        succeeds(&transport, &server.url("http"), None).await;
        server.closed(connections).await;
        assert_eq!(server.accepted(), connections);
    }
}

#[test]
fn a_transport_is_built_outside_a_runtime_and_shows_its_settings() {
    let transport = Transport::builder()
        .idle_timeout(Duration::from_secs(7))
        .max_connections(3)
        .tls(anyone())
        .build()
        .expect("a transport");
    let shown = format!("{transport:?}");
    for setting in ["connect_timeout: 5s", "idle_timeout: 7s", "max_connections: 3"] {
        assert!(shown.contains(setting), "{shown}");
    }
}
