//! PEM blocks (RFC 7468) in a text with anything else around them.
//!
//! Certificates and keys often share a file, with comments, in any order. So only the requested
//! blocks are decoded, and what may be a key is wiped.

use std::fmt;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        // As openssl and rustls.
        .with_decode_allow_trailing_bits(true),
);

/// A block as it is in the text.
pub struct Block<'t> {
    label: &'t [u8],
    /// The part between the lines of its label; empty if the block has no end.
    inside: &'t [u8],
}

/// Shows neither, since a label may contain anything.
impl fmt::Debug for Block<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Block").field("kind", &self.kind()).finish_non_exhaustive()
    }
}

/// The content of a block, by its label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "for this workspace only")]
pub enum BlockKind {
    /// RFC 7468's `CERTIFICATE`, or the older `X509 CERTIFICATE`.
    Certificate,
    /// OpenSSL's, in which the trusted uses follow the certificate.
    TrustedCertificate,
    /// `PrivateKeyInfo`, encrypted or not.
    Pkcs8,
    /// `RSAPrivateKey`.
    Pkcs1,
    /// `ECPrivateKey`.
    Sec1,
    /// A private key in another form, such as DSA or OpenSSH's own.
    OtherPrivateKey,
    /// A public key in any form.
    PublicKey,
    /// Anything else.
    Other,
}

/// Returns all blocks, in order.
pub fn blocks(mut pem: &[u8]) -> impl Iterator<Item = Block<'_>> {
    std::iter::from_fn(move || {
        let (_, rest) = split(pem, b"-----BEGIN ")?;
        let (label, rest) = split(rest, b"-----")?;
        let (inside, rest) = until_end(rest, label);
        pem = rest;
        Some(Block { label, inside })
    })
}

/// Returns the text up to the end of a block, and the text after it. Without an end of this label
/// before the next block, the former is empty, and the latter begins at that block: to search the
/// whole text for each of many ends would take a long time.
fn until_end<'t>(text: &'t [u8], label: &[u8]) -> (&'t [u8], &'t [u8]) {
    let mut rest = text;
    while let Some((_, line)) = split(rest, b"-----") {
        let at = text.len() - line.len() - b"-----".len();
        if line.starts_with(b"BEGIN ") {
            return (&[], &text[at..]);
        }
        if let Some(end) = line.strip_prefix(b"END ") {
            let after = end.strip_prefix(label).and_then(|end| end.strip_prefix(b"-----"));
            return after.map_or((&[], end), |after| (&text[..at], after));
        }
        // Further dashes may be the beginning of the line.
        rest = &text[at + 1..];
    }
    (&[], &[])
}

impl BlockKind {
    /// Returns `true` if it is a private key in any form.
    pub(crate) fn is_private_key(self) -> bool {
        matches!(self, Self::Pkcs8 | Self::Pkcs1 | Self::Sec1 | Self::OtherPrivateKey)
    }
}

impl<'t> Block<'t> {
    /// Returns the label, which may contain anything.
    pub fn label(&self) -> &'t [u8] {
        self.label
    }

    /// Returns the kind of content, by the label.
    pub fn kind(&self) -> BlockKind {
        match self.label.trim_ascii() {
            b"CERTIFICATE" | b"X509 CERTIFICATE" => BlockKind::Certificate,
            b"TRUSTED CERTIFICATE" => BlockKind::TrustedCertificate,
            b"PRIVATE KEY" | b"ENCRYPTED PRIVATE KEY" => BlockKind::Pkcs8,
            b"RSA PRIVATE KEY" => BlockKind::Pkcs1,
            b"EC PRIVATE KEY" => BlockKind::Sec1,
            other if other.ends_with(b"PRIVATE KEY") => BlockKind::OtherPrivateKey,
            other if other.ends_with(b"PUBLIC KEY") => BlockKind::PublicKey,
            _ => BlockKind::Other,
        }
    }

    /// Returns `true` if it is encrypted: by its label, or by OpenSSL's header `Proc-Type:
    /// 4,ENCRYPTED`, which Base64 cannot contain.
    pub fn is_encrypted(&self) -> bool {
        self.label.trim_ascii().starts_with(b"ENCRYPTED ")
            || split(self.inside, b",ENCRYPTED").is_some()
    }

    /// Returns the decoded content, or `None` if it is empty or not Base64.
    pub fn decode(&self) -> Option<Zeroizing<Vec<u8>>> {
        decode(self.inside)
    }
}

/// Decodes the Base64 inside a block. Returns `None` if it is empty or invalid. White space and
/// bits after the last byte are ignored, and padding may be missing.
pub fn decode(inside: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    // With the full length reserved, nothing is moved and left behind.
    let mut base64 = Zeroizing::new(Vec::with_capacity(inside.len()));
    // Rust's white space of ASCII lacks the vertical tab, which rustls passes over too.
    let is_space = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0x0b;
    base64.extend(inside.iter().copied().filter(|byte| !is_space(byte)));
    let mut der = Zeroizing::new(Vec::with_capacity(inside.len()));
    ENGINE.decode_vec(&*base64, &mut der).ok()?;
    (!der.is_empty()).then_some(der)
}

