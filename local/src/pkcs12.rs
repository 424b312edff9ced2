//! Writes the PKCS#12 file inside the local gateway's client key.
//!
//! A certificate, then its private key under triple DES, and a MAC with SHA-1: the form that the
//! official Go SDK demands of a client key. OpenSSL 3, Java, Python's `cryptography` and pyOpenSSL
//! open it too, and the other official SDKs with them. [`alibabacloud_kms::client_key`] reads it.
//!
//! These algorithms are old, and the form protects a key no better than its password does.

use std::num::NonZeroU16;

use alibabacloud_kms::__private::{Purpose, pkcs12_sha1};
use aws_lc_rs::cipher::{self, EncryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::{hmac, rand};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::der::{NULL, explicit, integer, object, octet_string, sequence, set, tlv};

/// What Java's keytool writes; a local gateway's key opens within some milliseconds.
const ITERATIONS: NonZeroU16 = NonZeroU16::new(10_000).unwrap();

/// The attribute by which readers find the certificate of a key.
const LOCAL_KEY_ID: &[u8] = &[1];

/// An unencrypted PKCS#8 RSA private key, as a PKCS#12 file under `password`.
///
/// # Errors
///
/// If the cryptography library fails, as without random numbers.
pub(crate) fn write(pkcs8: &[u8], password: &SecretString) -> Result<Vec<u8>, Unspecified> {
    let password = password.expose_secret();
    // Each in a safe of its own, and in this order: Go's pkcs12 wants two safes, and the SDK takes
    // the second bag for the key.
    let certificate = bag(oid::CERTIFICATE_BAG, &certificate_bag(&self_signed(pkcs8)?));
    let key = bag(oid::SHROUDED_KEY_BAG, &encrypt(pkcs8, password)?);
    let content = sequence(&[&data(&sequence(&[&certificate])), &data(&sequence(&[&key]))]);

    let salt = salt()?;
    let mut mac_key = Zeroizing::new([0; 20]);
    pkcs12_sha1(Purpose::Mac, password, &salt, ITERATIONS.into(), &mut *mac_key);
    let mac_key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &*mac_key);
    let mac = hmac::sign(&mac_key, &content);
    let digest_info =
        sequence(&[&algorithm(oid::SHA1, &tlv(NULL, &[])), &octet_string(mac.as_ref())]);
    let mac_data = sequence(&[&digest_info, &octet_string(&salt), &number(ITERATIONS.get())]);

    Ok(sequence(&[&number(3), &data(&content), &mac_data]))
}

/// A certificate of the key, which nothing verifies.
fn self_signed(pkcs8: &[u8]) -> Result<Vec<u8>, Unspecified> {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "alibabacloud-kms local client key");
    let certificate = KeyPair::try_from(pkcs8).and_then(|key| params.self_signed(&key));
    Ok(certificate.map_err(|_| Unspecified)?.der().to_vec())
}

/// `CertBag`, RFC 7292, section 4.2.3.
fn certificate_bag(der: &[u8]) -> Vec<u8> {
    sequence(&[&object(oid::X509_CERTIFICATE), &explicit(&octet_string(der))])
}

/// `EncryptedPrivateKeyInfo`, RFC 5958, with a scheme of RFC 7292, appendix C.
fn encrypt(pkcs8: &[u8], password: &str) -> Result<Vec<u8>, Unspecified> {
    let salt = salt()?;
    let (mut key, mut iv) = (Zeroizing::new([0; 24]), [0; 8]);
    pkcs12_sha1(Purpose::Key, password, &salt, ITERATIONS.into(), &mut *key);
    pkcs12_sha1(Purpose::Iv, password, &salt, ITERATIONS.into(), &mut iv);

    #[expect(deprecated, reason = "the official Go SDK reads nothing newer")]
    let algorithm_of_key = &cipher::DES_EDE3_FOR_LEGACY_USE_ONLY;
    // Room for the padding, so that the plaintext is never moved.
    let mut data = Zeroizing::new(Vec::with_capacity(pkcs8.len() + iv.len()));
    data.extend_from_slice(pkcs8);
    let key = UnboundCipherKey::new(algorithm_of_key, &*key)?;
    let iv = EncryptionContext::Iv64(FixedLength::from(iv));
    PaddedBlockEncryptingKey::cbc_pkcs7(key)?.less_safe_encrypt(&mut *data, iv)?;

    let parameters = sequence(&[&octet_string(&salt), &number(ITERATIONS.get())]);
    Ok(sequence(&[&algorithm(oid::PBE_SHA1_3DES, &parameters), &octet_string(&data)]))
}

