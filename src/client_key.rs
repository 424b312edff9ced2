//! The client key of an instance gateway, and the reader of its file.
//!
//! It is below the gateway's settings: the layer that signs requests of the instance's own dialect
//! holds the key.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

use alibabacloud_kms_middleware::__private::pem::decode;
use alibabacloud_kms_middleware::__private::{fault_of_key, read_bounded};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use zeroize::Zeroizing;

use self::json::ClientKeyFile;
use self::rsa::PrivateKey;
use crate::trimmed::trimmed;
use crate::{ClientKeySigner, Error, ErrorKind, TlsIdentity};

pub(crate) mod der;
mod error;
mod json;
pub(crate) mod kdf;
mod limits;
mod mac;
mod oid;
mod pbe;
mod pem;
mod pkcs12;
mod rc2;
mod rsa;

pub use self::error::{ClientKeyError, ClientKeyErrorKind};
use self::limits::MAX_SIZE;

/// A client key: its id, and the RSA private key that signs requests.
///
/// Clones share one key. `Debug` shows only the id.
///
/// An instance gateway can identify its callers by client keys instead of access keys. KMS issues a
/// client key as a JSON file, `{"KeyId": "KAAP.…", "PrivateKeyData": "<Base64 of a PKCS#12
/// file>"}`, with a password. The file is read once, by the constructor; a client that is built
/// with the key signs every request to the instance gateway with it.
///
/// This crate has its own PKCS#12 reader, because files from old exporters are still in use: with
/// triple DES or RC2 as well as AES, with or without a certificate, in BER as well as DER. The
/// reader verifies the MAC before it decrypts anything, and its cryptography is that of
/// `aws-lc-rs`. Passwords and keys are wiped from memory on every path.
///
/// ```no_run
/// use alibabacloud_kms::ClientKey;
/// use secrecy::SecretString;
///
/// # fn password() -> SecretString { SecretString::from("") }
/// let key = ClientKey::from_file("/etc/kms/client_key.json", &password())?;
/// assert!(key.key_id().starts_with("KAAP."));
/// let signature = key.sign(b"string to sign")?;
/// # Ok::<_, alibabacloud_kms::ClientKeyError>(())
/// ```
#[derive(Clone)]
pub struct ClientKey {
    inner: Arc<Inner>,
}

struct Inner {
    key_id: String,
    key_pair: KeyPair,
    certificates: Result<Vec<Vec<u8>>, ClientKeyErrorKind>,
}

impl ClientKey {
    /// Reads a client key file, as KMS issues it.
    ///
    /// White space and quotes around the key id are removed. A wrong password is tried once more
    /// without the white space and quotes around it.
    ///
    /// This blocks while it reads the file (at most 1 MiB) and derives a key from the password: a
    /// few milliseconds for usual files.
    ///
    /// # Errors
    ///
    /// Any [`ClientKeyErrorKind`] except those of PEM. The error names the file.
    pub fn from_file(
        path: impl AsRef<Path>,
        password: &SecretString,
    ) -> Result<Self, ClientKeyError> {
        let path = path.as_ref();
        read(path)
            .and_then(|content| {
                let text = std::str::from_utf8(&content)
                    .map_err(|error| not_text(&content[..error.valid_up_to()]))?;
                Ok(Self::from_json(text, password)?)
            })
            .map_err(|error| error.in_file(path))
    }

    /// Reads a client key from the content of its file.
    ///
    /// # Errors
    ///
    /// Those of [`ClientKey::from_file`], except for reading the file.
    pub fn from_content(
        json: &SecretString,
        password: &SecretString,
    ) -> Result<Self, ClientKeyError> {
        Ok(Self::from_json(json.expose_secret(), password)?)
    }

    /// Creates a client key from its id and its unencrypted private key in PEM: PKCS#1 (`RSA
    /// PRIVATE KEY`) or PKCS#8 (`PRIVATE KEY`).
    ///
    /// Text around the PEM block and other blocks, such as certificates, are ignored. The bare
    /// Base64 of the key, which the official clients take, works too. White space and quotes around
    /// the id are removed.
    ///
    /// # Errors
    ///
    /// [`ClientKeyErrorKind::InvalidPem`], `EncryptedPem`, `PublicPem`, `NotRsa`, `KeySize`,
    /// `InvalidPrivateKey`, `SeveralPrivateKeys` or `TooLarge`; for the id, `InvalidKeyId` or
    /// `EmptyField`.
    pub fn from_pem(key_id: impl Into<String>, pem: &SecretString) -> Result<Self, ClientKeyError> {
        let pem = pem.expose_secret();
        check_size(pem.len())?;
        let no_certificate = Err(ClientKeyErrorKind::NoCertificate);
        Ok(Self::new(&key_id.into(), &pem::private_keys(pem)?, no_certificate)?)
    }

    /// Returns the id, which requests carry in the header `x-kms-acccesskeyid`. It is visible
    /// ASCII, so it is always a valid header value.
    pub fn key_id(&self) -> &str {
        &self.inner.key_id
    }

