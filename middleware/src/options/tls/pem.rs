//! PEM blocks (RFC 7468) among whatever else is in a text.
//!
//! Certificates and keys often share a file, with comments, in any order. So only the blocks that
//! are asked for are decoded, and what may be a key is wiped.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// The label of a certificate.
pub(super) const CERTIFICATE: &str = "CERTIFICATE";

/// A block, decoded.
pub(super) struct Block<'l> {
    pub(super) label: &'l str,
    pub(super) der: Zeroizing<Vec<u8>>,
}

/// A block without its end, or whose inside is not Base64.
#[derive(Debug)]
pub(super) struct Malformed;

/// The blocks with one of these labels, in order.
pub(super) fn blocks<'l>(mut pem: &[u8], labels: &[&'l str]) -> Result<Vec<Block<'l>>, Malformed> {
    let mut found = Vec::new();
    while let Some((_, rest)) = split(pem, b"-----BEGIN ") {
        pem = rest;
        let Some((name, rest)) = split(pem, b"-----") else { break };
        let Some(label) = labels.iter().find(|label| label.as_bytes() == name) else { continue };
        let end = format!("-----END {label}-----");
        let (inside, rest) = split(rest, end.as_bytes()).ok_or(Malformed)?;
        found.push(Block { label, der: decode(inside)? });
        pem = rest;
    }
    Ok(found)
}

/// What is before and after the first occurrence.
fn split<'a>(text: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = text.windows(separator.len()).position(|window| window == separator)?;
    Some((&text[..at], &text[at + separator.len()..]))
}

fn decode(inside: &[u8]) -> Result<Zeroizing<Vec<u8>>, Malformed> {
    // With room for all of it from the start, nothing is moved and left behind.
    let mut base64 = Zeroizing::new(Vec::with_capacity(inside.len()));
    base64.extend(inside.iter().copied().filter(|byte| !byte.is_ascii_whitespace()));
    let mut der = Zeroizing::new(Vec::with_capacity(inside.len()));
    STANDARD.decode_vec(&*base64, &mut der).map_err(|_| Malformed)?;
    Ok(der)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificates(pem: &[u8]) -> Result<Vec<Vec<u8>>, Malformed> {
        Ok(blocks(pem, &[CERTIFICATE])?.into_iter().map(|block| block.der.to_vec()).collect())
    }

    #[test]
    fn blocks_are_found_among_other_things() {
        let pem =
            b"\xef\xbb\xbf-----BEGIN CERTIFICATE-----\r\nAQ\r\nID\r\n-----END CERTIFICATE-----\r\n\
            subject=/CN=caf\xe9\n-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n!!\n\
            -----END RSA PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\nBA==\n\
            -----END CERTIFICATE-----";
        assert_eq!(certificates(pem).expect("two blocks"), [vec![1, 2, 3], vec![4]]);
    }

    #[test]
    fn a_block_that_is_cut_off_or_damaged_is_an_error() {
        for pem in [
            "-----BEGIN CERTIFICATE-----\nAQID",
            "-----BEGIN CERTIFICATE-----\nAQID\n-----END PRIVATE KEY-----",
            "-----BEGIN CERTIFICATE-----\nAQI?\n-----END CERTIFICATE-----",
        ] {
            assert!(certificates(pem.as_bytes()).is_err(), "{pem}");
        }
    }

    #[test]
    fn a_text_without_blocks_has_none() {
        for text in ["", "text", "-----BEGIN ", "-----BEGIN CERTIFICATE"] {
            assert!(certificates(text.as_bytes()).expect("no block").is_empty(), "{text}");
        }
    }
}