fn salt() -> Result<[u8; 8], Unspecified> {
    let mut bytes = [0; 8];
    rand::fill(&mut bytes)?;
    Ok(bytes)
}

/// The object identifiers of what is written, as the bytes inside a DER `OBJECT IDENTIFIER`.
mod oid {
    /// CMS `id-data`, 1.2.840.113549.1.7.1.
    pub(super) const DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
    /// `pkcs8ShroudedKeyBag`, 1.2.840.113549.1.12.10.1.2.
    pub(super) const SHROUDED_KEY_BAG: &[u8] =
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1, 2];
    /// `certBag`, 1.2.840.113549.1.12.10.1.3.
    pub(super) const CERTIFICATE_BAG: &[u8] =
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1, 3];
    /// `x509Certificate`, 1.2.840.113549.1.9.22.1.
    pub(super) const X509_CERTIFICATE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 22, 1];
    /// `localKeyId`, 1.2.840.113549.1.9.21.
    pub(super) const LOCAL_KEY_ID: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 21];
    /// `pbeWithSHAAnd3-KeyTripleDES-CBC`, 1.2.840.113549.1.12.1.3.
    pub(super) const PBE_SHA1_3DES: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 1, 3];
    /// `id-sha1`, 1.3.14.3.2.26.
    pub(super) const SHA1: &[u8] = &[0x2b, 14, 3, 2, 26];
}

/// A `SafeBag`, RFC 7292, section 4.2.
fn bag(kind: &[u8], value: &[u8]) -> Vec<u8> {
    let id = sequence(&[&object(oid::LOCAL_KEY_ID), &set(&[&octet_string(LOCAL_KEY_ID)])]);
    sequence(&[&object(kind), &explicit(value), &set(&[&id])])
}

/// A `ContentInfo` of type data.
fn data(content: &[u8]) -> Vec<u8> {
    sequence(&[&object(oid::DATA), &explicit(&octet_string(content))])
}

fn algorithm(oid: &[u8], parameters: &[u8]) -> Vec<u8> {
    sequence(&[&object(oid), parameters])
}

fn number(value: u16) -> Vec<u8> {
    integer(&value.to_be_bytes())
}

#[cfg(test)]
mod tests {
    use alibabacloud_kms::{ClientKey, ClientKeyErrorKind};
    use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
    use aws_lc_rs::rsa::{KeyPair, KeySize};
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use secrecy::SecretString;

    use super::write;

    #[test]
    fn the_reader_opens_what_is_written() {
        let key = key();
        let text = SecretString::from(STANDARD.encode(&key));
        let given = ClientKey::from_pem("KAAP.local", &text).expect("it loads");
        for password in ["local-password", "", "pässwört-密码-🔑"] {
            let written = open(&written(&key, password), password).expect("it opens");
            assert_eq!(
                written.sign(b"message").expect("it signs"),
                given.sign(b"message").expect("it signs")
            );
        }
    }

    #[test]
    fn another_password_does_not_open_it() {
        assert_eq!(
            open(&written(&key(), "local-password"), "other").err(),
            Some(ClientKeyErrorKind::WrongPassword)
        );
    }

    #[test]
    fn no_two_files_are_alike() {
        let key = key();
        assert_ne!(written(&key, "local-password"), written(&key, "local-password"));
    }

    /// A new PKCS#8 private key.
    fn key() -> Vec<u8> {
        let pair = KeyPair::generate(KeySize::Rsa2048).expect("random numbers");
        let der: Pkcs8V1Der<'_> = pair.as_der().expect("it is written");
        der.as_ref().to_vec()
    }

    fn written(pkcs8: &[u8], password: &str) -> Vec<u8> {
        write(pkcs8, &password.into()).expect("it is written")
    }

    fn open(pkcs12: &[u8], password: &str) -> Result<ClientKey, ClientKeyErrorKind> {
        let data = STANDARD.encode(pkcs12);
        let json = format!(r#"{{"KeyId": "KAAP.local", "PrivateKeyData": "{data}"}}"#);
        ClientKey::from_content(&SecretString::from(json), &password.into())
            .map_err(|error| error.kind().clone())
    }
}
