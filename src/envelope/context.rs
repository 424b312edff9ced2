//! The encoding of a context: sorted pairs, each part preceded by its length.

use crate::{Error, Pairs};

/// The maximum length of an encoded context, in bytes.
pub(super) const MAX: usize = 32 * 1024;
/// The maximum number of pairs.
pub(super) const MAX_PAIRS: usize = 1024;

/// Returns the pairs sorted by the bytes of their names.
///
/// KMS receives them in this order too, since one client's form authenticates the JSON text of the
/// context.
pub(super) fn sorted(context: &Pairs) -> Pairs {
    let mut pairs: Vec<(&str, &str)> = context.iter().collect();
    pairs.sort_unstable();
    pairs.into_iter().collect()
}

/// Encodes a context: the number of pairs, then each name and value preceded by its length.
///
/// # Errors
///
/// [`ErrorKind::Encode`](crate::ErrorKind::Encode): it has too many pairs or is too long.
pub(super) fn encode(sorted: &Pairs) -> Result<Vec<u8>, Error> {
    let too_long = || {
        Error::invalid_parameter("EncryptionContext")
            .with_source("an envelope's context has at most 1024 pairs and 32 KiB")
    };
    let mut bytes = Vec::new();
    let count = u16::try_from(sorted.len()).ok().filter(|_| sorted.len() <= MAX_PAIRS);
    let count = count.ok_or_else(too_long)?;
    bytes.extend_from_slice(&count.to_be_bytes());
    for (name, value) in sorted.iter() {
        for text in [name, value] {
            put(&mut bytes, text.as_bytes()).ok_or_else(too_long)?;
        }
        if bytes.len() > MAX {
            return Err(too_long());
        }
    }
    Ok(bytes)
}

/// Appends the length of `bytes` as two bytes, then `bytes`. Returns `None` if the length does
/// not fit.
pub(super) fn put(out: &mut Vec<u8>, bytes: &[u8]) -> Option<()> {
    let length = u16::try_from(bytes.len()).ok()?;
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(bytes);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn encoded(pairs: &[(&str, &str)]) -> Vec<u8> {
        encode(&sorted(&pairs.iter().copied().collect())).expect("a short context")
    }

    #[test]
    fn the_order_of_the_pairs_does_not_matter() {
        assert_eq!(encoded(&[("b", "1"), ("a", "2")]), encoded(&[("a", "2"), ("b", "1")]));
        assert_eq!(encoded(&[("a", "2")]), *b"\0\x01\0\x01a\0\x012");
    }

    #[test]
    fn contexts_of_the_same_characters_do_not_collide() {
        let contexts: [&[(&str, &str)]; 11] = [
            &[],
            &[("", "")],
            &[("a", "bc")],
            &[("ab", "c")],
            &[("abc", "")],
            &[("", "abc")],
            &[("a", "b"), ("c", "")],
            &[("a", ""), ("bc", "")],
            &[("a", "b&c=d")],
            &[("a", "b"), ("c", "d")],
            &[("a", "b\0\x01c")],
        ];
        for (index, one) in contexts.iter().enumerate() {
            for other in &contexts[index + 1..] {
                assert_ne!(encoded(one), encoded(other), "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn a_context_that_is_too_long_is_refused() {
        let fits = Pairs::from([("a", "x".repeat(MAX - 7))]);
        assert_eq!(encode(&fits).expect("it fits").len(), MAX);
        let too_long = Pairs::from([("a", "x".repeat(MAX - 6))]);
        assert_eq!(encode(&too_long).expect_err("too long").kind(), ErrorKind::Encode);
        let many: Pairs = (0..=MAX_PAIRS).map(|n| (n.to_string(), "")).collect();
        assert_eq!(encode(&many).expect_err("too long").kind(), ErrorKind::Encode);
    }
}
