//! The client's own certificate and key (mTLS).

use std::fmt;
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::digest;
use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING,
    EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RsaKeyPair,
};
use secrecy::{ExposeSecret, SecretSlice};
use zeroize::Zeroizing;

use super::pem::{self, Block};
use super::x509;
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
    /// In DER, the key's own first.
    certificates: Arc<[Vec<u8>]>,
    key: Arc<PrivateKey>,
}

struct PrivateKey {
    format: PrivateKeyFormat,
    der: SecretSlice<u8>,
}

/// How a private key is written in DER.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PrivateKeyFormat {
    /// `PrivateKeyInfo` (RFC 5208): RSA, ECDSA and Ed25519 keys.
    Pkcs8,
    /// `RSAPrivateKey` (RFC 8017).
    Pkcs1,
    /// `ECPrivateKey` (RFC 5915).
    Sec1,
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
        let key = PrivateKey { format: PrivateKeyFormat::Pkcs8, der: key.clone() };
        let certificates = certificates.into_iter().collect();
        let what = "the client certificate's key";
        Self::of(certificates, key.checked(what)?, "the client certificate and the key")
    }

    /// Returns the certificates in DER: the key's own, then those of the CAs that lead to it.
    pub fn certificates(&self) -> impl Iterator<Item = &[u8]> {
        self.certificates.iter().map(Vec::as_slice)
    }

    /// Returns the private key in DER, and how it is written.
    pub fn private_key(&self) -> (PrivateKeyFormat, &SecretSlice<u8>) {
        (self.key.format, &self.key.der)
    }

    /// The certificate of the key must come first; the order of the others is left.
    fn of(
        mut certificates: Vec<Vec<u8>>,
        (key, public_key): (PrivateKey, PublicKeyX509Der<'static>),
        what: &str,
    ) -> Result<Self, Error> {
        let is_own =
            |certificate: &Vec<u8>| x509::public_key(certificate) == Some(public_key.as_ref());
        let Some(own) = certificates.iter().position(is_own) else {
            let message = format!("{what} do not belong together: no certificate is of this key");
            return Err(Error::new(ErrorKind::Config, message));
        };
        certificates[..=own].rotate_right(1);
        Ok(Self { certificates: certificates.into(), key: Arc::new(key) })
    }
}

impl PrivateKey {
    /// The key with its public key, if it is one that can sign in a TLS handshake.
    fn checked(self, what: &str) -> Result<(Self, PublicKeyX509Der<'static>), Error> {
        match public_key(self.format, self.der.expose_secret()) {
            Some(public_key) => Ok((self, public_key)),
            None => {
                let message = format!("{what} has a private key that is not RSA, ECDSA or Ed25519");
                Err(Error::new(ErrorKind::Config, message))
            }
        }
    }
}

/// The public key of a private one, as certificates hold it.
fn public_key(format: PrivateKeyFormat, key: &[u8]) -> Option<PublicKeyX509Der<'static>> {
    let curves = [
        &ECDSA_P256_SHA256_ASN1_SIGNING,
        &ECDSA_P384_SHA384_ASN1_SIGNING,
        &ECDSA_P521_SHA512_ASN1_SIGNING,
    ];
    let rsa = |key: RsaKeyPair| key.public_key().as_der().ok();
    let ecdsa = |key: EcdsaKeyPair| key.public_key().as_der().ok();
    let ed25519 = |key: Ed25519KeyPair| key.public_key().as_der().ok();
    match format {
        PrivateKeyFormat::Pkcs1 => RsaKeyPair::from_der(key).ok().and_then(rsa),
        PrivateKeyFormat::Sec1 => curves
            .iter()
            .find_map(|curve| EcdsaKeyPair::from_private_key_der(curve, key).ok())
            .and_then(ecdsa),
        PrivateKeyFormat::Pkcs8 => {
            if let Ok(key) = RsaKeyPair::from_pkcs8(key) {
                return rsa(key);
            }
            if let Ok(key) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(key) {
                return ed25519(key);
            }
            curves
                .iter()
                .find_map(|curve| EcdsaKeyPair::from_pkcs8(curve, key).ok())
                .and_then(ecdsa)
        }
    }
}

/// By their certificates: each has one key only.
impl PartialEq for TlsIdentity {
    fn eq(&self, other: &Self) -> bool {
        self.certificates == other.certificates
    }
}

impl Eq for TlsIdentity {}

impl Hash for TlsIdentity {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.certificates.hash(state);
    }
}

impl fmt::Debug for TlsIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TlsIdentity(")?;
        if let Some(own) = self.certificates.first() {
            for byte in digest::digest(&digest::SHA256, own).as_ref() {
                write!(f, "{byte:02x}")?;
            }
        }
        f.write_str(")")
    }
}

fn certificates_of(pem: &[u8], what: &str) -> Result<Vec<Vec<u8>>, Error> {
    let wrong = |why| Error::new(ErrorKind::Config, format!("{what} {why}"));
    let found = pem::blocks(pem, &[pem::CERTIFICATE])
        .map_err(|_| wrong("has a damaged -----BEGIN CERTIFICATE----- block"))?;
    if found.is_empty() {
        return Err(wrong("holds no certificate: expected -----BEGIN CERTIFICATE-----"));
    }
    Ok(found.into_iter().map(|block| block.der.to_vec()).collect())
}

fn key_of(pem: &[u8], what: &str) -> Result<(PrivateKey, PublicKeyX509Der<'static>), Error> {
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
    let format = match label {
        PKCS1 => PrivateKeyFormat::Pkcs1,
        SEC1 => PrivateKeyFormat::Sec1,
        _ => PrivateKeyFormat::Pkcs8,
    };
    PrivateKey { format, der: SecretSlice::from(der.to_vec()) }.checked(what)
}
