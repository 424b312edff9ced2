//! Client keys: the files that the service hands out, PKCS#12 and PEM.

mod pem;
mod pkcs12;

use std::error::Error;
use std::path::{Path, PathBuf};

use alibabacloud_kms::{ClientKey, ClientKeyError, ClientKeyErrorKind as Kind, SecretString};
use alibabacloud_kms_tests::canary::base64;
use alibabacloud_kms_tests::data;
use aws_lc_rs::digest;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/client_key/client_key.json");

const PASSWORD: &str = "vector-password";

/// The largest file that is read.
const MAX_SIZE: usize = 1024 * 1024;

/// Of the signature of `message` by the key that every good fixture holds:
/// `openssl dgst -sha256 -sign pkcs8.pem`, of which `openssl dgst -sha256 -r`.
const SIGNATURE_SHA256: &str = "6ade1235395c7e9be61535db3f158e31b74997247d232b1e8f5325b0e70c2439";

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
    let recorded = "pTYMV1ujlNkCd2SLTctrM5bkWCnB+AmFNPOdK2+BjX/+jvo96X2eMrDESZCs86wE8dpNulUAJrUK6N7N\
        wsoVR0gFDxDemAU+8ngjGVz3elsabNOJ8XjYWNSCUkddWcv2TmTfpNIVtFfG7jYy792r07Xd9rRElADV\
        fMrRMSW3D9Q+rbY9RuEOcSrwY9H9xB8fI7rlj2HdpnH1K2MPLOdInDd1qvTjXeuXRCiEtchAMrjOdNc7\
        nWw5MoNTEld07T/T8cSSVyYpHbYe9oO0f/N23EgOJMYx6Jj6HNdWiDMQPraWbM1MF58AGU5j4HseOcLb\
        hqwE8E3lmTqLpgJSgj6fCA==";
    let signature = key.sign(string_to_sign.as_bytes()).expect("it signs");
    assert_eq!(base64(&signature), recorded);
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
fn white_space_and_quotes_around_password_and_id_are_taken_off() {
    let json = std::fs::read_to_string(FILE).expect("the file");
    let password = SecretString::from(PASSWORD);
    let plain = ClientKey::from_content(&json.as_str().into(), &password).expect("a key");
    for (before, after) in [("", "\n"), ("", "\r\n"), (" ", " "), ("\"", "\""), ("\u{feff}", "\t")]
    {
        let around = format!("{before}{PASSWORD}{after}");
        let key = ClientKey::from_content(&json.as_str().into(), &around.into()).expect("a key");
        assert_eq!(key.key_id(), plain.key_id());
        let id = serde_json::to_string(&format!("{before}{}{after}", plain.key_id()));
        let id = id.expect("JSON");
        let quoted = format!("\"{}\"", plain.key_id());
        let json = json.replace(&quoted, &id);
        assert!(json.contains(&id));
        let key = ClientKey::from_content(&json.into(), &password).expect("a key");
        assert_eq!(key.key_id(), plain.key_id());
    }
    for wrong in [" ", "\n", "\"\"", "vector password"] {
        let error = ClientKey::from_content(&json.as_str().into(), &wrong.into());
        assert_eq!(*error.expect_err(wrong).kind(), Kind::WrongPassword);
    }
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
fn what_cannot_be_a_key_id_is_refused_and_what_is_around_one_is_taken_off() {
    let pem = pem();
    for id in ["KAAP x", "KÄAP", "K\0P", "KAAP.x\\\"", "KA\"AP", "<KeyId>", "${KEY_ID}", "KAAP.x,"]
    {
        assert_eq!(kind(ClientKey::from_pem(id, &pem)), Kind::InvalidKeyId, "{id:?}");
    }
    for id in ["", "\n", "\"\"", "\u{7f}"] {
        assert_eq!(kind(ClientKey::from_pem(id, &pem)), Kind::EmptyField("KeyId"), "{id:?}");
    }
    for id in ["KAAP.x\n", " KAAP.x", "\"KAAP.x\" "] {
        assert_eq!(ClientKey::from_pem(id, &pem).expect("a key").key_id(), "KAAP.x", "{id:?}");
    }
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
    let key = ClientKey::from_pem("KAAP.x", &pem()).expect("it loads");
    let signature = key.sign(b"message").expect("it signs");
    assert_eq!(sha256(&signature), SIGNATURE_SHA256);
}

#[test]
fn the_certificate_in_the_file_is_presented_in_tls() {
    for file in ["default", "legacy", "keytool", "chain", "ber_legacy", "clear"] {
        if let Err(error) = of_pkcs12(file).tls_identity() {
            panic!("{file}: {error}");
        }
    }
    // openssl x509 -in certificate.pem -fingerprint -sha256
    let chain = of_pkcs12("chain").tls_identity().expect("a certificate");
    let alone = of_pkcs12("default").tls_identity().expect("a certificate");
    let fingerprint = "1ab34c18b59aae2f";
    assert!(format!("{alone:?}").contains(fingerprint), "{alone:?}");
    assert!(format!("{chain:?}").contains(fingerprint), "{chain:?}");
    assert_ne!(chain, alone, "the second certificate goes along");
}

#[test]
fn a_file_without_the_keys_certificate_says_so() {
    for file in ["key_only", "key_only_legacy", "ber"] {
        assert_eq!(no_identity(&of_pkcs12(file)), Kind::NoCertificate, "{file}");
    }
    let cipher = Kind::UnsupportedAlgorithm("1.2.840.113549.1.12.1.2".into());
    assert_eq!(no_identity(&of_pkcs12("rc4_certificate")), cipher);
    let pem = ClientKey::from_pem("KAAP.x", &pem()).expect("it loads");
    assert_eq!(no_identity(&pem), Kind::NoCertificate);
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
    SecretString::from(include_str!("../data/client_key/pkcs8.pem"))
}

/// The bytes of a file of `tests/data/client_key`.
fn file(name: &str) -> Vec<u8> {
    std::fs::read(data("client_key").join(name)).expect("the fixture")
}

/// The client key of a PKCS#12 file.
fn open(pkcs12: &[u8], password: &str) -> Result<ClientKey, Kind> {
    let json = format!(r#"{{"KeyId": "KAAP.x", "PrivateKeyData": "{}"}}"#, base64(pkcs12));
    let key = ClientKey::from_content(&json.into(), &password.into());
    key.map_err(|error| error.kind().clone())
}

/// The client key of a PKCS#12 fixture.
fn of_pkcs12(name: &str) -> ClientKey {
    open(&file(&format!("{name}.p12")), "fixture-password").expect("it opens")
}

fn sha256(bytes: &[u8]) -> String {
    let digest = digest::digest(&digest::SHA256, bytes);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn no_identity(key: &ClientKey) -> Kind {
    key.tls_identity().expect_err("no certificate").kind().clone()
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
