//! The errors of client keys and their texts.
//!
//! Neither Display nor Debug contains the password or any content of the file. A JSON error is
//! reduced to its position, because `serde_json` quotes the text at which it fails.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use alibabacloud_kms_middleware::__private::{shown, unread_because};

use super::der::Malformed;
use super::limits::{MAX_ITERATIONS, MAX_SIZE};

/// The error of a client key that cannot be read or used.
///
/// Display is one sentence. It names the file if the key came from one.
pub struct ClientKeyError {
    kind: ClientKeyErrorKind,
    file: Option<PathBuf>,
    source: Option<io::Error>,
}

/// The kinds of [`ClientKeyError`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientKeyErrorKind {
    /// The file cannot be read. `source()` is the I/O error.
    Read,
    /// The file or content is larger than 1 MiB.
    TooLarge,
    /// The content is not a JSON object. Line and column count from 1.
    NotJson {
        /// The line of the first error.
        line: usize,
        /// The column of the first error.
        column: usize,
    },
    /// The JSON object lacks this field, or its value is not a string.
    MissingField(&'static str),
    /// This field is empty.
    EmptyField(&'static str),
    /// The key id contains white space, a quote, a backslash or a character that is not visible
    /// ASCII, or has the form of a placeholder.
    InvalidKeyId,
    /// `PrivateKeyData` is not Base64.
    InvalidBase64,
    /// `PrivateKeyData` is not a PKCS#12 file, or is damaged or truncated.
    InvalidPkcs12,
    /// The password is wrong, or the file is damaged: these cannot be distinguished.
    WrongPassword,
    /// The PKCS#12 file has no MAC, so a change to it would go unnoticed.
    NoMac,
    /// The file uses an unsupported algorithm, named by its object identifier.
    UnsupportedAlgorithm(String),
    /// The file requires more than 2,000,000 iterations of a key derivation, or too much hashing in
    /// all its derivations together.
    TooManyIterations,
    /// The file has no private key.
    NoPrivateKey,
    /// The file has no certificate of the private key, so it cannot be presented in TLS.
    NoCertificate,
    /// The file has several different private keys, and it is unknown which one the key id belongs
    /// to.
    SeveralPrivateKeys,
    /// The private key is not an RSA key.
    NotRsa,
    /// The RSA key is not 2048 to 8192 bits long. Contains its length in bits.
    KeySize(usize),
    /// The private key is damaged, or its numbers do not belong together.
    InvalidPrivateKey,
    /// The text is not a PEM private key.
    InvalidPem,
    /// The PEM private key is encrypted.
    EncryptedPem,
    /// The PEM text has a public key or a certificate, and no private key.
    PublicPem,
    /// The cryptography library did not make a signature.
    Sign,
}

impl ClientKeyError {
    /// Returns the kind of the error.
    pub fn kind(&self) -> &ClientKeyErrorKind {
        &self.kind
    }

    /// Returns the file that the key was read from, if it was.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    pub(super) fn read(source: io::Error) -> Self {
        Self { kind: ClientKeyErrorKind::Read, file: None, source: Some(source) }
    }

    pub(super) fn in_file(mut self, file: &Path) -> Self {
        self.file = Some(file.to_owned());
        self
    }
}

impl fmt::Debug for ClientKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientKeyError")
            .field("kind", &self.kind)
            .field("message", &self.to_string())
            .field("source", &self.source)
            .finish()
    }
}

impl From<ClientKeyErrorKind> for ClientKeyError {
    fn from(kind: ClientKeyErrorKind) -> Self {
        Self { kind, file: None, source: None }
    }
}

/// Invalid ASN.1 makes the PKCS#12 file invalid, unless the caller maps the error itself.
impl From<Malformed> for ClientKeyErrorKind {
    fn from(_: Malformed) -> Self {
        Self::InvalidPkcs12
    }
}

impl fmt::Display for ClientKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.file, &self.source) {
            (Some(file), Some(error)) if self.kind == ClientKeyErrorKind::Read => {
                write!(f, "client key file {}: it {}", shown(file), unread_because(error))
            }
            (Some(file), _) => write!(f, "client key file {}: {}", shown(file), self.kind),
            (None, _) => write!(f, "client key: {}", self.kind),
        }
    }
}

impl std::error::Error for ClientKeyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}

impl fmt::Display for ClientKeyErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read => f.write_str("the file cannot be read"),
            Self::TooLarge => write!(f, "larger than {MAX_SIZE} bytes"),
            Self::NotJson { line, column } => {
                write!(f, "not a JSON object (line {line}, column {column}): give the client key file as it was downloaded")
            }
            Self::MissingField(name) => {
                write!(f, "the field {name} is missing or not a string: give the client key file as it was downloaded")
            }
            Self::EmptyField(name) => write!(f, "the field {name} is empty"),
            Self::InvalidKeyId => f.write_str(
                "the key id has a character or a form that no key id has, such as white space \
                 inside, a quote, a backslash, a comma at its end or a placeholder: give it as it \
                 is in the client key file",
            ),
            Self::InvalidBase64 => f.write_str("the field PrivateKeyData is not Base64: give the client key file as it was downloaded"),
            Self::InvalidPkcs12 => {
                f.write_str("the private key data is not PKCS#12, or is damaged or truncated: give the client key file as it was downloaded")
            }
            Self::WrongPassword => f.write_str(
                "the password is wrong, or the private key data is damaged: give the password \
                     that was downloaded with this file",
            ),
            Self::NoMac => f.write_str(
                "the PKCS#12 data has no MAC, so a change to it would go unnoticed: export it \
                 with one",
            ),
            Self::UnsupportedAlgorithm(oid) => {
                write!(f, "the PKCS#12 data uses the algorithm {oid}, which is not supported")
            }
            Self::TooManyIterations => write!(
                f,
                "the PKCS#12 data requires more than {MAX_ITERATIONS} iterations of a key \
                 derivation, or too many in all derivations together",
            ),
            Self::NoPrivateKey => f.write_str("it has no private key"),
            Self::NoCertificate => f.write_str(
                "it has no certificate of the private key, which TLS needs: read the certificate \
                 into a TlsIdentity of its own",
            ),
            Self::SeveralPrivateKeys => f.write_str(
                "it has several private keys, and it is unknown which one belongs to the key id: keep only that one",
            ),
            Self::NotRsa => f.write_str("the private key is not an RSA key"),
            Self::KeySize(bits) => {
                write!(f, "the RSA key has {bits} bits: it must have 2048 to 8192")
            }
            Self::InvalidPrivateKey => {
                f.write_str("the private key is damaged, or its numbers do not belong together")
            }
            Self::InvalidPem => f.write_str("not a PEM private key (PKCS#1 or PKCS#8)"),
            Self::EncryptedPem => f.write_str(
                "the PEM private key is encrypted: decrypt it first, or use the client key file",
            ),
            Self::PublicPem => {
                f.write_str("the PEM text has a public key or a certificate, not the private key")
            }
            Self::Sign => f.write_str("the cryptography library did not make a signature"),
        }
    }
}
