//! CAs, and the certificates that they issue.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{NamedGroup, RootCertStore, ServerConfig, SupportedProtocolVersion, version};
use secrecy::SecretSlice;
use tokio_rustls::TlsAcceptor;

use crate::{TlsIdentity, TlsOptions};

/// A CA.
pub(in crate::transport) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    pub(in crate::transport) pem: String,
}

impl Authority {
    /// A CA that signed itself, with a name of its own.
    pub(in crate::transport) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        Self::named(&format!("root {}", COUNT.fetch_add(1, Ordering::Relaxed)))
    }

    /// A CA that signed itself.
    pub(super) fn named(name: &str) -> Self {
        let key = KeyPair::generate().expect("a key");
        let params = Self::params(name);
        let certificate = params.self_signed(&key).expect("a certificate");
        Self {
            pem: certificate.pem(),
            certificate: certificate.der().clone(),
            issuer: Issuer::new(params, key),
        }
    }

    /// A CA that this one signed.
    pub(in crate::transport) fn intermediate(&self) -> Self {
        let key = KeyPair::generate().expect("a key");
        let params = Self::params("intermediate");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        Self {
            pem: certificate.pem(),
            certificate: certificate.der().clone(),
            issuer: Issuer::new(params, key),
        }
    }

    fn params(name: &str) -> CertificateParams {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
    }

    /// Options of a client that trusts this CA alone.
    pub(in crate::transport) fn as_only_ca(&self) -> TlsOptions {
        TlsOptions::ca_pem(self.pem.as_bytes()).expect("a CA")
    }

    /// A certificate for this host.
    pub(super) fn issue(&self, host: &str) -> Issued {
        self.issue_with(host, |_| {})
    }

    pub(super) fn issue_with(
        &self,
        host: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Issued {
        let mut params = CertificateParams::new([host.to_owned()]).expect("a host");
        change(&mut params);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        Issued::new(&certificate, key)
    }

    /// A server's side with a certificate for this host.
    pub(super) fn acceptor(&self, host: &str) -> TlsAcceptor {
        self.issue(host).acceptor()
    }

    /// A server's side with a certificate for 127.0.0.1 that expired with 2001.
    pub(super) fn expired_acceptor(&self) -> TlsAcceptor {
        let years = |params: &mut CertificateParams| {
            params.not_before = date_time_ymd(2001, 1, 1);
            params.not_after = date_time_ymd(2002, 1, 1);
        };
        self.issue_with("127.0.0.1", years).acceptor()
    }

    /// A server's side with a certificate for 127.0.0.1 that begins with 2090.
    pub(super) fn premature_acceptor(&self) -> TlsAcceptor {
        let years = |params: &mut CertificateParams| {
            params.not_before = date_time_ymd(2090, 1, 1);
            params.not_after = date_time_ymd(2091, 1, 1);
        };
        self.issue_with("127.0.0.1", years).acceptor()
    }
}

/// A certificate with its key, and how a server uses it.
pub(super) struct Issued {
    chain: Vec<CertificateDer<'static>>,
    key: KeyPair,
    pub(super) pem: String,
    versions: Vec<&'static SupportedProtocolVersion>,
    clients: Option<CertificateDer<'static>>,
    protocols: Vec<Vec<u8>>,
    group: Option<NamedGroup>,
}

impl Issued {
    /// A certificate for this host that no CA signed.
    pub(super) fn by_itself(host: &str) -> Self {
        Self::by_itself_with(host, |_| {})
    }

    /// A certificate for this host that no CA signed and that is one itself, as `openssl req -x509`
    /// makes it.
    pub(super) fn by_itself_as_ca(host: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        Self::by_itself_with(host, |params| {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            change(params);
        })
    }

    fn by_itself_with(host: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new([host.to_owned()]).expect("a host");
        change(&mut params);
        Self::new(&params.self_signed(&key).expect("a certificate"), key)
    }

    fn new(certificate: &rcgen::Certificate, key: KeyPair) -> Self {
        Self {
            chain: vec![certificate.der().clone()],
            key,
            pem: certificate.pem(),
            versions: vec![&version::TLS13, &version::TLS12],
            clients: None,
            protocols: Vec::new(),
            group: None,
        }
    }

    /// Sends the certificate of this CA along.
    pub(super) fn with(mut self, ca: &Authority) -> Self {
        self.chain.push(ca.certificate.clone());
        self
    }

    /// Speaks this version of TLS only.
    pub(super) fn only(mut self, version: &'static SupportedProtocolVersion) -> Self {
        self.versions = vec![version];
        self
    }

    /// Exchanges keys like this only.
    pub(super) fn agreeing_on(mut self, group: NamedGroup) -> Self {
        self.group = Some(group);
        self
    }

    /// Asks for client certificates of this CA.
    pub(super) fn for_clients_of(mut self, ca: &Authority) -> Self {
        self.clients = Some(ca.certificate.clone());
        self
    }

    /// Offers this protocol (ALPN).
    #[cfg(feature = "http2")]
    pub(super) fn speaking(mut self, protocol: &str) -> Self {
        self.protocols.push(protocol.into());
        self
    }

    /// The certificate of this one with the key of another: what somebody in between can show.
    pub(super) fn with_key_of(mut self, other: Self) -> Self {
        self.key = other.key;
        self
    }

    pub(super) fn acceptor(self) -> TlsAcceptor {
        let mut provider = aws_lc_rs::default_provider();
        provider.kx_groups.retain(|known| self.group.is_none_or(|group| known.name() == group));
        let provider = Arc::new(provider);
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.serialize_der()));
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&self.versions)
            .expect("TLS versions");
        let builder = match self.clients {
            None => builder.with_no_client_auth(),
            Some(ca) => {
                let mut roots = RootCertStore::empty();
                roots.add(ca).expect("a CA");
                let verifier = WebPkiClientVerifier::builder_with_provider(
                    Arc::new(roots),
                    Arc::clone(&provider),
                );
                builder.with_client_cert_verifier(verifier.build().expect("a verifier"))
            }
        };
        let key = provider.key_provider.load_private_key(key).expect("a key");
        // It does not ask whether they belong together.
        let shown = SingleCertAndKey::from(CertifiedKey::new(self.chain, key));
        let mut config = builder.with_cert_resolver(Arc::new(shown));
        config.alpn_protocols = self.protocols;
        TlsAcceptor::from(Arc::new(config))
    }

    pub(super) fn key_pem(&self) -> String {
        self.key.serialize_pem()
    }

    /// What a client presents.
    pub(super) fn identity(&self) -> TlsIdentity {
        let key = SecretSlice::from(self.key_pem().into_bytes());
        TlsIdentity::pem(self.pem.as_bytes(), &key).expect("certificate and key")
    }
}
