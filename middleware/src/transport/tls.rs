//! How a server's certificate is checked.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use rustls::client::ClientConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{RootCertStore, version};

use super::verify::AcceptAny;
use crate::error::{Error, ErrorKind};

/// How a server's certificate is checked: against the roots that the crate's features name, against
/// given CAs only, or not at all.
///
/// Two that are equal share their connections.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct TlsOptions {
    trust: Trust,
}

#[derive(Clone, Default, PartialEq, Eq, Hash)]
enum Trust {
    #[default]
    Roots,
    Only(Arc<[CertificateDer<'static>]>),
    RootsAnd(Arc<[CertificateDer<'static>]>),
    Anyone,
}

impl TlsOptions {
    /// Trusts the CAs of a PEM file, and no others.
    ///
    /// Any certificate in it is an anchor, also one that another CA signed: an instance's CA is an
    /// intermediate.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: the file cannot be read or holds no certificate; the message names it.
    pub fn ca_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let pem = std::fs::read(path).map_err(|error| {
            Error::new(ErrorKind::Config, format!("the CA file {} cannot be read", path.display()))
                .with_source(error)
        })?;
        Self::of_pem(&pem, &format!("the CA file {}", path.display()))
    }

    /// Trusts the CAs of a PEM text, and no others.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: it holds no certificate.
    pub fn ca_pem(pem: &[u8]) -> Result<Self, Error> {
        Self::of_pem(pem, "the CA")
    }

    /// Trusts the default roots beside the given CAs.
    #[must_use]
    pub fn and_roots(self) -> Self {
        let trust = match self.trust {
            Trust::Only(certificates) => Trust::RootsAnd(certificates),
            other => other,
        };
        Self { trust }
    }

    /// Accepts every certificate: whoever is on the way can read and change everything.
    ///
    /// For tests only. A warning is logged when it is used.
    pub fn danger_accept_any_certificate() -> Self {
        Self { trust: Trust::Anyone }
    }

    fn of_pem(pem: &[u8], what: &str) -> Result<Self, Error> {
        let wrong = |why| Error::new(ErrorKind::Config, format!("{what} {why}"));
        let certificates = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| wrong("is not PEM: expected -----BEGIN CERTIFICATE----- blocks"))?;
        if certificates.is_empty() {
            return Err(wrong("holds no certificate: expected -----BEGIN CERTIFICATE-----"));
        }
        let options = Self { trust: Trust::Only(certificates.into()) };
        match options.roots() {
            Ok(_) => Ok(options),
            Err(_) => Err(wrong("holds a certificate that is not X.509")),
        }
    }

    pub(super) fn client_config(&self) -> Result<ClientConfig, Error> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&version::TLS13, &version::TLS12])
            .map_err(|error| {
                Error::new(ErrorKind::Config, "no TLS version is usable").with_source(error)
            })?;
        if self.trust == Trust::Anyone {
            return Ok(accept_any(builder, &provider));
        }
        Ok(builder.with_root_certificates(self.roots()?).with_no_client_auth())
    }

    fn roots(&self) -> Result<RootCertStore, Error> {
        let mut roots = RootCertStore::empty();
        if let Trust::Only(certificates) | Trust::RootsAnd(certificates) = &self.trust {
            for certificate in &**certificates {
                roots.add(certificate.clone()).map_err(|error| {
                    Error::new(ErrorKind::Config, "a CA is not an X.509 certificate")
                        .with_source(error)
                })?;
            }
        }
        if let Trust::Roots | Trust::RootsAnd(_) = &self.trust {
            #[cfg(feature = "webpki-roots")]
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
            #[cfg(feature = "native-roots")]
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
        Ok(roots)
    }
}

fn accept_any(
    builder: rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>,
    provider: &CryptoProvider,
) -> ClientConfig {
    tracing::warn!("servers' certificates are not checked: connections can be intercepted");
    builder
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AcceptAny::new(provider)))
        .with_no_client_auth()
}

impl fmt::Debug for TlsOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.trust {
            Trust::Roots => f.write_str("TlsOptions(default roots)"),
            Trust::Only(certificates) => write!(f, "TlsOptions({} CAs)", certificates.len()),
            Trust::RootsAnd(certificates) => {
                write!(f, "TlsOptions(default roots and {} CAs)", certificates.len())
            }
            Trust::Anyone => f.write_str("TlsOptions(any certificate: not checked)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ca_file_that_is_not_one_is_an_error_that_names_it() {
        let missing = TlsOptions::ca_file("/nonexistent/ca.pem").expect_err("no such file");
        assert_eq!(missing.kind(), ErrorKind::Config);
        assert!(missing.to_string().contains("/nonexistent/ca.pem"));
        for text in ["", "not PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"]
        {
            let error = TlsOptions::ca_pem(text.as_bytes()).expect_err(text);
            assert_eq!(error.kind(), ErrorKind::Config);
        }
    }

    #[cfg(feature = "webpki-roots")]
    #[test]
    fn given_cas_stand_alone_unless_the_roots_are_asked_for() {
        let key = rcgen::KeyPair::generate().expect("a key");
        let ca = rcgen::CertificateParams::default().self_signed(&key).expect("a certificate");
        let given = TlsOptions::ca_pem(ca.pem().as_bytes()).expect("a CA");
        assert_eq!(given.roots().expect("anchors").len(), 1);
        let both = given.clone().and_roots();
        assert!(both.roots().expect("anchors").len() > 10);
        assert_ne!(given, both, "their connections are not shared");
    }
}
