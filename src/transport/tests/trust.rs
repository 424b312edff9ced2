//! Which servers are believed.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustls::{ProtocolVersion, version};
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry;

use super::authority::Issued;
use super::*;

#[tokio::test]
async fn plain_http_works_where_it_is_asked_for() {
    let server = Server::start(Manner::Http).await;
    succeeds(&plain(), &server.url("http"), None).await;
}

#[tokio::test]
async fn a_server_whose_ca_is_given_is_trusted() {
    let authority = Authority::new();
    let server = https(&authority).await;
    succeeds(&transport(authority.as_only_ca()), &server.url("https"), None).await;
}

#[tokio::test]
async fn an_intermediate_ca_is_an_anchor_whatever_the_server_sends_along() {
    let root = Authority::new();
    let intermediate = root.intermediate();
    for version in [&version::TLS12, &version::TLS13] {
        let alone = intermediate.issue("127.0.0.1").only(version);
        let with_ca = intermediate.issue("127.0.0.1").only(version).with(&intermediate);
        let with_all =
            intermediate.issue("127.0.0.1").only(version).with(&intermediate).with(&root);
        for issued in [alone, with_ca, with_all] {
            let server = Server::start(Manner::Https(issued.acceptor())).await;
            let trusting = transport(intermediate.as_only_ca());
            succeeds(&trusting, &server.url("https"), None).await;
            assert_eq!(server.handshake().version, version.version);
        }
    }
}

#[tokio::test]
async fn a_root_is_enough_where_the_server_sends_the_intermediate_along() {
    let root = Authority::new();
    let intermediate = root.intermediate();
    let issued = intermediate.issue("127.0.0.1").with(&intermediate);
    let server = Server::start(Manner::Https(issued.acceptor())).await;
    succeeds(&transport(root.as_only_ca()), &server.url("https"), None).await;
    let server = Server::start(Manner::Https(intermediate.acceptor("127.0.0.1"))).await;
    let result = fails(&transport(root.as_only_ca()), &server.url("https"), None).await;
    assert_eq!(result, REFUSED_BY_US);
}

#[tokio::test]
async fn a_certificate_that_no_ca_signed_is_its_own_anchor() {
    let issued = Issued::by_itself("127.0.0.1");
    let tls = TlsOptions::ca_pem(issued.pem.as_bytes()).expect("a certificate");
    let server = Server::start(Manner::Https(issued.acceptor())).await;
    succeeds(&transport(tls), &server.url("https"), None).await;
}

#[tokio::test]
async fn a_bundle_may_be_in_any_order_and_hold_other_things() {
    let (authority, other) = (Authority::new(), Authority::new());
    let key = Authority::new().issue("client").key_pem();
    let (ca, other) = (&authority.pem, &other.pem);
    let server = https(&authority).await;
    for bundle in [
        format!("{ca}{other}"),
        format!("{other}{key}{ca}"),
        format!("Issuer: caf\u{e9}\n{other}\n# the next one\n{ca}\nend"),
        format!("\u{feff}{key}{ca}").replace('\n', "\r\n"),
        ca.trim_end().to_owned(),
    ] {
        let tls = TlsOptions::ca_pem(bundle.as_bytes()).expect("CAs");
        succeeds(&transport(tls), &server.url("https"), None).await;
    }
}

#[tokio::test]
async fn cas_of_several_sources_are_trusted_together() {
    let [of_file, of_text, of_directory] = [0; 3].map(|_| Authority::new());
    let directory = Directory::new();
    let file = directory.write("one.txt", &of_file.pem);
    directory.write("many.CRT", &of_directory.pem);
    let tls = TlsOptions::ca_file(file)
        .and_then(|tls| tls.and_ca_pem(of_text.pem.as_bytes()))
        .and_then(|tls| tls.and_ca_directory(&directory.0))
        .expect("CAs");
    let transport = transport(tls);
    for authority in [&of_file, &of_text, &of_directory] {
        succeeds(&transport, &https(authority).await.url("https"), None).await;
    }
    let stranger = https(&Authority::new()).await;
    assert_eq!(fails(&transport, &stranger.url("https"), None).await, REFUSED_BY_US);
}

