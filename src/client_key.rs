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

/// The bytes of a file in `tests/fixtures/client_key`; its README says how each was made.
#[cfg(test)]
macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/client_key/", $name))
    };
}

mod base64;
mod der;
mod error;
mod json;
pub(crate) mod kdf;
mod mac;
pub(crate) mod oid;
mod pbe;
mod pem;
mod pkcs12;
mod rc2;
mod rsa;

pub use self::error::{ClientKeyError, ClientKeyErrorKind};

/// The largest client key that is read, in bytes; one with a certificate has about 4 KiB.
const MAX_SIZE: usize = 1024 * 1024;

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

#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::path::{Path, PathBuf};

    use secrecy::SecretString;

    use super::{ClientKey, ClientKeyError, ClientKeyErrorKind as Kind, MAX_SIZE, base64};

    const FILE: &str =
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/client_key/client_key.json");

    #[test]
    fn a_recorded_request_gets_the_recorded_signature() {
        let key = ClientKey::from_file(FILE, &"vector-password".into()).expect("it opens");
        assert_eq!(key.key_id(), "KAAP.vector-client-key");
        // The first request of the conformance vectors, as the official Python SDK signed it.
        let string_to_sign = "POST\n\
            FA922049CA819EB8A8129876CFCC0013A5E6657746C811C175F7C69F73DBCA64\n\
            application/x-protobuf\n\
            Mon, 23 Nov 2026 08:00:00 GMT\n\
            x-kms-acccesskeyid:KAAP.vector-client-key\n\
            x-kms-apiname:AdvanceEncrypt\n\
            x-kms-apiversion:dkms-gcs-0.2\n\
            x-kms-signaturemethod:RSA_PKCS1_SHA_256\n\
            /";
        let recorded = base64::decode(
            "pTYMV1ujlNkCd2SLTctrM5bkWCnB+AmFNPOdK2+BjX/+jvo96X2eMrDESZCs86wE8dpNulUAJrUK6N7N
             wsoVR0gFDxDemAU+8ngjGVz3elsabNOJ8XjYWNSCUkddWcv2TmTfpNIVtFfG7jYy792r07Xd9rRElADV
             fMrRMSW3D9Q+rbY9RuEOcSrwY9H9xB8fI7rlj2HdpnH1K2MPLOdInDd1qvTjXeuXRCiEtchAMrjOdNc7
             nWw5MoNTEld07T/T8cSSVyYpHbYe9oO0f/N23EgOJMYx6Jj6HNdWiDMQPraWbM1MF58AGU5j4HseOcLb
             hqwE8E3lmTqLpgJSgj6fCA==",
        )
        .expect("Base64");
        let signature = key.sign(string_to_sign.as_bytes()).expect("it signs");
        assert_eq!(signature, *recorded);
    }

    #[test]
    fn content_and_file_give_the_same_key() {
        let content = std::fs::read_to_string(FILE).expect("the fixture");
        let password = "vector-password".into();
        let from_file = ClientKey::from_file(FILE, &password).expect("the file opens");
        for content in [content.clone(), format!("\u{feff}{content}\r\n")] {
            let from_content =
                ClientKey::from_content(&content.into(), &password).expect("the content opens");
            assert_eq!(
                from_content.sign(b"x").expect("it signs"),
                from_file.sign(b"x").expect("it signs")
            );
        }
    }

    #[test]
    fn a_wrong_password_is_named_with_the_file() {
        let error = ClientKey::from_file(FILE, &"canary-password".into()).expect_err("refused");
        assert_eq!(*error.kind(), Kind::WrongPassword);
        assert_eq!(error.file(), Some(Path::new(FILE)));
        assert!(error.to_string().contains(FILE));
        assert!(!format!("{error} {error:?}").contains("canary"));
    }

    #[test]
    fn a_missing_file_is_named_with_its_cause() {
        let error = ClientKey::from_file("no/such/file", &"".into()).expect_err("refused");
        assert_eq!(*error.kind(), Kind::Read);
        assert_eq!(error.file(), Some(Path::new("no/such/file")));
        assert!(error.source().is_some());
    }

    #[test]
    fn more_than_a_mebibyte_is_refused_before_it_is_parsed() {
        let filled = |len: usize| " ".repeat(len);
        let over = TempFile::with(filled(MAX_SIZE + 1).as_bytes());
        let largest = TempFile::with(filled(MAX_SIZE).as_bytes());
        let password = "".into();
        assert_eq!(kind(ClientKey::from_file(&over.0, &password)), Kind::TooLarge);
        assert!(matches!(kind(ClientKey::from_file(&largest.0, &password)), Kind::NotJson { .. }));
        let content = SecretString::from(filled(MAX_SIZE + 1));
        assert_eq!(kind(ClientKey::from_content(&content, &password)), Kind::TooLarge);
        assert_eq!(kind(ClientKey::from_pem("id", &content)), Kind::TooLarge);
    }

    #[test]
    fn a_file_that_is_not_utf8_is_not_json_from_there_on() {
        let file = TempFile::with(b"{\n \xff}");
        assert_eq!(
            kind(ClientKey::from_file(&file.0, &"".into())),
            Kind::NotJson { line: 2, column: 2 }
        );
    }

    #[test]
    fn a_key_id_that_no_header_can_carry_is_refused() {
        let pem = pem();
        for id in ["KAAP.x\n", " KAAP.x", "KAAP.x ", "KAAP x", "KÄAP", "K\0", "\u{7f}"] {
            assert_eq!(kind(ClientKey::from_pem(id, &pem)), Kind::InvalidKeyId, "{id:?}");
        }
        assert_eq!(kind(ClientKey::from_pem("", &pem)), Kind::EmptyField("KeyId"));
    }

    #[test]
    fn data_that_is_not_base64_or_not_pkcs12_is_told_apart() {
        let parse = |data: &str| {
            let json = format!(r#"{{"KeyId": "KAAP.x", "PrivateKeyData": "{data}"}}"#);
            kind(ClientKey::from_content(&json.into(), &"".into()))
        };
        assert_eq!(parse("canary!"), Kind::InvalidBase64);
        assert_eq!(parse(" "), Kind::InvalidBase64);
        assert_eq!(parse("Y2FuYXJ5"), Kind::InvalidPkcs12);
    }

    #[test]
    fn a_signature_is_that_of_openssl() {
        // openssl dgst -sha256 -sign pkcs8.pem, of which openssl dgst -sha256 -r
        let key = ClientKey::from_pem("KAAP.x", &pem()).expect("it loads");
        let signature = key.sign(b"message").expect("it signs");
        assert_eq!(
            super::pkcs12::tests::sha256(&signature),
            "6ade1235395c7e9be61535db3f158e31b74997247d232b1e8f5325b0e70c2439"
        );
    }

    #[test]
    fn debug_shows_the_id_alone() {
        let key = ClientKey::from_pem("KAAP.x", &pem()).expect("it loads");
        assert_eq!(format!("{key:?}"), r#"ClientKey { key_id: "KAAP.x", .. }"#);
    }

    #[test]
    fn a_client_key_is_shared_between_threads() {
        fn check<T: Clone + Send + Sync + 'static>() {}
        check::<ClientKey>();
        fn check_error<T: Error + Send + Sync + 'static>() {}
        check_error::<ClientKeyError>();
    }

    fn pem() -> SecretString {
        let pem = std::str::from_utf8(fixture!("pkcs8.pem")).expect("text");
        SecretString::from(pem)
    }

    fn kind(result: Result<ClientKey, ClientKeyError>) -> Kind {
        result.expect_err("refused").kind().clone()
    }

    /// A file of this process and test, removed on drop.
    struct TempFile(PathBuf);

    impl TempFile {
        fn with(content: &[u8]) -> Self {
            use std::sync::atomic::{AtomicUsize, Ordering};
            static COUNT: AtomicUsize = AtomicUsize::new(0);
            let name = format!(
                "client-key-test-{}-{}",
                std::process::id(),
                COUNT.fetch_add(1, Ordering::Relaxed)
            );
            let path = std::env::temp_dir().join(name);
            std::fs::write(&path, content).expect("the temporary directory is writable");
            Self(path)
        }
    }

    impl Drop for TempFile {
        fn drop(&mut self) {
            // Only tidiness: a file that stays behind changes no result.
            let _ = std::fs::remove_file(&self.0);
        }
    }
}
