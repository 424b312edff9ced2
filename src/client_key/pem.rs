//! Private keys in PEM (RFC 7468), as `from_pem` takes them.
//!
//! Text around the blocks, line ends of any kind, and blocks of other things (certificates) are
//! passed over. Without any block the text is taken for the bare Base64 inside one, as which the
//! official clients pass the key on.

use zeroize::Zeroizing;

use super::base64;
use super::der::{Malformed, Reader, tag};
use super::error::ClientKeyErrorKind;
use super::rsa::PrivateKey;

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

/// All private keys in `text`, of which there is at least one.
pub(super) fn private_keys(text: &str) -> Result<Vec<PrivateKey>, ClientKeyErrorKind> {
    let mut rest = text;
    let mut keys = Vec::new();
    let mut public = false;
    while let Some((_, block)) = rest.split_once(BEGIN) {
        let (label, block) = block.split_once(DASHES).ok_or(ClientKeyErrorKind::InvalidPem)?;
        let (body, after) = block
            .split_once(&format!("-----END {label}{DASHES}"))
            .ok_or(ClientKeyErrorKind::InvalidPem)?;
        rest = after;
        match label {
            // `Proc-Type: 4,ENCRYPTED`, by which OpenSSL marks its own encryption; Base64 has no
            // comma.
            "RSA PRIVATE KEY" if body.contains(",ENCRYPTED") => {
                return Err(ClientKeyErrorKind::EncryptedPem);
            }
            "RSA PRIVATE KEY" => keys.push(PrivateKey::Pkcs1(decode(body)?)),
            "PRIVATE KEY" => keys.push(PrivateKey::Pkcs8(decode(body)?)),
            "ENCRYPTED PRIVATE KEY" => return Err(ClientKeyErrorKind::EncryptedPem),
            // EC, DSA, OpenSSH's own.
            other if other.ends_with("PRIVATE KEY") => return Err(ClientKeyErrorKind::NotRsa),
            other => public |= other.ends_with("PUBLIC KEY") || other.ends_with("CERTIFICATE"),
        }
    }
    match keys.is_empty() {
        false => Ok(keys),
        true if public => Err(ClientKeyErrorKind::PublicPem),
        true => Ok(vec![bare(text)?]),
    }
}

fn decode(body: &str) -> Result<Zeroizing<Vec<u8>>, ClientKeyErrorKind> {
    base64::decode(body).ok_or(ClientKeyErrorKind::InvalidPem)
}

/// After its version a PKCS#8 key has its algorithm, a PKCS#1 key its modulus.
fn bare(text: &str) -> Result<PrivateKey, ClientKeyErrorKind> {
    let der = decode(text)?;
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