#[test]
fn a_ca_and_accepting_every_certificate_exclude_each_other() {
    let pem = Authority::new().pem;
    let error = anyone().and_ca_pem(pem.as_bytes()).expect_err("either or");
    assert_eq!(error.kind(), ErrorKind::Config);
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

/// The calls of a client are the business of its TLS layer.
#[tokio::test]
async fn a_transport_that_accepts_any_certificate_itself_warns_once_and_not_per_call() {
    let warnings = Warnings::default();
    let _subscriber = tracing::subscriber::set_default(registry().with(warnings.clone()));
    let authority = Authority::new();
    let server = https(&authority).await;
    let lax = transport(anyone());
    for _ in 0..3 {
        succeeds(&lax, &server.url("https"), None).await;
    }
    assert_eq!(warnings.count(), 1);
    let strict = transport(authority.as_only_ca());
    for _ in 0..3 {
        succeeds(&strict, &server.url("https"), Some(anyone())).await;
    }
    assert_eq!(warnings.count(), 1);
}

#[tokio::test]
async fn the_hosts_name_reaches_the_server_and_is_checked() {
    let authority = Authority::new();
    let server = Server::start(Manner::Https(authority.acceptor("gateway.test"))).await;
    let transport = Transport::builder()
        .tls(authority.as_only_ca())
        .resolver(everything_here())
        .build()
        .expect("a transport");
    let url = |host: &str| format!("https://{host}:{}/", server.address.port());
    succeeds(&transport, &url("gateway.test"), None).await;
    assert_eq!(server.handshake().server_name.as_deref(), Some("gateway.test"));
    assert_eq!(fails(&transport, &url("other.test"), None).await, REFUSED_BY_US);
    // An address is no name to send, and the certificate does not have it.
    assert_eq!(fails(&transport, &url("127.0.0.1"), None).await, REFUSED_BY_US);
}

#[tokio::test]
async fn an_older_version_than_the_minimum_is_refused() {
    let authority = Authority::new();
    let old = authority.issue("127.0.0.1").only(&version::TLS12);
    let old = Server::start(Manner::Https(old.acceptor())).await;
    let new = https(&authority).await;
    let any = transport(authority.as_only_ca());
    let new_only = transport(authority.as_only_ca().min_version(TlsVersion::V1_3));
    succeeds(&any, &old.url("https"), None).await;
    succeeds(&any, &new.url("https"), None).await;
    assert_eq!(new.handshake().version, ProtocolVersion::TLSv1_3);
    succeeds(&new_only, &new.url("https"), None).await;
    assert_eq!(fails(&new_only, &old.url("https"), None).await, REFUSED_BY_US);
}

#[tokio::test]
async fn a_calls_own_tls_settings_win_over_the_transports() {
    let authority = Authority::new();
    let server = https(&authority).await;
    let url = server.url("https");
    let strict = transport(Authority::new().as_only_ca());
    assert_eq!(fails(&strict, &url, None).await, REFUSED_BY_US);
    succeeds(&strict, &url, Some(authority.as_only_ca())).await;
    assert_eq!(fails(&strict, &url, None).await, REFUSED_BY_US);
}

#[tokio::test]
async fn a_connection_made_under_other_settings_is_never_used() {
    let authority = Authority::new();
    let server = https(&authority).await;
    let url = server.url("https");
    let lax = transport(anyone());
    succeeds(&lax, &url, None).await;
    let distrusting = Authority::new().as_only_ca();
    assert_eq!(fails(&lax, &url, Some(distrusting)).await, REFUSED_BY_US);
    assert_eq!(server.accepted(), 2);
    succeeds(&lax, &url, Some(authority.as_only_ca())).await;
    assert_eq!(server.accepted(), 3);
    let newer = authority.as_only_ca().min_version(TlsVersion::V1_3);
    succeeds(&lax, &url, Some(newer)).await;
    assert_eq!(server.accepted(), 4);
}

#[cfg(feature = "proxy")]
#[tokio::test]
async fn a_proxy_is_checked_like_the_server_behind_it_or_by_options_of_its_own() {
    let authority = Authority::new();
    // What it gets for a plain URL it answers itself.
    let front = https(&authority).await;
    let url = "http://kms.invalid/?Plaintext=canary-5f1d";
    let proxy = ProxyOptions::all(&format!("https://{}", front.address)).expect("a proxy");
    let through = |proxy: &ProxyOptions| Transport::builder().proxy(proxy.clone());
    let built = |builder: TransportBuilder| builder.build().expect("a transport");

    succeeds(&built(through(&proxy).tls(authority.as_only_ca())), url, None).await;
    let other = Authority::new().as_only_ca();
    let distrusting = built(through(&proxy).tls(other.clone()));
    assert_eq!(fails(&distrusting, url, None).await, REFUSED_BY_US);

    let own = proxy.clone().tls(authority.as_only_ca());
    succeeds(&built(through(&own).tls(other)), url, None).await;
    succeeds(&built(through(&own).without_default_trust()), url, None).await;
    let nothing = built(through(&proxy).without_default_trust());
    assert_eq!(fails(&nothing, url, None).await, (ErrorKind::Config, Outcome::NotSent));
}

#[tokio::test]
async fn calls_with_equal_settings_share_connections() {
    let authority = Authority::new();
    let server = https(&authority).await;
    let (url, transport) = (server.url("https"), transport(authority.as_only_ca()));
    for _ in 0..2 {
        succeeds(&transport, &url, None).await;
        // The transport's own settings, given by the call.
        succeeds(&transport, &url, Some(authority.as_only_ca())).await;
    }
    assert_eq!(server.accepted(), 1);
    for _ in 0..2 {
        succeeds(&transport, &url, Some(anyone())).await;
    }
    assert_eq!(server.accepted(), 2);
}

/// Counts warnings.
#[derive(Clone, Default)]
pub(super) struct Warnings(Arc<AtomicUsize>);

impl Warnings {
    pub(super) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Warnings {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() == tracing::Level::WARN {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// A directory of its own, removed on drop.
pub(in crate::transport) struct Directory(pub(in crate::transport) PathBuf);

impl Directory {
    pub(in crate::transport) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("kms-transport-test-{}-{count}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).expect("the temporary directory is writable");
        Self(path)
    }

    pub(in crate::transport) fn write(&self, name: &str, content: &str) -> PathBuf {
        self.write_bytes(name, content.as_bytes())
    }

    pub(super) fn write_bytes(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, content).expect("the directory is writable");
        path
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // Only tidiness: a directory that stays behind changes no result.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
