//! What is taken for a CA, and from where.

use std::path::Path;

use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, date_time_ymd};
use rustls::{CertificateError, Error as TlsError, version};

use super::authority::Issued;
use super::trust::Directory;
use super::*;

fn der(pem: &str) -> Vec<u8> {
    let tls = TlsOptions::ca_pem(pem.as_bytes()).expect("a CA");
    tls.ca_certificates().next().expect("one").to_vec()
}

fn labelled(label: &str, der: &[u8]) -> String {
    let base64 = STANDARD.encode(der);
    format!("-----BEGIN {label}-----\r\n{base64}\r\n-----END {label}-----\r\n")
}

fn count(tls: &TlsOptions) -> usize {
    tls.ca_certificates().count()
}

/// Why a server is not believed whose certificate is given as the CA.
async fn distrust(issued: Issued, given: &str) -> CertificateError {
    let server = Server::start(Manner::Https(issued.acceptor())).await;
    let tls = TlsOptions::ca_pem(given.as_bytes()).expect("a certificate");
    let error = error(&transport(tls), &server.url("https"), None).await;
    assert_eq!((error.kind(), error.outcome()), REFUSED_BY_US);
    match find(&error) {
        Some(TlsError::InvalidCertificate(why)) => why.clone(),
        other => panic!("not about a certificate: {other:?}"),
    }
}

#[tokio::test]
async fn a_servers_own_certificate_is_trusted_where_it_is_given_though_it_is_a_ca() {
    for version in [&version::TLS12, &version::TLS13] {
        let issued = Issued::by_itself_as_ca("127.0.0.1", |_| {}).only(version);
        let tls = TlsOptions::ca_pem(issued.pem.as_bytes()).expect("a certificate");
        let server = Server::start(Manner::Https(issued.acceptor())).await;
        succeeds(&transport(tls), &server.url("https"), None).await;
    }
}

#[tokio::test]
async fn a_servers_own_certificate_is_trusted_where_it_is_given_though_another_ca_issued_it() {
    let (root, intermediate) = (Authority::new(), Authority::new().intermediate());
    for version in [&version::TLS12, &version::TLS13] {
        for issued in [
            root.issue("127.0.0.1"),
            root.issue("127.0.0.1").with(&root),
            intermediate.issue("127.0.0.1").with(&intermediate),
        ] {
            let issued = issued.only(version);
            let tls = TlsOptions::ca_pem(issued.pem.as_bytes()).expect("a certificate");
            let server = Server::start(Manner::Https(issued.acceptor())).await;
            succeeds(&transport(tls), &server.url("https"), None).await;
        }
    }
}

#[tokio::test]
async fn a_servers_own_certificate_must_be_that_very_one_and_valid_and_of_its_name_and_key() {
    let authority = Authority::new();
    let as_ca =
        |host: &str, change: &dyn Fn(&mut CertificateParams)| Issued::by_itself_as_ca(host, change);
    let as_leaf =
        |host: &str, change: &dyn Fn(&mut CertificateParams)| authority.issue_with(host, change);
    type Issue<'a> = &'a dyn Fn(&str, &dyn Fn(&mut CertificateParams)) -> Issued;
    for issue in [&as_ca as Issue<'_>, &as_leaf] {
        let issued = |host: &str| issue(host, &|_| {});
        let another = issued("127.0.0.1").pem;
        let why = distrust(issued("127.0.0.1"), &another).await;
        let is_unknown =
            matches!(why, CertificateError::Other(_) | CertificateError::UnknownIssuer);
        assert!(is_unknown, "{why:?}");

        let of_another_name = issued("other.invalid");
        let given = of_another_name.pem.clone();
        let why = distrust(of_another_name, &given).await;
        assert!(matches!(why, CertificateError::NotValidForNameContext { .. }), "{why:?}");

        for (from, to) in [(2001, 2002), (2090, 2091)] {
            let outdated = issue("127.0.0.1", &|params| {
                params.not_before = date_time_ymd(from, 1, 1);
                params.not_after = date_time_ymd(to, 1, 1);
            });
            let given = outdated.pem.clone();
            let why = distrust(outdated, &given).await;
            let is_about_time = matches!(
                why,
                CertificateError::ExpiredContext { .. }
                    | CertificateError::NotValidYetContext { .. }
            );
            assert!(is_about_time, "{why:?}");
        }

        let of_clients = issue("127.0.0.1", &|params| {
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        });
        let given = of_clients.pem.clone();
        let why = distrust(of_clients, &given).await;
        let is_about_usage = matches!(
            why,
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. }
        );
        assert!(is_about_usage, "{why:?}");

        for version in [&version::TLS12, &version::TLS13] {
            let stolen = issued("127.0.0.1").only(version);
            let given = stolen.pem.clone();
            let why = distrust(stolen.with_key_of(issued("127.0.0.1")), &given).await;
            assert!(matches!(why, CertificateError::Other(_)), "{why:?}");
        }
    }
}

