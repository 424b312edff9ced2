//! As much of an X.509 certificate (RFC 5280, section 4.1) as tells whether it is one, and whose key
//! it certifies. What a certificate is worth, the transport's verifier decides.

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
/// The context tag of `version`, which certificates of version 1 leave out.
const VERSION: u8 = 0xa0;

/// Returns the `SubjectPublicKeyInfo` of a certificate in DER, or `None` if it is no certificate.
pub(super) fn public_key(certificate: &[u8]) -> Option<&[u8]> {
    let (certificate, rest) = Element::read(certificate, SEQUENCE)?;
    let (to_be_signed, signature) = Element::read(certificate.content, SEQUENCE)?;
    let (_algorithm, signature) = Element::read(signature, SEQUENCE)?;
    let (_, trailing) = Element::read(signature, BIT_STRING)?;
    if !rest.is_empty() || !trailing.is_empty() {
        return None;
    }
    let fields = to_be_signed.content;
    let fields = Element::read(fields, VERSION).map_or(fields, |(_, rest)| rest);
    let (_serial, fields) = Element::read(fields, INTEGER)?;
    let (_algorithm, fields) = Element::read(fields, SEQUENCE)?;
    let (_issuer, fields) = Element::read(fields, SEQUENCE)?;
    let (_validity, fields) = Element::read(fields, SEQUENCE)?;
    let (_subject, fields) = Element::read(fields, SEQUENCE)?;
    let (public_key, _extensions) = Element::read(fields, SEQUENCE)?;
    Some(public_key.whole)
}

/// A tag, a length and as many bytes.
struct Element<'a> {
    whole: &'a [u8],
    content: &'a [u8],
}

impl<'a> Element<'a> {
    /// Reads the first element, which must have this tag, and returns it with what is behind it.
    fn read(der: &'a [u8], tag: u8) -> Option<(Self, &'a [u8])> {
        let (&[found, first], rest) = der.split_first_chunk()?;
        let (length, header) = match first {
            0..=0x7f => (usize::from(first), 2),
            // A length of its own, of up to four bytes.
            0x81..=0x84 => {
                let bytes = rest.get(..usize::from(first & 0x7f))?;
                let length = bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
                (length, 2 + bytes.len())
            }
            _ => return None,
        };
        let end = header.checked_add(length)?;
        let element = Self { whole: der.get(..end)?, content: der.get(header..end)? };
        (found == tag).then_some((element, &der[end..]))
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};

    use super::*;

    fn certificate() -> (Vec<u8>, Vec<u8>) {
        let key = rcgen::KeyPair::generate().expect("a key");
        let params = rcgen::CertificateParams::default();
        let certificate = params.self_signed(&key).expect("a certificate").der().to_vec();
        (certificate, key.serialize_der())
    }

    #[test]
    fn the_public_key_is_the_one_that_is_certified() {
        let (certificate, key) = certificate();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &key).expect("a key");
        let expected: PublicKeyX509Der<'_> = key.public_key().as_der().expect("a public key");
        assert_eq!(public_key(&certificate).expect("a certificate"), expected.as_ref());
    }

    #[test]
    fn what_is_cut_or_goes_on_is_no_certificate() {
        let (certificate, _) = certificate();
        for end in 0..certificate.len() {
            assert!(public_key(&certificate[..end]).is_none(), "{end}");
        }
        assert!(public_key(&[&certificate[..], &[0]].concat()).is_none());
        assert!(public_key(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]).is_none());
        assert!(public_key(&[0x30, 0x80, 0, 0]).is_none());
    }
}
