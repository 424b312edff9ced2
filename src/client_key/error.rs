//! What can be wrong with a client key, and how it is said.
//!
//! Neither Display nor Debug ever holds the password or any content of the file; a JSON error is
//! reduced to its position, because `serde_json` quotes the text it stumbles over.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::der::Malformed;
use super::limits::{MAX_ITERATIONS, MAX_SIZE};

/// Why a client key could not be read or used.
///
/// Display is one sentence; it names the file if the key came from one.
#[derive(Debug)]
pub struct ClientKeyError {
    kind: ClientKeyErrorKind,
    file: Option<PathBuf>,
    source: Option<io::Error>,
}

/// The classes of [`ClientKeyError`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientKeyErrorKind {
    /// The file cannot be read; the source says why.
    Read,
    /// The file or content is larger than 1 MiB.
    TooLarge,
    /// The content is not a JSON object; the position counts from 1.
    NotJson {
        /// The line of the first offence.
        line: usize,
        /// The column of the first offence.
        column: usize,
    },
    /// The JSON object lacks this field, or its value is not a string.
    MissingField(&'static str),
    /// This field is the empty string.
    EmptyField(&'static str),
    /// The key id has white space, control or non-ASCII characters, and so cannot be sent in a
    /// header.
    InvalidKeyId,
    /// `PrivateKeyData` is not Base64.
    InvalidBase64,
    /// `PrivateKeyData` is not a PKCS#12 file, or a damaged or truncated one.
    InvalidPkcs12,
    /// The password does not open the file; a damaged file cannot be told from that.
    WrongPassword,
    /// The PKCS#12 file has no MAC, so nothing shows that it is what was exported.
    NoMac,
    /// The file uses an algorithm that is not supported; its object identifier.
    UnsupportedAlgorithm(String),
    /// The file asks for more iterations of a key derivation than 2 000 000.
    TooManyIterations,
    /// There is no private key inside.
    NoPrivateKey,
    /// There is no certificate of the private key inside, so that it cannot be presented in TLS.
    NoCertificate,
    /// There are several, different private keys inside; which one the key id belongs to is not
    /// known.
    SeveralPrivateKeys,
    /// The private key is of another kind than RSA.
    NotRsa,
    /// The RSA key's size in bits is not between 2048 and 8192.
    KeySize(usize),
    /// The private key is damaged or its numbers do not belong together.
    InvalidPrivateKey,
    /// The text is not a PEM private key.
    InvalidPem,
    /// The PEM private key is encrypted.
    EncryptedPem,
    /// The PEM text holds a public key or a certificate, and no private key.
    PublicPem,
    /// The signature could not be made.
    Sign,
}

impl ClientKeyError {
    /// The class of the error.
    pub fn kind(&self) -> &ClientKeyErrorKind {
        &self.kind
    }

    /// The file that the key was read from, if it was.
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

impl From<ClientKeyErrorKind> for ClientKeyError {
    fn from(kind: ClientKeyErrorKind) -> Self {
        Self { kind, file: None, source: None }
    }
}

/// ASN.1 that goes wrong is the PKCS#12 file's own, unless the caller says otherwise.
impl From<Malformed> for ClientKeyErrorKind {
    fn from(_: Malformed) -> Self {
        Self::InvalidPkcs12
    }
}

impl fmt::Display for ClientKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => write!(f, "client key file {file:?}: {}", self.kind),
            None => write!(f, "client key: {}", self.kind),
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
                write!(f, "not a JSON object (line {line}, column {column})")
            }
            Self::MissingField(name) => {
                write!(f, "the field {name} is missing or not a string")
            }
            Self::EmptyField(name) => write!(f, "the field {name} is empty"),
            Self::InvalidKeyId => f.write_str(
                "the key id has characters other than visible ASCII, perhaps a space or a line end",
            ),
            Self::InvalidBase64 => f.write_str("the field PrivateKeyData is not Base64"),
            Self::InvalidPkcs12 => {
                f.write_str("the private key data is not PKCS#12, or is damaged or truncated")
            }
            Self::WrongPassword => {
                f.write_str("the password is wrong, or the private key data is damaged")
            }
            Self::NoMac => f.write_str(
                "the PKCS#12 data has no MAC, so that nobody would notice a change to it",
            ),
            Self::UnsupportedAlgorithm(oid) => {
                write!(f, "the PKCS#12 data uses the algorithm {oid}, which is not supported")
            }
            Self::TooManyIterations => write!(
                f,
                "the PKCS#12 data asks for more than {MAX_ITERATIONS} iterations of its key \
                 derivation",
            ),
            Self::NoPrivateKey => f.write_str("there is no private key inside"),
            Self::NoCertificate => f.write_str(
                "there is no certificate of the private key inside; TLS needs one, so give it as a \
                 TlsIdentity of its own",
            ),
            Self::SeveralPrivateKeys => {
                f.write_str("there are several private keys inside, of which any may be meant")
            }
            Self::NotRsa => f.write_str("the private key is not a plain RSA key"),
            Self::KeySize(bits) => {
                write!(f, "the RSA key has {bits} bits, where 2048 to 8192 are supported")
            }
            Self::InvalidPrivateKey => {
                f.write_str("the private key is damaged, or its numbers do not belong together")
            }
            Self::InvalidPem => f.write_str("not a PEM private key (PKCS#1 or PKCS#8)"),
            Self::EncryptedPem => f.write_str(
                "the PEM private key is encrypted; decrypt it first, or use the client key file",
            ),
            Self::PublicPem => {
                f.write_str("the PEM text holds a public key or certificate, not the private key")
            }
            Self::Sign => f.write_str("the signature could not be made"),
        }
    }
}
