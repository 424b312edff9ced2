//! The operating system's certificate store, and what is trusted of it.

use std::error::Error as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry;

use super::trust::Warnings;
use super::*;
use crate::transport::tls::roots::{Loaded, NativeRoots};

/// A transport on a system with this store.
fn on(store: &'static NativeRoots, tls: TlsOptions) -> Transport {
    Transport::builder().native_roots(store).tls(tls).build().expect("a transport")
}

fn ca_of_the_system() -> &'static Authority {
    static CA: OnceLock<Authority> = OnceLock::new();
    CA.get_or_init(Authority::new)
}

fn one_ca() -> Loaded {
    let ca = CertificateDer::from_pem_slice(ca_of_the_system().pem.as_bytes()).expect("a CA");
    let unread = vec!["one file of many is not readable".to_owned()];
    Loaded { certificates: vec![ca], unread, variables: None }
}

#[tokio::test]
async fn the_systems_cas_are_trusted_by_name_and_where_nothing_is_set() {
    static STORE: NativeRoots = NativeRoots::new(one_ca);
    let server = https(ca_of_the_system()).await;
    succeeds(&on(&STORE, TlsOptions::native_roots()), &server.url("https"), None).await;
    let by_default = Transport::builder().native_roots(&STORE).build().expect("a transport");
    succeeds(&by_default, &server.url("https"), None).await;
    let other = Authority::new();
    let only_other = on(&STORE, other.as_only_ca());
    assert_eq!(fails(&only_other, &server.url("https"), None).await, REFUSED_BY_US);
    let both = on(&STORE, other.as_only_ca().and_native_roots().expect("CAs"));
    succeeds(&both, &server.url("https"), None).await;
    succeeds(&both, &https(&other).await.url("https"), None).await;
}

