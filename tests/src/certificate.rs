//! Certificates made for a test.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use tokio_rustls::TlsAcceptor;

/// A CA, and servers that it signs for.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    /// Creates a CA with a new key.
    pub fn generate() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("a CA");
        Self { issuer }
    }

    /// Returns the certificate of the CA.
    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// A server for `127.0.0.1`.
    pub fn server(&self) -> TlsAcceptor {
        self.acceptor(Self::params("127.0.0.1"))
    }

    /// A server for another host.
    pub fn server_of_another_host(&self) -> TlsAcceptor {
        self.acceptor(Self::params("kms.example.com"))
    }

    /// A server for `127.0.0.1` that asks for a client certificate.
    pub fn server_that_asks(&self, clients: Arc<dyn ClientCertVerifier>) -> TlsAcceptor {
        self.accepting(Self::params("127.0.0.1"), clients)
    }

    /// A server whose certificate ran out long ago.
    pub fn expired_server(&self) -> TlsAcceptor {
        let mut params = Self::params("127.0.0.1");
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(2002, 1, 1);
        self.acceptor(params)
    }

    fn params(name: &str) -> CertificateParams {
        CertificateParams::new(vec![name.to_owned()]).expect("a name")
    }

    fn acceptor(&self, params: CertificateParams) -> TlsAcceptor {
        self.accepting(params, WebPkiClientVerifier::no_client_auth())
    }

    fn accepting(
        &self,
        params: CertificateParams,
        clients: Arc<dyn ClientCertVerifier>,
    ) -> TlsAcceptor {
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("TLS versions")
            .with_client_cert_verifier(clients)
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("a server's certificate");
        TlsAcceptor::from(Arc::new(config))
    }
}
