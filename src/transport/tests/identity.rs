//! Clients that present a certificate of their own.

use rustls::{AlertDescription, Error as TlsError, version};
use secrecy::SecretSlice;

use super::trust::Directory;
use super::*;
use crate::TlsIdentity;

/// A server that answers clients of `clients` alone, in either version of TLS.
async fn servers(authority: &Authority, clients: &Authority) -> [Server; 2] {
    let issue = || authority.issue("127.0.0.1").for_clients_of(clients);
    [
        Server::start(Manner::Https(issue().only(&version::TLS12).acceptor())).await,
        Server::start(Manner::Https(issue().only(&version::TLS13).acceptor())).await,
    ]
}

fn alert(error: &Error) -> AlertDescription {
    match find(error) {
        Some(TlsError::AlertReceived(alert)) => *alert,
        other => panic!("no alert: {other:?}"),
    }
}

#[tokio::test]
async fn a_client_certificate_is_presented_to_servers_that_ask_for_one() {
    let (authority, clients) = (Authority::new(), Authority::new());
    let client = clients.issue("client");
    let tls = authority.as_only_ca().identity(client.identity());
    for server in servers(&authority, &clients).await {
        let url = server.url("https");
        succeeds(&transport(tls.clone()), &url, None).await;
        let shown = server.handshake().certificates;
        assert_eq!(shown.len(), 1);
        // For one call, too.
        let without = transport(authority.as_only_ca());
        succeeds(&without, &url, Some(tls.clone())).await;
    }
}

#[tokio::test]
async fn a_client_without_the_certificate_that_is_asked_for_is_told_so() {
    let (authority, clients) = (Authority::new(), Authority::new());
    let [older, newer] = servers(&authority, &clients).await;
    let transport = transport(authority.as_only_ca());
    let error = error(&transport, &newer.url("https"), None).await;
    assert_eq!((error.kind(), error.outcome()), REFUSED_BY_US);
    assert_eq!(alert(&error), AlertDescription::CertificateRequired);
    assert!(error.to_string().contains("client certificate"), "{error}");
    assert_eq!(fails(&transport, &older.url("https"), None).await, REFUSED_BY_US);
}

#[tokio::test]
async fn a_client_certificate_of_another_ca_is_refused_by_the_server() {
    let (authority, clients) = (Authority::new(), Authority::named("clients"));
    for (other, expected) in [
        (Authority::new(), AlertDescription::UnknownCA),
        (Authority::named("clients"), AlertDescription::DecryptError),
    ] {
        let stranger = other.issue("client");
        let transport = transport(authority.as_only_ca().identity(stranger.identity()));
        for server in servers(&authority, &clients).await {
            let error = error(&transport, &server.url("https"), None).await;
            assert_eq!((error.kind(), error.outcome()), REFUSED_BY_US);
            assert_eq!(alert(&error), expected);
            assert!(error.to_string().contains("client certificate"), "{error}");
        }
    }
}

#[tokio::test]
async fn the_certificate_of_the_key_comes_first_wherever_it_was() {
    let (authority, root) = (Authority::new(), Authority::new());
    let intermediate = root.intermediate();
    let client = intermediate.issue("client");
    let directory = Directory::new();
    let certificates = [&root.pem, &intermediate.pem, &client.pem].map(String::as_str).concat();
    let both = directory.write("client.pem", &[certificates, client.key_pem()].concat());
    let identity = TlsIdentity::pem_files(&both, &both).expect("a certificate and its key");
    let transport = transport(authority.as_only_ca().identity(identity));
    for server in servers(&authority, &root).await {
        succeeds(&transport, &server.url("https"), None).await;
        assert_eq!(server.handshake().certificates.len(), 3);
    }
}

#[test]
fn what_is_not_a_certificate_with_its_key_is_refused() {
    let (client, other) = (Authority::new().issue("client"), Authority::new().issue("other"));
    let (pem, key) = (client.pem.as_str(), client.key_pem());
    let encrypted = key.replace("PRIVATE", "ENCRYPTED PRIVATE");
    let several = [key.as_str(), &other.key_pem()].concat();
    let damaged = key.replace("MIG", "!!!");
    for (certificates, key) in [
        ("", &key[..]),
        (&key[..], &key[..]),
        (pem, pem),
        (pem, &encrypted),
        (pem, &several),
        (pem, &damaged),
        (&other.pem, &key),
    ] {
        let secret = SecretSlice::from(key.as_bytes().to_vec());
        let error = TlsIdentity::pem(certificates.as_bytes(), &secret).expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::Config);
        let body = &client.key_pem()[40..60];
        assert!(!format!("{error} {error:?}").contains(body));
    }
}

#[test]
fn a_file_that_cannot_be_used_is_named() {
    let directory = Directory::new();
    let client = Authority::new().issue("client");
    let certificate = directory.write("client.pem", &client.pem);
    let key = directory.write("client.key", &client.key_pem());
    assert!(TlsIdentity::pem_files(&certificate, &key).is_ok());
    let missing = directory.0.join("missing");
    for (certificate, key, named) in
        [(&missing, &key, &missing), (&certificate, &missing, &missing), (&key, &key, &key)]
    {
        let error = TlsIdentity::pem_files(certificate, key).expect_err("refused");
        assert!(error.to_string().contains(&*named.to_string_lossy()), "{error}");
    }
}

#[test]
fn identities_are_equal_by_certificate_and_show_its_fingerprint_alone() {
    let (one, other) = (Authority::new().issue("client"), Authority::new().issue("client"));
    assert_eq!(one.identity(), one.identity());
    assert_ne!(one.identity(), other.identity());
    let with = anyone().identity(one.identity());
    assert_ne!(with, anyone());
    assert_ne!(with, anyone().identity(other.identity()));
    let shown = format!("{with:?}");
    let fingerprint = format!("{:?}", one.identity());
    assert!(shown.contains(&fingerprint));
    assert_eq!(fingerprint.len(), "TlsIdentity()".len() + 64);
}
