//! The call that is measured: a text is encrypted, and its ciphertext is taken out of the Base64.

use std::sync::LazyLock;

use alibabacloud_kms::ClientKey;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The id of the access key.
pub const ACCESS_KEY_ID: &str = "LTAI5tExampleExample0000";
/// The access key's secret.
pub const ACCESS_KEY_SECRET: &str = "ExampleExampleExampleExample00";
/// The key that encrypts.
pub const KEY: &str = "alias/app";

const CLIENT_KEY: &str = include_str!("../../tests/data/vectors/client_key.json");
const PASSWORD: &str = "vector-password";

/// The client key, with which both sides sign: the signature is the same work for both.
pub fn client_key() -> ClientKey {
    static KEY: LazyLock<ClientKey> = LazyLock::new(|| {
        ClientKey::from_content(&CLIENT_KEY.into(), &PASSWORD.into()).expect("the client key")
    });
    KEY.clone()
}

/// A plaintext of this size, another one for each number, as Base64.
pub fn plaintext(size: usize, number: u64) -> String {
    let mut bytes = vec![0x5a; size];
    let end = size.min(8);
    bytes[..end].copy_from_slice(&number.to_be_bytes()[..end]);
    STANDARD.encode(bytes)
}

/// The bytes of a ciphertext, which is the end of a call.
pub fn opened(ciphertext: &str) -> usize {
    STANDARD.decode(ciphertext).expect("Base64").len()
}

/// A ciphertext in the layout of both gateways: key version, nonce, ciphertext and tag.
pub fn ciphertext(size: usize) -> Vec<u8> {
    let mut blob = b"01234567-89ab-cdef-0123-456789abcdef".to_vec();
    blob.resize(blob.len() + 12 + size + 16, 0xa5);
    blob
}