#[tokio::test]
async fn the_store_is_read_once_and_only_when_a_connection_needs_it() {
    static READ: AtomicUsize = AtomicUsize::new(0);
    static STORE: NativeRoots = NativeRoots::new(|| {
        READ.fetch_add(1, Ordering::Relaxed);
        one_ca()
    });
    let server = https(ca_of_the_system()).await;
    let transports = [TlsVersion::V1_2, TlsVersion::V1_3]
        .map(|version| on(&STORE, TlsOptions::native_roots().min_version(version)));
    let elsewhere = Authority::new();
    let url = https(&elsewhere).await.url("https");
    succeeds(&transports[0], &url, Some(elsewhere.as_only_ca())).await;
    assert_eq!(READ.load(Ordering::Relaxed), 0);
    // More settings than there are connectors kept.
    for _ in 0..20 {
        let call = Authority::new().as_only_ca().and_native_roots().expect("CAs");
        succeeds(&transports[0], &server.url("https"), Some(call)).await;
    }
    for transport in &transports {
        succeeds(transport, &server.url("https"), None).await;
    }
    assert_eq!(READ.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn an_empty_store_is_a_tls_error_before_connecting_that_says_why_and_what_to_do() {
    static EMPTY: NativeRoots = NativeRoots::new(Loaded::default);
    static UNREADABLE: NativeRoots = NativeRoots::new(|| {
        let unread = vec!["/etc/ssl/cert.pem: denied".to_owned()];
        Loaded { unread, ..Loaded::default() }
    });
    static UNUSABLE: NativeRoots = NativeRoots::new(|| {
        let certificates = vec![CertificateDer::from(vec![0; 9])];
        Loaded { certificates, ..Loaded::default() }
    });
    let server = https(&Authority::new()).await;
    for (store, why) in [
        (&EMPTY, "no certificates were found"),
        (&UNREADABLE, "/etc/ssl/cert.pem: denied"),
        (&UNUSABLE, "none of the 1 certificates found"),
    ] {
        let transport = on(store, TlsOptions::native_roots());
        let error = error(&transport, &server.url("https"), None).await;
        assert_eq!((error.kind(), error.outcome()), REFUSED_BY_US);
        let text = error.to_string();
        assert!(text.contains("ca-certificates") && text.contains("ca_file"), "{text}");
        assert!(error.source().expect("a cause").to_string().contains(why));
    }
    assert_eq!(server.accepted(), 0);
}

#[tokio::test]
async fn a_store_that_was_empty_is_read_again() {
    static READ: AtomicUsize = AtomicUsize::new(0);
    static STORE: NativeRoots = NativeRoots::new(|| match READ.fetch_add(1, Ordering::Relaxed) {
        0 => Loaded::default(),
        _ => one_ca(),
    });
    let server = https(ca_of_the_system()).await;
    let transport = on(&STORE, TlsOptions::native_roots());
    assert_eq!(fails(&transport, &server.url("https"), None).await, REFUSED_BY_US);
    succeeds(&transport, &server.url("https"), None).await;
}

fn misnamed() -> Loaded {
    let unread = vec!["SSL_CERT_FILE names /no/such.pem, which does not exist".to_owned()];
    Loaded { unread, variables: Some("SSL_CERT_FILE"), ..Loaded::default() }
}

#[tokio::test]
async fn a_variable_that_names_no_store_is_named_with_its_remedy() {
    static MISNAMED: NativeRoots = NativeRoots::new(misnamed);
    let server = https(&Authority::new()).await;
    let transport = on(&MISNAMED, TlsOptions::native_roots());
    let error = error(&transport, &server.url("https"), None).await;
    assert_eq!((error.kind(), error.outcome()), REFUSED_BY_US);
    let text = error.to_string();
    for part in ["/no/such.pem, which does not exist", "unset SSL_CERT_FILE", "ca_file"] {
        assert!(text.contains(part), "{text}");
    }
    assert!(!text.contains("ca-certificates"), "they would not be read: {text}");
}

#[tokio::test]
async fn a_ca_that_is_given_is_enough_where_the_system_has_none() {
    static MISNAMED: NativeRoots = NativeRoots::new(misnamed);
    let warnings = Warnings::default();
    let _subscriber = tracing::subscriber::set_default(registry().with(warnings.clone()));
    let authority = Authority::new();
    let both = on(&MISNAMED, authority.as_only_ca().and_native_roots().expect("CAs"));
    for _ in 0..2 {
        succeeds(&both, &https(&authority).await.url("https"), None).await;
    }
    assert_eq!(warnings.count(), 1);
    let stranger = https(&Authority::new()).await;
    assert_eq!(fails(&both, &stranger.url("https"), None).await, REFUSED_BY_US);
}

#[tokio::test]
async fn a_store_that_could_not_be_read_is_read_again_beside_a_ca_that_is_given() {
    static READ: AtomicUsize = AtomicUsize::new(0);
    static STORE: NativeRoots = NativeRoots::new(|| match READ.fetch_add(1, Ordering::Relaxed) {
        0 => misnamed(),
        _ => one_ca(),
    });
    let authority = Authority::new();
    let both = on(&STORE, authority.as_only_ca().and_native_roots().expect("CAs"));
    let of_the_system = https(ca_of_the_system()).await;
    assert_eq!(fails(&both, &of_the_system.url("https"), None).await, REFUSED_BY_US);
    succeeds(&both, &of_the_system.url("https"), None).await;
    succeeds(&both, &https(&authority).await.url("https"), None).await;
    assert_eq!(READ.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn one_of_two_variables_that_names_no_store_is_a_warning() {
    static HALF: NativeRoots =
        NativeRoots::new(|| Loaded { certificates: one_ca().certificates, ..misnamed() });
    let warnings = Warnings::default();
    // A connection would read it on another thread.
    tracing::subscriber::with_default(registry().with(warnings.clone()), || {
        HALF.load().expect("a CA")
    });
    assert_eq!(warnings.count(), 1);
    let server = https(ca_of_the_system()).await;
    succeeds(&on(&HALF, TlsOptions::native_roots()), &server.url("https"), None).await;
}
