//! Arbitrary bytes as a client key, in all the places where one is read: PEM, JSON, PKCS#12, and
//! behind a PKCS#12 file's MAC.
//!
//! `cargo +nightly fuzz run client_key fuzz/corpus/client_key tests/data/client_key`

#![no_main]

use alibabacloud_kms::ClientKey;
use aws_lc_rs::{digest, hmac};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use libfuzzer_sys::fuzz_target;
use secrecy::SecretString;

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        check(ClientKey::from_pem("id", &text.into()).ok());
        check(ClientKey::from_content(&text.into(), &"".into()).ok());
    }
    check(open(data));
    check(open(&under_mac(data)));
});

/// A key that was accepted signs.
fn check(key: Option<ClientKey>) {
    if let Some(key) = key {
        assert!(key.sign(b"message").is_ok());
    }
}

fn open(pkcs12: &[u8]) -> Option<ClientKey> {
    let data = STANDARD.encode(pkcs12);
    let json = format!(r#"{{"KeyId": "id", "PrivateKeyData": "{data}"}}"#);
    ClientKey::from_content(&SecretString::from(json), &"".into()).ok()
}

/// A PKCS#12 file of this content with the right MAC, for the empty password: without it no input
/// would get past the MAC.
fn under_mac(content: &[u8]) -> Vec<u8> {
    const SALT: [u8; 8] = [0; 8];
    const DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
    const SHA256: &[u8] = b"\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01";

    // RFC 7292, appendix B.2, for one iteration and one block: ID 3, the salt, the password (two
    // zero bytes), each filled up to 64 bytes.
    let mut block = [0; 192];
    block[..64].fill(3);
    let key = digest::digest(&digest::SHA256, &block);
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_ref());
    let mac = hmac::sign(&key, content);

    let auth_safe = tlv(0x30, &[DATA, &tlv(0xa0, &[&tlv(4, &[content])])]);
    let digest_info = tlv(0x30, &[SHA256, &tlv(4, &[mac.as_ref()])]);
    let mac_data = tlv(0x30, &[&digest_info, &tlv(4, &[&SALT])]);
    tlv(0x30, &[b"\x02\x01\x03", &auth_safe, &mac_data])
}

fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let len = u32::try_from(body.len()).expect("inputs are small");
    // A length in four bytes is BER, which the reader takes.
    [&[tag, 0x84], &len.to_be_bytes()[..], &body].concat()
}
