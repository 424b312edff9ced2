//! The client's own certificate and key (mTLS).

use std::fmt;
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::digest;
use rustls::client::ResolvesClientCert;
use rustls::crypto::aws_lc_rs::sign::any_supported_type;
use rustls::pki_types::{
    CertificateDer, PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer,
};
use rustls::sign::{CertifiedKey, SigningKey, SingleCertAndKey};
use secrecy::{ExposeSecret, SecretSlice};
use zeroize::Zeroizing;

use super::pem::{self, Block};
use crate::error::{Error, ErrorKind};

const PKCS8: &str = "PRIVATE KEY";
const PKCS1: &str = "RSA PRIVATE KEY";
const SEC1: &str = "EC PRIVATE KEY";
const ENCRYPTED: &str = "ENCRYPTED PRIVATE KEY";

/// A client certificate, with the CAs that lead to it and its private key.
///
/// The key can be an RSA, ECDSA or Ed25519 one. Clones share it; it is wiped when the last is gone.
/// `Debug` shows the certificate's SHA-256 fingerprint and nothing of the key.
#[derive(Clone)]
pub struct TlsIdentity {
    certified: Arc<CertifiedKey>,
}

impl TlsIdentity {
    /// Reads a PEM file with the certificate and the CAs that lead to it, and one with the key. They
    /// may be the same file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: a file cannot be read, or [`pem`](Self::pem) would refuse it; the
    /// message names it.
    pub fn pem_files(certificates: impl AsRef<Path>, key: impl AsRef<Path>) -> Result<Self, Error> {
        let read = |path: &Path, what: &str| {
            let what = format!("the {what} file {}", path.display());
            match std::fs::read(path) {
                Ok(content) => Ok((Zeroizing::new(content), what)),
                Err(error) => {
                    let message = format!("{what} cannot be read");
                    Err(Error::new(ErrorKind::Config, message).with_source(error))
                }
            }
        };
        let (certificates, certificates_file) = read(certificates.as_ref(), "client certificate")?;
        let (key, key_file) = read(key.as_ref(), "client key")?;
        Self::of(
            certificates_of(&certificates, &certificates_file)?,
            key_of(&key, &key_file)?,
            &format!("{certificates_file} and {key_file}"),
        )
    }

    /// Takes the certificate and the CAs that lead to it in PEM, in any order, and the key in PEM,
    /// unencrypted: PKCS#8, PKCS#1 or SEC1. Other blocks are passed over, so that both may be one
    /// text.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: there is no certificate, not exactly one key, the key is encrypted, or
    /// no certificate is that of the key.
    pub fn pem(certificates: &[u8], key: &SecretSlice<u8>) -> Result<Self, Error> {
        Self::of(
            certificates_of(certificates, "the client certificate")?,
            key_of(key.expose_secret(), "the client certificate's key")?,
            "the client certificate and the key",
        )
    }

    /// Takes the certificate and the CAs that lead to it in DER, in any order, and the key in PKCS#8.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: there is no certificate, or none is that of the key.
    pub fn der(
        certificates: impl IntoIterator<Item = Vec<u8>>,
        key: &SecretSlice<u8>,
    ) -> Result<Self, Error> {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.expose_secret()));
        let certificates = certificates.into_iter().map(CertificateDer::from).collect();
        let key = signing(&key, "the client certificate's key")?;
        Self::of(certificates, key, "the client certificate and the key")
    }

    /// The certificate of the key must come first; the order of the others is left.
    fn of(
        mut certificates: Vec<CertificateDer<'static>>,
        key: Arc<dyn SigningKey>,
        what: &str,
    ) -> Result<Self, Error> {
        let is_own = |certificate: &CertificateDer<'static>| {
            CertifiedKey::new(vec![certificate.clone()], Arc::clone(&key)).keys_match().is_ok()
        };
        let Some(own) = certificates.iter().position(is_own) else {
            let message = format!("{what} do not belong together: no certificate is of this key");
            return Err(Error::new(ErrorKind::Config, message));
        };
        certificates[..=own].rotate_right(1);
        Ok(Self { certified: Arc::new(CertifiedKey::new(certificates, key)) })
    }

    pub(super) fn resolver(&self) -> Arc<dyn ResolvesClientCert> {
        Arc::new(SingleCertAndKey::from(Arc::clone(&self.certified)))
    }
}

/// By their certificates: each has one key only.
impl PartialEq for TlsIdentity {
    fn eq(&self, other: &Self) -> bool {
        self.certified.cert == other.certified.cert
    }
}

impl Eq for TlsIdentity {}

impl Hash for TlsIdentity {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.certified.cert.hash(state);
    }
}

impl fmt::Debug for TlsIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TlsIdentity(")?;
        if let Some(own) = self.certified.cert.first() {
            for byte in digest::digest(&digest::SHA256, own).as_ref() {
                write!(f, "{byte:02x}")?;
            }
        }
        f.write_str(")")
    }
}

fn certificates_of(pem: &[u8], what: &str) -> Result<Vec<CertificateDer<'static>>, Error> {
    let wrong = |why| Error::new(ErrorKind::Config, format!("{what} {why}"));
    let found = pem::blocks(pem, &[pem::CERTIFICATE])
        .map_err(|_| wrong("has a damaged -----BEGIN CERTIFICATE----- block"))?;
    if found.is_empty() {
        return Err(wrong("holds no certificate: expected -----BEGIN CERTIFICATE-----"));
    }
    Ok(found.into_iter().map(|block| CertificateDer::from(block.der.to_vec())).collect())
}

fn key_of(pem: &[u8], what: &str) -> Result<Arc<dyn SigningKey>, Error> {
    let wrong = |why| Error::new(ErrorKind::Config, format!("{what} {why}"));
    let found = pem::blocks(pem, &[PKCS8, PKCS1, SEC1, ENCRYPTED])
        .map_err(|_| wrong("has a private key that is damaged, or encrypted: decrypt it first"))?;
    let (label, der) = match &found[..] {
        [Block { label: ENCRYPTED, .. }] => {
            return Err(wrong("has an encrypted private key: decrypt it first"));
        }
        [Block { label, der }] => (*label, der),
        [] => return Err(wrong("holds no private key: expected -----BEGIN PRIVATE KEY-----")),
        _ => return Err(wrong("holds several private keys: leave the one that is meant")),
    };
    let key = match label {
        PKCS1 => PrivateKeyDer::Pkcs1(PrivatePkcs1KeyDer::from(&der[..])),
        SEC1 => PrivateKeyDer::Sec1(PrivateSec1KeyDer::from(&der[..])),
        _ => PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(&der[..])),
    };
    signing(&key, what)
}

fn signing(key: &PrivateKeyDer<'_>, what: &str) -> Result<Arc<dyn SigningKey>, Error> {
    any_supported_type(key).map_err(|error| {
        let message = format!("{what} has a private key that is not RSA, ECDSA or Ed25519");
        Error::new(ErrorKind::Config, message).with_source(error)
    })
}
