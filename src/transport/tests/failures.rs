//! What goes wrong, and whether the error says what to do about it.

use rustls::{AlertDescription, CertificateError, Error as TlsError, PeerIncompatible, version};

use super::*;

/// Asserts that an error's sentence names something.
fn names(error: &Error, what: &str) {
    assert!(error.to_string().contains(what), "{what} is not named: {error}");
}

/// Why a certificate was not accepted.
fn distrust(error: &Error) -> &CertificateError {
    assert_eq!((error.kind(), error.outcome()), REFUSED_BY_US);
    match find(error) {
        Some(TlsError::InvalidCertificate(why)) => why,
        other => panic!("not about a certificate: {other:?}"),
    }
}

#[tokio::test]
async fn an_unknown_ca_is_an_error_that_says_where_an_instances_ca_is() {
    let server = https(&Authority::new()).await;
    let error = error(&transport(Authority::new().as_only_ca()), &server.url("https"), None).await;
    assert!(matches!(distrust(&error), CertificateError::UnknownIssuer));
    names(&error, "KMS console");
    names(&error, "CA file");
}

#[tokio::test]
async fn another_ca_of_the_same_name_is_an_error_that_asks_for_the_file() {
    let server = https(&Authority::named("instances")).await;
    let tls = Authority::named("instances").as_only_ca();
    let error = error(&transport(tls), &server.url("https"), None).await;
    assert!(matches!(distrust(&error), CertificateError::BadSignature));
    names(&error, "CA file");
}

#[tokio::test]
async fn an_expired_certificate_is_an_error_that_says_since_when() {
    let authority = Authority::new();
    let server = Server::start(Manner::Https(authority.expired_acceptor())).await;
    let error = error(&transport(authority.as_only_ca()), &server.url("https"), None).await;
    assert!(matches!(distrust(&error), CertificateError::ExpiredContext { .. }));
    names(&error, "01 Jan 2002");
}

#[tokio::test]
async fn a_certificate_of_the_future_is_an_error_that_asks_for_the_clock() {
    let authority = Authority::new();
    let server = Server::start(Manner::Https(authority.premature_acceptor())).await;
    let error = error(&transport(authority.as_only_ca()), &server.url("https"), None).await;
    assert!(matches!(distrust(&error), CertificateError::NotValidYetContext { .. }));
    names(&error, "01 Jan 2090");
    names(&error, "clock");
}

#[tokio::test]
async fn a_certificate_for_another_host_is_an_error_that_names_both() {
    let authority = Authority::new();
    let server = Server::start(Manner::Https(authority.acceptor("other.invalid"))).await;
    let error = error(&transport(authority.as_only_ca()), &server.url("https"), None).await;
    assert!(matches!(distrust(&error), CertificateError::NotValidForNameContext { .. }));
    names(&error, "other.invalid");
    names(&error, "127.0.0.1");
}

#[tokio::test]
async fn a_server_of_older_versions_only_is_an_error_that_says_so() {
    let authority = Authority::new();
    let issued = authority.issue("127.0.0.1").only(&version::TLS12);
    let server = Server::start(Manner::Https(issued.acceptor())).await;
    let tls = authority.as_only_ca().min_version(TlsVersion::V1_3);
    let error = error(&transport(tls), &server.url("https"), None).await;
    assert_eq!((error.kind(), error.outcome()), REFUSED_BY_US);
    match find(&error) {
        Some(
            TlsError::AlertReceived(AlertDescription::ProtocolVersion)
            | TlsError::PeerIncompatible(PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig),
        ) => names(&error, "minimum"),
        other => panic!("not about versions: {other:?}"),
    }
}

#[tokio::test]
async fn an_address_that_is_a_dns_name_in_the_certificate_is_an_error_that_says_so() {
    let authority = Authority::new();
    let issued = authority.issue_with("127.0.0.1", |params| {
        let name = "127.0.0.1".try_into().expect("ASCII");
        params.subject_alt_names = vec![rcgen::SanType::DnsName(name)];
    });
    let server = Server::start(Manner::Https(issued.acceptor())).await;
    let error = error(&transport(authority.as_only_ca()), &server.url("https"), None).await;
    assert!(matches!(distrust(&error), CertificateError::NotValidForNameContext { .. }));
    names(&error, "as a DNS name");
    names(&error, "IP:127.0.0.1");
}