/// Returns the text before and after the first occurrence.
fn split<'a>(text: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = text.windows(separator.len()).position(|window| window == separator)?;
    Some((&text[..at], &text[at + separator.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pem: &[u8]) -> Vec<(BlockKind, Option<Vec<u8>>)> {
        let content = |block: Block<'_>| block.decode().map(|der| der.to_vec());
        blocks(pem).map(|block| (block.kind(), content(block))).collect()
    }

    #[test]
    fn all_white_space_inside_a_block_is_passed_over() {
        let der = decode(b" AA\tE\nC\r\x0b\x0cAw=\n= ").expect("it is Base64");
        assert_eq!(*der, [0, 1, 2, 3]);
    }

    #[test]
    fn blocks_are_found_among_other_things() {
        let pem =
            b"\xef\xbb\xbf-----BEGIN CERTIFICATE-----\r\nAQ\r\nID\r\n-----END CERTIFICATE-----\r\n\
            subject=/CN=caf\xe9\n-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n!!\n\
            -----END RSA PRIVATE KEY-----\n-----BEGIN TRUSTED CERTIFICATE-----\nBA==\n\
            -----END TRUSTED CERTIFICATE-----";
        let expected = [
            (BlockKind::Certificate, Some(vec![1, 2, 3])),
            (BlockKind::Pkcs1, None),
            (BlockKind::TrustedCertificate, Some(vec![4])),
        ];
        assert_eq!(found(pem), expected);
    }

    #[test]
    fn a_block_that_is_cut_off_or_damaged_has_no_content() {
        for pem in [
            "-----BEGIN CERTIFICATE-----\nAQID",
            "-----BEGIN CERTIFICATE-----\nAQID\n-----END PRIVATE KEY-----",
            "-----BEGIN CERTIFICATE-----\nAQI?\n-----END CERTIFICATE-----",
            "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----",
        ] {
            assert_eq!(found(pem.as_bytes()), [(BlockKind::Certificate, None)], "{pem}");
        }
    }

    #[test]
    fn a_block_without_an_end_is_over_where_the_next_one_begins() {
        let whole = "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n";
        for broken in [
            "-----BEGIN PRIVATE KEY-----\nAQID\n",
            "-----BEGIN PRIVATE KEY-----\nAQID\n-----END CERTIFICATE-----\n",
            "-----BEGIN PRIVATE KEY-----\nAQID\n-----END PRIVATE KEY\n",
            "-----BEGIN PRIVATE KEY-----\nAQID\n-----\n-----END -----\n",
        ] {
            let pem = format!("{broken}{whole}-----END PRIVATE KEY-----\n{whole}");
            let certificate = (BlockKind::Certificate, Some(vec![1, 2, 3]));
            let expected = [(BlockKind::Pkcs8, None), certificate.clone(), certificate];
            assert_eq!(found(pem.as_bytes()), expected, "{broken}");
        }
        let dashes = "-----BEGIN CERTIFICATE-----\nAQID\n-------END CERTIFICATE-----";
        assert_eq!(
            blocks(dashes.as_bytes()).next().map(|block| block.inside),
            Some(&b"\nAQID\n--"[..])
        );
    }

    /// It would take many minutes if each block were searched to the end of the text.
    #[test]
    fn a_text_of_beginnings_is_read_once() {
        for (part, count) in
            [("-----BEGIN A-----", 60_000), ("-----BEGIN A----------END B-----", 30_000)]
        {
            let pem = part.repeat(count);
            assert_eq!(blocks(pem.as_bytes()).count(), count);
            assert!(blocks(pem.as_bytes()).all(|block| block.inside.is_empty()));
        }
        let dashes = "-----BEGIN A-----".to_owned() + &"-".repeat(1 << 20);
        assert_eq!(blocks(dashes.as_bytes()).count(), 1);
    }

    #[test]
    fn a_text_without_blocks_has_none() {
        for text in ["", "text", "-----BEGIN ", "-----BEGIN CERTIFICATE"] {
            assert_eq!(found(text.as_bytes()), [], "{text}");
        }
    }

    #[test]
    fn encryption_is_in_the_label_or_in_a_header() {
        let pem = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAQID\n-----END ENCRYPTED PRIVATE KEY-----\n\
            -----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAQID\n\
            -----END EC PRIVATE KEY-----\n-----BEGIN PRIVATE KEY-----\nAQID\n-----END PRIVATE KEY-----";
        let found: Vec<_> =
            blocks(pem.as_bytes()).map(|block| (block.kind(), block.is_encrypted())).collect();
        let expected =
            [(BlockKind::Pkcs8, true), (BlockKind::Sec1, true), (BlockKind::Pkcs8, false)];
        assert_eq!(found, expected);
    }

    #[test]
    fn white_space_missing_padding_and_bits_after_the_end_are_passed_over() {
        for text in ["aGVsbG8=", "aGVsbG8", " aGVs\r\nbG8=\n", "aGVsbG9="] {
            assert_eq!(decode(text.as_bytes()).as_deref().map(Vec::as_slice), Some(&b"hello"[..]));
        }
        for text in ["", "\n", "aGVsb", "aGVs-G8=", "aGVsbG8=aGVs", "päd="] {
            assert!(decode(text.as_bytes()).is_none(), "{text}");
        }
    }
}