#[tokio::test]
async fn a_ca_that_a_server_shows_as_its_own_is_an_error_that_says_what_to_do() {
    let server =
        Server::start(Manner::Https(Issued::by_itself_as_ca("127.0.0.1", |_| {}).acceptor()));
    let server = server.await;
    let error = error(&transport(Authority::new().as_only_ca()), &server.url("https"), None).await;
    assert_eq!((error.kind(), error.outcome()), REFUSED_BY_US);
    let text = error.to_string();
    assert!(text.contains("CA file") && text.contains("CA:TRUE"), "{text}");
}

#[test]
fn certificates_are_read_in_der_and_under_each_of_their_labels() {
    let (one, other) = (Authority::new().pem, Authority::new().pem);
    let (one_der, other_der) = (der(&one), der(&other));
    // OpenSSL's has behind the certificate what it is trusted for.
    let trusted = [&one_der[..], &[0x30, 0x02, 0x0c, 0x00]].concat();
    let directory = Directory::new();
    for (content, expected) in [
        (one_der.clone(), 1),
        ([&one_der[..], &other_der].concat(), 2),
        ([&one_der[..], b"\n"].concat(), 1),
        (labelled("X509 CERTIFICATE", &one_der).into_bytes(), 1),
        (labelled("TRUSTED CERTIFICATE", &trusted).into_bytes(), 1),
        (format!("Bag Attributes\n  name: x\n{one}text\n{other}").into_bytes(), 2),
        (format!("{one}{one}{other}{one}").into_bytes(), 2),
        (format!("{one}{}", labelled("PKCS7", b"1")).into_bytes(), 1),
    ] {
        let file = directory.write_bytes("ca.crt", &content);
        assert_eq!(count(&TlsOptions::ca_file(file).expect("CAs")), expected);
    }
    let tls = TlsOptions::ca_pem(labelled("TRUSTED CERTIFICATE", &trusted).as_bytes());
    assert_eq!(tls.expect("a CA"), TlsOptions::ca_pem(one.as_bytes()).expect("a CA"));
    let twice = TlsOptions::ca_pem(one.as_bytes()).and_then(|tls| tls.and_ca_pem(one.as_bytes()));
    assert_eq!(count(&twice.expect("CAs")), 1);
}

#[test]
fn a_block_that_is_no_certificate_is_named_where_there_is_none() {
    for (label, named) in [
        ("PKCS7", "PKCS7"),
        ("CERTIFICATE REQUEST", "CERTIFICATE REQUEST"),
        ("canary-5f1d", "unknown label"),
    ] {
        let error = TlsOptions::ca_pem(labelled(label, b"1").as_bytes()).expect_err(label);
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(named) && !shows_secret(&error.to_string()), "{error}");
    }
    let cut = Authority::new().pem.replace("-----END CERTIFICATE-----", "");
    for pem in [labelled("CERTIFICATE", b"1"), cut, labelled("X509 CERTIFICATE", b"")] {
        let error = TlsOptions::ca_pem(pem.as_bytes()).expect_err("damaged");
        assert_eq!(error.kind(), ErrorKind::Config);
    }
}

#[test]
fn of_a_directory_what_can_be_read_is_used() {
    let (one, other) = (Authority::new().pem, Authority::new().pem);
    let directory = Directory::new();
    let refused = |path: &Path| {
        let error = TlsOptions::ca_directory(path).expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(&*path.to_string_lossy()), "{error}");
    };
    let found = || count(&TlsOptions::ca_directory(&directory.0).expect("CAs"));
    refused(&directory.0.join("missing"));
    refused(&directory.0);
    directory.write("README", &one);
    directory.write("empty.pem", "");
    directory.write("key.pem", &Authority::new().issue("x").key_pem());
    directory
        .write("damaged.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    std::fs::create_dir(directory.0.join("old.crt")).expect("a folder");
    #[cfg(unix)]
    {
        let link = |to: &str, name: &str| {
            std::os::unix::fs::symlink(to, directory.0.join(name)).expect("a link");
        };
        link("/nonexistent", "gone.pem");
        link("loop.pem", "loop.pem");
    }
    refused(&directory.0);
    directory.write("9d66eef0.0", &one);
    assert_eq!(found(), 1);
    // The same under another name, and one that is partly damaged.
    directory.write_bytes("one.cer", &der(&one));
    directory.write("not-a-hash.1", &other);
    assert_eq!(found(), 1);
    directory.write("half.PEM", &format!("{other}{}", labelled("CERTIFICATE", b"1")));
    assert_eq!(found(), 2);
}