    /// Signs `message` with RSASSA-PKCS1-v1_5 and SHA-256. Equal messages have equal signatures.
    ///
    /// The signature is as long as the key: 256 bytes for the RSA-2048 keys that KMS issues.
    /// Signing takes a fraction of a millisecond, so an async task may call it directly.
    ///
    /// # Errors
    ///
    /// [`ClientKeyErrorKind::Sign`]: the cryptography library failed. No message causes this.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, ClientKeyError> {
        let key_pair = &self.inner.key_pair;
        let mut signature = vec![0; key_pair.public_modulus_len()];
        key_pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .map_err(|_| ClientKeyErrorKind::Sign)?;
        Ok(signature)
    }

    /// Returns the key with its certificate, to present to a server that requires one (mTLS).
    ///
    /// Requests are signed in addition. The CA certificates in the file are presented together with
    /// the key's certificate.
    ///
    /// ```no_run
    /// use alibabacloud_kms::{ClientKey, InstanceGateway, TlsOptions};
    ///
    /// # fn read() -> Result<ClientKey, alibabacloud_kms::Error> { unimplemented!() }
    /// # fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// let key: ClientKey = read()?;
    /// let tls = TlsOptions::ca_file("/etc/kms/instance.pem")?.identity(key.tls_identity()?);
    /// let gateway = InstanceGateway::new("kst-x.cryptoservice.kms.aliyuncs.com".parse()?, key);
    /// let gateway = gateway.tls(tls);
    /// # let _ = gateway;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// - [`ClientKeyErrorKind::NoCertificate`]: the file has no certificate of the key, or the key
    ///   was read from PEM.
    /// - [`ClientKeyErrorKind::UnsupportedAlgorithm`]: the certificate is encrypted with an
    ///   unsupported algorithm.
    pub fn tls_identity(&self) -> Result<TlsIdentity, ClientKeyError> {
        let certificates = self.inner.certificates.clone()?;
        let key: Pkcs8V1Der<'_> =
            self.inner.key_pair.as_der().map_err(|_| ClientKeyErrorKind::InvalidPrivateKey)?;
        let key = SecretSlice::from(key.as_ref().to_vec());
        // A key that signs can only fail here because the certificates belong to another key.
        TlsIdentity::der(certificates, &key).map_err(|_| ClientKeyErrorKind::NoCertificate.into())
    }

    fn from_json(json: &str, password: &SecretString) -> Result<Self, ClientKeyErrorKind> {
        check_size(json.len())?;
        let file = ClientKeyFile::parse(json)?;
        let der =
            decode(file.private_key_data.as_bytes()).ok_or(ClientKeyErrorKind::InvalidBase64)?;
        let content = open(&der, password.expose_secret())?;
        let keys: Vec<_> = content.keys.into_iter().map(PrivateKey::Pkcs8).collect();
        Self::new(&file.key_id, &keys, content.certificates)
    }

    fn new(
        key_id: &str,
        keys: &[PrivateKey],
        certificates: Result<Vec<Vec<u8>>, ClientKeyErrorKind>,
    ) -> Result<Self, ClientKeyErrorKind> {
        let key_id = trimmed(key_id).to_owned();
        if key_id.is_empty() {
            return Err(ClientKeyErrorKind::EmptyField("KeyId"));
        }
        if fault_of_key(&key_id).is_some() {
            return Err(ClientKeyErrorKind::InvalidKeyId);
        }
        let key_pair = rsa::load(keys)?;
        Ok(Self { inner: Arc::new(Inner { key_id, key_pair, certificates }) })
    }
}

impl ClientKeySigner for ClientKey {
    fn key_id(&self) -> &str {
        self.key_id()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        self.sign(message).map_err(|error| {
            Error::new(ErrorKind::Sign, "the client key cannot sign the request").with_source(error)
        })
    }
}

impl fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientKey").field("key_id", &self.inner.key_id).finish_non_exhaustive()
    }
}

/// Opens a file. A password that was read from somewhere may have a line end, white space or quotes
/// around it, which are never part of the service's passwords; it is tried without them second.
fn open(der: &[u8], password: &str) -> Result<pkcs12::Content, ClientKeyErrorKind> {
    let bare = trimmed(password);
    match pkcs12::open(der, password) {
        Err(ClientKeyErrorKind::WrongPassword) if bare != password && !bare.is_empty() => {
            pkcs12::open(der, bare)
        }
        opened => opened,
    }
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, ClientKeyError> {
    read_bounded(path, MAX_SIZE).map_err(|error| match error.kind() {
        io::ErrorKind::FileTooLarge => ClientKeyErrorKind::TooLarge.into(),
        _ => ClientKeyError::read(error),
    })
}

fn check_size(len: usize) -> Result<(), ClientKeyErrorKind> {
    if len > MAX_SIZE {
        return Err(ClientKeyErrorKind::TooLarge);
    }
    Ok(())
}

/// Returns the position of the first byte that is not UTF-8.
fn not_text(before: &[u8]) -> ClientKeyErrorKind {
    let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    ClientKeyErrorKind::NotJson {
        line: 1 + before.iter().filter(|byte| **byte == b'\n').count(),
        column: 1 + before.len() - line_start,
    }
}
