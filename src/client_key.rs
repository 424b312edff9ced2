//! The client key of an instance gateway: who the caller is, and the RSA key that signs for it.
//!
//! The instance gateway knows its callers by client keys instead of access keys. The service hands
//! one out as a JSON file, `{"KeyId": "KAAP.…", "PrivateKeyData": "<Base64 of a PKCS#12 file>"}`,
//! and a password for it. A [`ClientKey`] is read once, when a client is built, and signs every
//! request to the instance gateway.
//!
//! The PKCS#12 reader is this crate's own, because the files in use go back to old exporters: with
//! triple DES or RC2 as well as AES, with or without a certificate, in BER as well as DER. It
//! verifies the MAC before it decrypts anything, and its cryptography is that of `aws-lc-rs`.
//! Passwords and keys are wiped from memory on every path.
//!
//! ```no_run
//! use alibabacloud_kms::client_key::ClientKey;
//! use secrecy::SecretString;
//!
//! # fn password() -> SecretString { SecretString::from("") }
//! let key = ClientKey::from_file("/etc/kms/client_key.json", &password())?;
//! assert!(key.key_id().starts_with("KAAP."));
//! let signature = key.sign(b"string to sign")?;
//! # Ok::<_, alibabacloud_kms::client_key::ClientKeyError>(())
//! ```

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use zeroize::Zeroizing;

use self::json::ClientKeyFile;
use self::rsa::PrivateKey;
use crate::TlsIdentity;

mod base64;
mod der;
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
/// Clones share one key. `Debug` shows the id only.
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
    /// Reads a client key file, as the service hands it out.
    ///
    /// This blocks while it reads the file (at most 1 MiB) and derives a key from the password:
    /// some milliseconds for usual files.
    ///
    /// # Errors
    ///
    /// Any [`ClientKeyErrorKind`] but those of PEM. The error names the file.
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
    /// As [`ClientKey::from_file`], without the reading.
    pub fn from_content(
        json: &SecretString,
        password: &SecretString,
    ) -> Result<Self, ClientKeyError> {
        Ok(Self::from_json(json.expose_secret(), password)?)
    }

    /// Takes a client key's id and its private key in PEM, unencrypted: PKCS#1 (`RSA PRIVATE KEY`)
    /// or PKCS#8 (`PRIVATE KEY`).
    ///
    /// Text around the PEM block and other blocks, such as certificates, are passed over. The bare
    /// Base64 of the key, which the official clients take, works too.
    ///
    /// # Errors
    ///
    /// [`ClientKeyErrorKind::InvalidPem`], `EncryptedPem`, `PublicPem`, `NotRsa`, `KeySize`,
    /// `InvalidPrivateKey`, `SeveralPrivateKeys`, `TooLarge`, or about the id `InvalidKeyId` or
    /// `EmptyField`.
    pub fn from_pem(key_id: impl Into<String>, pem: &SecretString) -> Result<Self, ClientKeyError> {
        let pem = pem.expose_secret();
        check_size(pem.len())?;
        let no_certificate = Err(ClientKeyErrorKind::NoCertificate);
        Ok(Self::new(key_id.into(), &pem::private_keys(pem)?, no_certificate)?)
    }

    /// The id, which requests carry in the header `x-kms-acccesskeyid`: visible ASCII, so always a
    /// valid header value.
    pub fn key_id(&self) -> &str {
        &self.inner.key_id
    }

    /// Signs `message` by RSASSA-PKCS1-v1_5 with SHA-256; the same message always gives the same
    /// signature.
    ///
    /// The signature has as many bytes as the key: 256 for the RSA-2048 keys that the service
    /// issues. It takes a fraction of a millisecond, so it may run on an async task.
    ///
    /// # Errors
    ///
    /// [`ClientKeyErrorKind::Sign`] if the cryptography library fails; no message makes it.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, ClientKeyError> {
        let key_pair = &self.inner.key_pair;
        let mut signature = vec![0; key_pair.public_modulus_len()];
        key_pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .map_err(|_| ClientKeyErrorKind::Sign)?;
        Ok(signature)
    }

    /// The key and the certificate that came with it, to present to a server that asks for one
    /// (mTLS).
    ///
    /// Requests are signed all the same. With the certificate go those of the CAs that are in the
    /// file.
    ///
    /// ```no_run
    /// use alibabacloud_kms::client_key::ClientKey;
    /// use alibabacloud_kms::{InstanceGateway, TlsOptions};
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
    /// [`ClientKeyErrorKind::NoCertificate`]: the file holds no certificate of the key, or the key
    /// came in PEM. [`ClientKeyErrorKind::UnsupportedAlgorithm`]: the certificate is encrypted in a
    /// way that is not supported.
    pub fn tls_identity(&self) -> Result<TlsIdentity, ClientKeyError> {
        let certificates = self.inner.certificates.clone()?;
        let key: Pkcs8V1Der<'_> =
            self.inner.key_pair.as_der().map_err(|_| ClientKeyErrorKind::InvalidPrivateKey)?;
        let key = SecretSlice::from(key.as_ref().to_vec());
        // What can be wrong with a key that signs is that the certificates are of another one.
        TlsIdentity::der(certificates, &key).map_err(|_| ClientKeyErrorKind::NoCertificate.into())
    }

    fn from_json(json: &str, password: &SecretString) -> Result<Self, ClientKeyErrorKind> {
        check_size(json.len())?;
        let file = ClientKeyFile::parse(json)?;
        let der =
            base64::decode(&file.private_key_data).ok_or(ClientKeyErrorKind::InvalidBase64)?;
        let content = pkcs12::open(&der, password.expose_secret())?;
        let keys: Vec<_> = content.keys.into_iter().map(PrivateKey::Pkcs8).collect();
        Self::new(file.key_id, &keys, content.certificates)
    }

    fn new(
        key_id: String,
        keys: &[PrivateKey],
        certificates: Result<Vec<Vec<u8>>, ClientKeyErrorKind>,
    ) -> Result<Self, ClientKeyErrorKind> {
        if key_id.is_empty() {
            return Err(ClientKeyErrorKind::EmptyField("KeyId"));
        }
        if !key_id.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ClientKeyErrorKind::InvalidKeyId);
        }
        let key_pair = rsa::load(keys)?;
        Ok(Self { inner: Arc::new(Inner { key_id, key_pair, certificates }) })
    }
}

impl fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientKey").field("key_id", &self.inner.key_id).finish_non_exhaustive()
    }
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, ClientKeyError> {
    let read_all = || -> io::Result<Zeroizing<Vec<u8>>> {
        let file = File::open(path)?;
        // Room for one byte too many shows a file that is too large, and nothing is moved while it
        // is read.
        let mut content = Zeroizing::new(Vec::with_capacity(MAX_SIZE + 1));
        let limit = u64::try_from(MAX_SIZE + 1).unwrap_or(u64::MAX);
        file.take(limit).read_to_end(&mut content)?;
        Ok(content)
    };
    let content = read_all().map_err(ClientKeyError::read)?;
    check_size(content.len())?;
    Ok(content)
}

fn check_size(len: usize) -> Result<(), ClientKeyErrorKind> {
    if len > MAX_SIZE {
        return Err(ClientKeyErrorKind::TooLarge);
    }
    Ok(())
}

/// The position of the first byte that is not UTF-8.
fn not_text(before: &[u8]) -> ClientKeyErrorKind {
    let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    ClientKeyErrorKind::NotJson {
        line: 1 + before.iter().filter(|byte| **byte == b'\n').count(),
        column: 1 + before.len() - line_start,
    }
}
