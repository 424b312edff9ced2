//! What an encryption context is to the cipher.

use aws_lc_rs::digest;

use crate::{Charset, Error, Pairs, wire};

/// How an encryption context is authenticated on the instance.
///
/// The forms do not open each other's data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ContextAad {
    /// The 32 bytes of its SHA-256, as the Java and Go clients send them.
    #[default]
    Digest,
    /// As the Python client sends it: the digest's 64 hexadecimal characters in the call's charset,
    /// and on the older operations its JSON text. For data that a Python program wrote.
    Python,
}

/// The additional data of a context; none without one.
pub fn of(
    context: Option<&Pairs>,
    form: ContextAad,
    low_version: bool,
    charset: Charset,
) -> Result<Option<Vec<u8>>, Error> {
    let Some(context) = context else {
        return Ok(None);
    };
    let octets = match (form, low_version) {
        (ContextAad::Digest, _) => digest_of(context).as_ref().to_vec(),
        (ContextAad::Python, false) => {
            let hex: String =
                digest_of(context).as_ref().iter().map(|octet| format!("{octet:02x}")).collect();
            charset.encode(&hex)?.to_vec()
        }
        (ContextAad::Python, true) => charset.encode(&wire::json::pairs(context))?.to_vec(),
    };
    Ok(Some(octets))
}

/// SHA-256 of `k1=v1&k2=v2`, keys in code point order, nothing escaped.
fn digest_of(context: &Pairs) -> digest::Digest {
    let mut pairs: Vec<(&str, &str)> = context.iter().collect();
    // The order of UTF-8 octets is that of code points.
    pairs.sort_unstable();
    let text: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    digest::digest(&digest::SHA256, text.join("&").as_bytes())
}
