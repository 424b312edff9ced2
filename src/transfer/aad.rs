//! The form of an encryption context as additional authenticated data.

use std::cmp::Ordering;

use alibabacloud_kms_middleware::__private::hex;
use aws_lc_rs::digest;

use crate::middleware::wire;
use crate::{Charset, Error, Pairs};

/// How an encryption context is authenticated on an instance.
///
/// Data written with one form cannot be decrypted with another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContextAad {
    /// The 32 bytes of the SHA-256 of the context in UTF-8, as alibabacloud-kms-go-sdk and
    /// alibabacloud-dkms-transfer-python send them, and the Java client with its default charset.
    #[default]
    Digest,
    /// As alibabacloud-kms-java-sdk sends it: the 32 bytes of the SHA-256 of the context in the
    /// call's charset. It differs from [`Digest`](Self::Digest) where the charset writes the
    /// context in other bytes than UTF-8, as GBK does with Chinese values. Java's `UTF-16` is not
    /// covered: it is big-endian, and `utf-16` here is little-endian.
    Java,
    /// As alibabacloud-kms-python-sdk sends it: the 64 hexadecimal characters of the digest, or for
    /// the older operations the context's JSON text, both in the call's charset. Use it for data
    /// that is exchanged with that SDK; alibabacloud-dkms-transfer-python uses [`Digest`](Self::Digest).
    Python,
}

/// Returns the additional authenticated data of a context, or `None` without a context.
#[inline]
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
        (ContextAad::Digest, _) => digest_of(text_of(context, str::cmp).as_bytes()),
        (ContextAad::Java, _) => {
            // Java compares texts by units of UTF-16.
            let text = text_of(context, |one, other| one.encode_utf16().cmp(other.encode_utf16()));
            digest_of(&charset.encode(&text)?)
        }
        (ContextAad::Python, false) => {
            let digest = digest_of(text_of(context, str::cmp).as_bytes());
            charset.encode(&hex(&digest))?.to_vec()
        }
        (ContextAad::Python, true) => charset.encode(&wire::json::pairs(context))?.to_vec(),
    };
    Ok(Some(bytes))
}

/// Returns `k1=v1&k2=v2`, with names in this order and nothing escaped.
///
/// The order of `str` is that of code points, as in Python and Go.
#[inline]
fn text_of(context: &Pairs, order: fn(&str, &str) -> Ordering) -> String {
    let mut pairs: Vec<(&str, &str)> = context.iter().collect();
    pairs.sort_unstable_by(|(one, _), (other, _)| order(one, other));
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

fn digest_of(text: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, text).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::{ContextAad, context_aad, hex};
    use crate::{Charset, Pairs};

    /// SHA-256 by Python's `hashlib`. The Java and Go SDKs open data that is written like this, and
    /// this client theirs.
    #[test]
    fn a_digest_is_of_the_text_in_utf_8_and_javas_in_the_calls_charset() {
        const UTF_8: &str = "f98246550be5f1703bedcdc40946392ed545260cc676d07f5fe40b80626cff28";
        let context: Pairs = [("tenant", "中"), ("app", "a b&c=d")].into_iter().collect();
        for (form, charset, expected) in [
            (ContextAad::Digest, "utf-8", UTF_8),
            #[cfg(feature = "encodings")]
            (ContextAad::Digest, "gbk", UTF_8),
            (ContextAad::Digest, "utf-16", UTF_8),
            (ContextAad::Java, "utf-8", UTF_8),
            #[cfg(feature = "encodings")]
            (
                ContextAad::Java,
                "gbk",
                "7af1bdac212173f87d89b20e81973237b8fced232f815a4b2df332ae41243d66",
            ),
            (
                ContextAad::Java,
                "utf-16-be",
                "1af05cd87ea46de6ed265b5d57bfc0499527fe151cf77687f5faaca9717fcc9c",
            ),
        ] {
            for low_version in [false, true] {
                let charset = charset.parse::<Charset>().expect("a charset");
                let aad = context_aad(Some(&context), form, low_version, charset);
                let aad = aad.expect("it can be written").expect("a context");
                assert_eq!(hex(&aad), expected, "{form:?}");
            }
        }
        let charset = "ascii".parse::<Charset>().expect("a charset");
        assert!(context_aad(Some(&context), ContextAad::Java, false, charset).is_err());
    }

    /// U+FF21 is before U+10400 as a code point, and after its surrogates.
    #[test]
    fn names_are_in_the_order_of_their_language() {
        let context: Pairs = [("\u{10400}", "1"), ("\u{ff21}", "2")].into_iter().collect();
        let aad = |form| context_aad(Some(&context), form, false, Charset::default());
        let [digest, java] = [ContextAad::Digest, ContextAad::Java]
            .map(|form| hex(&aad(form).expect("it can be written").expect("a context")));
        assert_eq!(digest, "a95a5caa48aec2f4d64d05efc9edf68037818b52c503073b31fff437f0dee175");
        assert_eq!(java, "fcfa52f10418d85a1a917dfc1d5875275086ad109e231bc750265a45c1674867");
    }
}
