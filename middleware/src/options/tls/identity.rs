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

use super::certificates::unread;
use super::{certificates, x509};
use crate::bounded_file::read_bounded;
use crate::error::{Error, ErrorKind};
use crate::hex::hex;
use crate::pem::{self, Block, BlockKind};
use crate::shown::shown;

/// The maximum length of a file in bytes; a certificate, its CAs and its key are a few KiB.
const MAX_FILE: usize = 1 << 20;

/// A client certificate, with the CAs that lead to it and its private key.
///
/// The key is RSA, ECDSA or Ed25519. Clones share it, and it is wiped when the last one is dropped.
/// `Debug` shows the certificate's SHA-256 fingerprint and nothing of the key.
#[derive(Clone)]
pub struct TlsIdentity {
    /// In DER, beginning with the key's own.
    certificates: Arc<[Vec<u8>]>,
    key: Arc<PrivateKey>,
}

struct PrivateKey {
    format: PrivateKeyFormat,
    der: SecretSlice<u8>,
}

/// The DER format of a private key.
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
    /// Reads a PEM file with the certificate and the CA certificates that lead to it, and one with
    /// the key, of at most 1 MiB each. They may be the same file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: a file cannot be read, or [`pem`](Self::pem) would fail. The error
    /// names the file.
    pub fn pem_files(certificates: impl AsRef<Path>, key: impl AsRef<Path>) -> Result<Self, Error> {
        let read = |path: &Path, what: &str| {
            let what = format!("the {what} file {}", shown(path));
            match read_bounded(path, MAX_FILE) {
                Ok(content) => Ok((content, what)),
                Err(error) => Err(unread(&what, error)),
            }
        };
        let (certificates, certificates_file) = read(certificates.as_ref(), "client certificate")?;
        let (key, key_file) = read(key.as_ref(), "client key")?;
        Self::new(
            certificates_of(&certificates, &certificates_file)?,
            key_of(&key, &key_file)?,
            &format!("{certificates_file} and {key_file}"),
        )
    }

    /// Creates an identity from PEM: the certificate and the CA certificates that lead to it, in
    /// any order, and the unencrypted key in PKCS#8, PKCS#1 or SEC1. Other blocks are ignored, so
    /// both may be one text.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: there is no certificate, there is not exactly one key, the key is
    /// encrypted, or no certificate belongs to the key.
    #[inline]
    pub fn pem(certificates: &[u8], key: &SecretSlice<u8>) -> Result<Self, Error> {
        Self::new(
            certificates_of(certificates, "the client certificate")?,
            key_of(key.expose_secret(), "the client certificate's key")?,
            "the client certificate and the key",
        )
    }

    /// Creates an identity from DER: the certificate and the CA certificates that lead to it, in
    /// any order, and the key in PKCS#8.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: there is no certificate, or none belongs to the key.
    pub fn der(
        certificates: impl IntoIterator<Item = Vec<u8>>,
        key: &SecretSlice<u8>,
    ) -> Result<Self, Error> {
        let key = PrivateKey { format: PrivateKeyFormat::Pkcs8, der: key.clone() };
        let certificates = certificates.into_iter().collect();
        let what = "the client certificate's key";
        Self::new(certificates, key.checked(what)?, "the client certificate and the key")
    }

    /// Returns the certificates in DER: the key's own, then those of the CAs that lead to it.
    pub fn certificates(&self) -> impl Iterator<Item = &[u8]> {
        self.certificates.iter().map(Vec::as_slice)
    }

    /// Returns the private key in DER, with its format.
    pub fn private_key(&self) -> (PrivateKeyFormat, &SecretSlice<u8>) {
        (self.key.format, &self.key.der)
    }

    /// The certificate of the key must come first; the order of the others is kept.
    #[inline]
    fn new(
        mut certificates: Vec<Vec<u8>>,
        (key, public_key): (PrivateKey, PublicKeyX509Der<'static>),
        what: &str,
    ) -> Result<Self, Error> {
        let is_own =
            |certificate: &Vec<u8>| x509::public_key(certificate) == Some(public_key.as_ref());
        let Some(own) = certificates.iter().position(is_own) else {
            let message = format!("{what} do not belong together: no certificate has this key");
            return Err(Error::new(ErrorKind::Config, message));
        };
        certificates[..=own].rotate_right(1);
        Ok(Self { certificates: certificates.into(), key: Arc::new(key) })
    }
}

impl PrivateKey {
    /// Returns the key with its public key, if it can sign in a TLS handshake.
    #[inline]
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

/// Returns the public key of a private one, as certificates contain it.
#[inline]
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

/// Compares the certificates: each belongs to one key only.
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
        let own = self
            .certificates
            .first()
            .map_or_else(String::new, |own| hex(digest::digest(&digest::SHA256, own).as_ref()));
        write!(f, "TlsIdentity({own})")
    }
}

#[inline]
fn certificates_of(pem: &[u8], what: &str) -> Result<Vec<Vec<u8>>, Error> {
    let wrong = |why| Error::new(ErrorKind::Config, format!("{what} {why}"));
    let found = pem::blocks(pem).filter_map(|block| certificates::of_block(&block));
    let certificates: Vec<_> = found.collect::<Result<_, _>>().map_err(wrong)?;
    if certificates.is_empty() {
        return Err(wrong("has no certificate: expected -----BEGIN CERTIFICATE-----"));
    }
    Ok(certificates)
}

#[inline]
fn key_of(pem: &[u8], what: &str) -> Result<(PrivateKey, PublicKeyX509Der<'static>), Error> {
    let wrong = |why| Error::new(ErrorKind::Config, format!("{what} {why}"));
    let format = |block: &Block<'_>| match block.kind() {
        BlockKind::Pkcs8 => Some(PrivateKeyFormat::Pkcs8),
        BlockKind::Pkcs1 => Some(PrivateKeyFormat::Pkcs1),
        BlockKind::Sec1 => Some(PrivateKeyFormat::Sec1),
        _ => None,
    };
    let mut keys = pem::blocks(pem).filter_map(|block| format(&block).map(|is| (is, block)));
    let (format, block) = keys
        .next()
        .ok_or_else(|| wrong("holds no private key: expected -----BEGIN PRIVATE KEY-----"))?;
    if keys.next().is_some() {
        return Err(wrong("has several private keys: keep only that of the certificate"));
    }
    if block.is_encrypted() {
        return Err(wrong("has an encrypted private key: decrypt it first"));
    }
    let der = block.decode().ok_or_else(|| wrong("has a damaged private key: copy it again"))?;
    PrivateKey { format, der: SecretSlice::from(der.to_vec()) }.checked(what)
}
