//! The form of an encryption context as additional authenticated data.

use alibabacloud_kms_middleware::__private::hex;
use aws_lc_rs::digest;

use crate::middleware::wire;
use crate::{Charset, Error, Pairs};

/// How an encryption context is authenticated on an instance.
///
/// Data written with one form cannot be decrypted with the other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContextAad {
    /// The 32 bytes of the context's SHA-256, as the Java and Go clients send them.
    #[default]
    Digest,
    /// As alibabacloud-kms-python-sdk sends it: the 64 hexadecimal characters of the digest, or for
    /// the older operations the context's JSON text, both in the call's charset. Use it for data
    /// that is exchanged with that SDK; alibabacloud-dkms-transfer-python uses the other form.
    Python,
}

/// Returns the additional authenticated data of a context, or `None` without a context.
pub fn context_aad(
    context: Option<&Pairs>,
    form: ContextAad,
    low_version: bool,
    charset: Charset,
) -> Result<Option<Vec<u8>>, Error> {
    let Some(context) = context else {
        return Ok(None);
    };
    let bytes = match (form, low_version) {
        (ContextAad::Digest, _) => digest_of(context).as_ref().to_vec(),
        (ContextAad::Python, false) => charset.encode(&hex(digest_of(context).as_ref()))?.to_vec(),
        (ContextAad::Python, true) => charset.encode(&wire::json::pairs(context))?.to_vec(),
    };
    Ok(Some(bytes))
}

/// Returns the SHA-256 of `k1=v1&k2=v2`, with keys in code point order and nothing escaped.
fn digest_of(context: &Pairs) -> digest::Digest {
    let mut pairs: Vec<(&str, &str)> = context.iter().collect();
    // The order of UTF-8 bytes is that of code points.
    pairs.sort_unstable();
    let text: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    digest::digest(&digest::SHA256, text.join("&").as_bytes())
}
