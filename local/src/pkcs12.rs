//! Writes the PKCS#12 file inside the local gateway's client key.
//!
//! One private key and no certificate, under PBES2 with AES-256 and PBKDF2-HMAC-SHA256 and a MAC
//! with SHA-256. That is what OpenSSL 3, Java, Python's `cryptography` and pyOpenSSL open, and the
//! official Python SDK with them. [`alibabacloud_kms::client_key`] reads it.

use std::num::NonZeroU16;

use alibabacloud_kms::__private::mac_key_sha256;
use aws_lc_rs::cipher::{AES_256, DecryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::{hmac, pbkdf2, rand};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::der::{NULL, explicit, integer, object, octet_string, sequence, tlv};

/// What Java's keytool writes; a local gateway's key opens within some milliseconds.
const ITERATIONS: NonZeroU16 = NonZeroU16::new(10_000).unwrap();

/// An unencrypted PKCS#8 private key, as a PKCS#12 file under `password`.
///
/// # Errors
///
/// If the cryptography library fails, as without random numbers.
pub(crate) fn write(pkcs8: &[u8], password: &SecretString) -> Result<Vec<u8>, Unspecified> {
    let password = password.expose_secret();
    let key_bag =
        sequence(&[&object(oid::SHROUDED_KEY_BAG), &explicit(&encrypt(pkcs8, password)?)]);
    let safe = data(&sequence(&[&key_bag]));
    let content = sequence(&[&safe]);

    let salt: [u8; 16] = random()?;
    let mac_key = mac_key_sha256(password, &salt, ITERATIONS.into());
    let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &*mac_key), &content);
    let digest_info =
        sequence(&[&algorithm(oid::SHA256, &tlv(NULL, &[])), &octet_string(mac.as_ref())]);
    let mac_data = sequence(&[&digest_info, &octet_string(&salt), &number(ITERATIONS.get())]);

    Ok(sequence(&[&number(3), &data(&content), &mac_data]))
}

/// `EncryptedPrivateKeyInfo`, RFC 5958.
fn encrypt(pkcs8: &[u8], password: &str) -> Result<Vec<u8>, Unspecified> {
    let salt: [u8; 16] = random()?;
    let mut key = Zeroizing::new([0; 32]);
    let (hash, iterations) = (pbkdf2::PBKDF2_HMAC_SHA256, ITERATIONS.into());
    pbkdf2::derive(hash, iterations, &salt, password.as_bytes(), &mut *key);

    // Room for the padding, so that the plaintext is never moved.
    let mut data = Zeroizing::new(Vec::with_capacity(pkcs8.len() + AES_256.block_len()));
    data.extend_from_slice(pkcs8);
    let cipher = PaddedBlockEncryptingKey::cbc_pkcs7(UnboundCipherKey::new(&AES_256, &*key)?)?;
    let DecryptionContext::Iv128(iv) = cipher.encrypt(&mut *data)? else {
        return Err(Unspecified);
    };

    let pbkdf2 = algorithm(
        oid::PBKDF2,
        &sequence(&[
            &octet_string(&salt),
            &number(ITERATIONS.get()),
            &algorithm(oid::HMAC_SHA256, &tlv(NULL, &[])),
        ]),
    );
    let aes = algorithm(oid::AES_256_CBC, &octet_string(iv.as_ref()));
    let pbes2 = algorithm(oid::PBES2, &sequence(&[&pbkdf2, &aes]));
    Ok(sequence(&[&pbes2, &octet_string(&data)]))
}

fn random<const N: usize>() -> Result<[u8; N], Unspecified> {
    let mut bytes = [0; N];
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
    /// `id-PBKDF2`, 1.2.840.113549.1.5.12.
    pub(super) const PBKDF2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 12];
    /// `id-PBES2`, 1.2.840.113549.1.5.13.
    pub(super) const PBES2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 13];
    /// `id-hmacWithSHA256`, 1.2.840.113549.2.9.
    pub(super) const HMAC_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 9];
    /// `aes256-CBC-PAD`, 2.16.840.1.101.3.4.1.42.
    pub(super) const AES_256_CBC: &[u8] = &[0x60, 0x86, 0x48, 1, 101, 3, 4, 1, 42];
    /// `id-sha256`, 2.16.840.1.101.3.4.2.1.
    pub(super) const SHA256: &[u8] = &[0x60, 0x86, 0x48, 1, 101, 3, 4, 2, 1];
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