#[tokio::test]
async fn a_server_without_its_key_is_an_error_that_blames_no_ca() {
    for version in [&version::TLS12, &version::TLS13] {
        let authority = Authority::new();
        let issued = || authority.issue("127.0.0.1").only(version);
        for tls in [anyone(), authority.as_only_ca()] {
            let stolen = issued().with_key_of(issued()).acceptor();
            let server = Server::start(Manner::Https(stolen)).await;
            let error = error(&transport(tls), &server.url("https"), None).await;
            assert_eq!((error.kind(), error.outcome()), REFUSED_BY_US);
            names(&error, "does not have the key");
        }
    }
}

#[tokio::test]
async fn https_to_a_port_of_plain_http_is_an_error_that_says_so() {
    let server = Server::start(Manner::Says(b"HTTP/1.1 400 Bad Request\r\n\r\n")).await;
    let error = error(&transport(anyone()), &server.url("https"), None).await;
    assert_eq!((error.kind(), error.outcome()), REFUSED_BY_US);
    assert!(matches!(find(&error), Some(TlsError::InvalidMessage(_))));
    names(&error, "port");
    names(&error, &server.address.to_string());
}

#[tokio::test]
async fn plain_http_to_a_port_of_https_is_an_error_that_says_so() {
    let authority = Authority::new();
    let real = https(&authority).await;
    // The alert `decode_error`, and nothing at all.
    let alert = Server::start(Manner::Says(&[0x15, 3, 3, 0, 2, 2, 50])).await;
    let silent = Server::start(Manner::Cut).await;
    for server in [real, alert, silent] {
        let error = error(&plain(), &server.url("http"), None).await;
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Transport, Outcome::Unknown));
        names(&error, "https");
    }
}

#[tokio::test]
async fn an_answer_that_is_malformed_is_told_from_one_that_is_not_http() {
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "canary: x\r\n".repeat(101));
    let long = format!("HTTP/1.1 200 OK\r\ncanary: {}\r\n\r\n", "x".repeat(1_000_000));
    for (answer, what) in [
        (many.as_str(), "head that is too large"),
        (&long, "head that is too large"),
        ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "Content-Length"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", "Content-Length"),
        ("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "Transfer-Encoding"),
        ("HTTP/1.1 200 OK\r\nca nary: x\r\n\r\n", "an invalid header"),
        ("HTTP/1.1 20 canary\r\n\r\n", "an invalid status line"),
        ("SSH-2.0-canary\r\n", "not HTTP"),
    ] {
        let server = Server::start(Manner::Says(answer.as_bytes().to_vec().leak())).await;
        let error = error(&plain(), &server.url("http"), None).await;
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Transport, Outcome::Unknown));
        names(&error, what);
        assert_eq!(error.to_string().contains("https"), what == "not HTTP", "{error}");
        assert!(!format!("{error:?}{error}").contains("canary"), "{error:?}");
    }
}

#[tokio::test]
async fn a_refused_connection_was_not_sent_and_names_the_host() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback");
    let address = listener.local_addr().expect("an address").to_string();
    drop(listener);
    let error = error(&plain(), &format!("http://{address}/"), None).await;
    assert_eq!((error.kind(), error.outcome()), NOT_CONNECTED);
    names(&error, &address);
}

#[tokio::test]
async fn a_host_that_does_not_exist_was_not_sent_and_is_named() {
    // Names under `invalid` never resolve (RFC 6761).
    let error = error(&transport(anyone()), "https://host.invalid/", None).await;
    assert_eq!((error.kind(), error.outcome()), NOT_CONNECTED);
    names(&error, "host.invalid");
    names(&error, "DNS");
}

#[tokio::test]
async fn a_uri_without_a_host_is_refused_without_showing_it() {
    for uri in ["/?Plaintext=canary-5f1d", "ftp://127.0.0.1/?Plaintext=canary-5f1d"] {
        let error = error(&plain(), uri, None).await;
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Config, Outcome::NotSent));
    }
}

#[tokio::test]
async fn a_server_that_closes_before_it_answers_may_have_acted() {
    let server = Server::start(Manner::Silent).await;
    let result = fails(&plain(), &server.url("http"), None).await;
    assert_eq!(result, (ErrorKind::Transport, Outcome::Unknown));
    assert_eq!(server.accepted(), 1, "it is not for the transport to repeat");
}

#[tokio::test]
async fn a_handshake_that_is_cut_was_not_sent() {
    let server = Server::start(Manner::Cut).await;
    let result = fails(&transport(anyone()), &server.url("https"), None).await;
    assert_eq!(result, NOT_CONNECTED);
}
