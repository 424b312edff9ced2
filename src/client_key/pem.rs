//! Private keys in PEM (RFC 7468), as `from_pem` takes them.
//!
//! Text around the blocks, line ends of any kind, and other blocks (certificates) are ignored. A
//! text without a block is taken for the bare Base64 of one, as the official clients take the key.

use alibabacloud_kms_middleware::__private::pem::{self, BlockKind};
use zeroize::Zeroizing;

use super::der::{Malformed, Reader, tag};
use super::error::ClientKeyErrorKind;
use super::rsa::PrivateKey;

/// Returns all private keys in `text`, at least one.
pub(super) fn private_keys(text: &str) -> Result<Vec<PrivateKey>, ClientKeyErrorKind> {
    let mut keys = Vec::new();
    let mut public = false;
    for block in pem::blocks(text.as_bytes()) {
        let key = |key: fn(Zeroizing<Vec<u8>>) -> PrivateKey| match block.decode() {
            _ if block.is_encrypted() => Err(ClientKeyErrorKind::EncryptedPem),
            der => der.map(key).ok_or(ClientKeyErrorKind::InvalidPem),
        };
        match block.kind() {
            BlockKind::Pkcs1 => keys.push(key(PrivateKey::Pkcs1)?),
            BlockKind::Pkcs8 => keys.push(key(PrivateKey::Pkcs8)?),
            BlockKind::Sec1 | BlockKind::OtherPrivateKey => return Err(ClientKeyErrorKind::NotRsa),
            BlockKind::Certificate | BlockKind::TrustedCertificate | BlockKind::PublicKey => {
                public = true;
            }
            BlockKind::Other => {}
        }
    }
    match keys.is_empty() {
        false => Ok(keys),
        true if public => Err(ClientKeyErrorKind::PublicPem),
        true => Ok(vec![bare(text)?]),
    }
}

/// After its version, a PKCS#8 key has its algorithm and a PKCS#1 key its modulus.
fn bare(text: &str) -> Result<PrivateKey, ClientKeyErrorKind> {
    let der = pem::decode(text.as_bytes()).ok_or(ClientKeyErrorKind::InvalidPem)?;
    let second = || {
        let mut key = Reader::new(&der).sequence()?;
        key.small_integer()?;
        Ok::<_, Malformed>(key.peek())
    };
    match second() {
        Ok(Some(tag::SEQUENCE)) => Ok(PrivateKey::Pkcs8(der)),
        Ok(Some(tag::INTEGER)) => Ok(PrivateKey::Pkcs1(der)),
        _ => Err(ClientKeyErrorKind::InvalidPem),
    }
}
