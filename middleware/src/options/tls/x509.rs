//! Reads as much of an X.509 certificate (RFC 5280, section 4.1) as is needed to recognize it and
//! to find its key. The transport's verifier decides whether it is trusted.

use std::time::SystemTime;

use crate::wire::time::parse_iso8601;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
/// The context tag of `version`, which certificates of version 1 leave out.
const VERSION: u8 = 0xa0;
const OID: u8 = 0x06;
const BOOLEAN: u8 = 0x01;
const OCTET_STRING: u8 = 0x04;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// The context tag of `reject` in OpenSSL's trust settings.
const REJECT: u8 = 0xa0;
/// The context tag of `extensions`.
const EXTENSIONS: u8 = 0xa3;
/// `extKeyUsage`, 2.5.29.37.
const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x25];
/// `anyExtendedKeyUsage`, 2.5.29.37.0.
const ANY_USAGE: &[u8] = &[0x55, 0x1d, 0x25, 0];
/// `serverAuth`, 1.3.6.1.5.5.7.3.1.
const SERVER_AUTH: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 1];
/// `rsaEncryption`, 1.2.840.113549.1.1.1.
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];

/// Returns the certificate at the beginning of this DER, or `None` if there is none. In OpenSSL's
/// `TRUSTED CERTIFICATE`, more data follows.
pub(super) fn first(der: &[u8]) -> Option<&[u8]> {
    let (certificate, _) = Element::read(der, SEQUENCE)?;
    public_key(certificate.whole).map(|_| certificate.whole)
}

/// Returns what follows the header of a sequence at the beginning of a content, in DER or in BER
/// without a length.
pub(super) fn within_sequence(content: &[u8]) -> Option<&[u8]> {
    let (&[tag, length], rest) = content.split_first_chunk()?;
    let of_length = if length > 0x80 { usize::from(length & 0x7f) } else { 0 };
    rest.get(of_length..).filter(|_| tag == SEQUENCE)
}

/// Returns `true` unless a certificate in DER has an extended key usage (RFC 5280, section 4.2.1.12)
/// that leaves servers out.
pub fn may_be_a_servers(certificate: &[u8]) -> bool {
    let Some(Fields { mut rest, .. }) = fields(certificate) else { return false };
    // The unique ids of issuer and subject may come before the extensions.
    while let Some((tag, element, behind)) = Element::any(rest) {
        rest = behind;
        if tag == EXTENSIONS {
            return key_usages(element.content).is_none_or(allow_servers);
        }
    }
    true
}

/// The inside of the extension `extKeyUsage`, if it is among these.
fn key_usages(extensions: &[u8]) -> Option<&[u8]> {
    let mut extensions = Element::read(extensions, SEQUENCE)?.0.content;
    while let Some((extension, behind)) = Element::read(extensions, SEQUENCE) {
        extensions = behind;
        let (id, value) = Element::read(extension.content, OID)?;
        // Whether it is critical may stand before it.
        let value = Element::read(value, BOOLEAN).map_or(value, |(_, value)| value);
        if id.content == EXTENDED_KEY_USAGE {
            return Element::read(value, OCTET_STRING).map(|(value, _)| value.content);
        }
    }
    None
}

fn allow_servers(usages: &[u8]) -> bool {
    Element::read(usages, SEQUENCE).is_some_and(|(usages, _)| name_servers(usages.content))
}

fn name_servers(mut usages: &[u8]) -> bool {
    while let Some((usage, behind)) = Element::read(usages, OID) {
        if usage.content == SERVER_AUTH || usage.content == ANY_USAGE {
            return true;
        }
        usages = behind;
    }
    false
}

/// Returns `true` if the trust settings that OpenSSL writes behind a certificate in DER exclude
/// servers: they reject them, or trust other uses only.
pub(super) fn excludes_servers(settings: &[u8]) -> bool {
    let Some((settings, _)) = Element::read(settings, SEQUENCE) else { return false };
    let (trusts_others, rest) = match Element::read(settings.content, SEQUENCE) {
        Some((trusted, rest)) => {
            (!trusted.content.is_empty() && !name_servers(trusted.content), rest)
        }
        None => (false, settings.content),
    };
    let rejected = Element::read(rest, REJECT);
    trusts_others || rejected.is_some_and(|(rejected, _)| name_servers(rejected.content))
}

/// Returns when a certificate in DER expires, or `None` if that cannot be read.
pub(super) fn expiry(certificate: &[u8]) -> Option<SystemTime> {
    let (_from, until) = Element::any(fields(certificate)?.validity).map(|(_, it, to)| (it, to))?;
    let (tag, until, _) = Element::any(until)?;
    let digits = std::str::from_utf8(until.content).ok()?.strip_suffix('Z')?;
    let (year, rest) = match tag {
        // RFC 5280, section 4.1.2.5.1.
        UTC_TIME => {
            let (year, rest) = digits.split_at_checked(2)?;
            (format!("{}{year}", if year < "50" { "20" } else { "19" }), rest)
        }
        GENERALIZED_TIME => {
            digits.split_at_checked(4).map(|(year, rest)| (year.to_owned(), rest))?
        }
        _ => return None,
    };
    let two = |at: usize| rest.get(at..at + 2);
    let (month, day, hour, minute) = (two(0)?, two(2)?, two(4)?, two(6)?);
    let second = rest.get(8..)?;
    parse_iso8601(&format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z"))
}

/// Returns the `SubjectPublicKeyInfo` of a certificate in DER, or `None` if it is not a
/// certificate.
pub(super) fn public_key(certificate: &[u8]) -> Option<&[u8]> {
    fields(certificate).map(|fields| fields.public_key)
}

/// Parts of what is signed in a certificate.
struct Fields<'a> {
    validity: &'a [u8],
    public_key: &'a [u8],
    /// What follows the key.
    rest: &'a [u8],
}

fn fields(certificate: &[u8]) -> Option<Fields<'_>> {
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
    let (validity, fields) = Element::read(fields, SEQUENCE)?;
    let (_subject, fields) = Element::read(fields, SEQUENCE)?;
    let (public_key, rest) = Element::read(fields, SEQUENCE)?;
    Some(Fields { validity: validity.content, public_key: public_key.whole, rest })
}

/// Returns the version of a certificate in DER: 1, 2 or 3.
pub fn version(certificate: &[u8]) -> Option<u8> {
    public_key(certificate)?;
    let (certificate, _) = Element::read(certificate, SEQUENCE)?;
    let (to_be_signed, _) = Element::read(certificate.content, SEQUENCE)?;
    match Element::read(to_be_signed.content, VERSION) {
        None => Some(1),
        Some((version, _)) => {
            let (number, _) = Element::read(version.content, INTEGER)?;
            number.content.last()?.checked_add(1)
        }
    }
}

/// Returns the size in bits of the RSA key of a certificate in DER, or `None` for other keys.
pub fn rsa_bits(certificate: &[u8]) -> Option<usize> {
    let (key, _) = Element::read(public_key(certificate)?, SEQUENCE)?;
    let (algorithm, key) = Element::read(key.content, SEQUENCE)?;
    if Element::read(algorithm.content, OID)?.0.content != RSA {
        return None;
    }
    // After the number of unused bits, which is 0.
    let (key, _) = Element::read(key, BIT_STRING)?;
    let (key, _) = Element::read(key.content.get(1..)?, SEQUENCE)?;
    let (modulus, _) = Element::read(key.content, INTEGER)?;
    let zeros = modulus.content.iter().take_while(|byte| **byte == 0).count();
    let first = modulus.content.get(zeros)?;
    let bits = 8 * (modulus.content.len() - zeros);
    Some(bits - usize::try_from(first.leading_zeros()).ok()?)
}

/// A tag, a length, and the content.
struct Element<'a> {
    whole: &'a [u8],
    content: &'a [u8],
}

impl<'a> Element<'a> {
    /// Reads the first element, which must have this tag, and returns it with the rest.
    fn read(der: &'a [u8], tag: u8) -> Option<(Self, &'a [u8])> {
        let (found, element, rest) = Self::any(der)?;
        (found == tag).then_some((element, rest))
    }

    /// Reads the first element, and returns its tag, itself and what is behind it.
    fn any(der: &'a [u8]) -> Option<(u8, Self, &'a [u8])> {
        let (&[found, first], rest) = der.split_first_chunk()?;
        let (length, header) = match first {
            0..=0x7f => (usize::from(first), 2),
            // A length in a field of its own, of up to four bytes.
            0x81..=0x84 => {
                let bytes = rest.get(..usize::from(first & 0x7f))?;
                let length = bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
                (length, 2 + bytes.len())
            }
            _ => return None,
        };
        let end = header.checked_add(length)?;
        let element = Self { whole: der.get(..end)?, content: der.get(header..end)? };
        Some((found, element, &der[end..]))
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
    fn the_version_and_the_size_of_an_rsa_key_are_read() {
        let (certificate, _) = certificate();
        assert_eq!((version(&certificate), rsa_bits(&certificate)), (Some(3), None));
        let key =
            rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048);
        let key = key.expect("a key");
        let params = rcgen::CertificateParams::default();
        let certificate = params.self_signed(&key).expect("a certificate");
        assert_eq!(rsa_bits(certificate.der()), Some(2048));
        assert_eq!((version(b"0"), rsa_bits(b"0")), (None, None));
    }

    #[test]
    fn a_certificate_is_a_servers_unless_its_usages_leave_servers_out() {
        use rcgen::ExtendedKeyUsagePurpose as Usage;

        let with = |usages: &[Usage]| {
            let mut params = rcgen::CertificateParams::default();
            params.extended_key_usages = usages.to_vec();
            let key = rcgen::KeyPair::generate().expect("a key");
            params.self_signed(&key).expect("a certificate").der().to_vec()
        };
        for (usages, expected) in [
            (&[][..], true),
            (&[Usage::ServerAuth], true),
            (&[Usage::ClientAuth, Usage::ServerAuth], true),
            (&[Usage::Any], true),
            (&[Usage::ClientAuth], false),
            (&[Usage::CodeSigning, Usage::EmailProtection], false),
        ] {
            assert_eq!(may_be_a_servers(&with(usages)), expected, "{usages:?}");
        }
        assert!(!may_be_a_servers(b"0"));
    }

    #[test]
    fn trust_settings_exclude_servers_by_rejecting_them_or_trusting_others_only() {
        let uses = |ids: &[&[u8]]| {
            let write = |id: &&[u8]| [&[OID, id.len().try_into().expect("short")], *id].concat();
            ids.iter().map(write).collect::<Vec<_>>().concat()
        };
        let of = |tag: u8, content: &[u8]| {
            [&[tag, content.len().try_into().expect("short")], content].concat()
        };
        let client_auth: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 2];
        for (trusted, rejected, expected) in [
            (&[][..], &[][..], false),
            (&[SERVER_AUTH], &[], false),
            (&[client_auth, ANY_USAGE], &[client_auth], false),
            (&[client_auth], &[], true),
            (&[], &[SERVER_AUTH], true),
            (&[], &[client_auth, ANY_USAGE], true),
            (&[SERVER_AUTH], &[SERVER_AUTH], true),
        ] {
            let (trusted, rejected) = (uses(trusted), uses(rejected));
            let mut settings = Vec::new();
            if !trusted.is_empty() {
                settings.extend(of(SEQUENCE, &trusted));
            }
            if !rejected.is_empty() {
                settings.extend(of(REJECT, &rejected));
            }
            // The alias.
            settings.extend([0x0c, 0]);
            assert_eq!(excludes_servers(&of(SEQUENCE, &settings)), expected);
        }
        assert!(!excludes_servers(b""));
    }

    #[test]
    fn the_expiry_is_read_in_both_forms() {
        for (year, expected) in [(2001, "2001-01-01T00:00:00Z"), (2050, "2050-01-01T00:00:00Z")] {
            let mut params = rcgen::CertificateParams::default();
            params.not_after = rcgen::date_time_ymd(year, 1, 1);
            let key = rcgen::KeyPair::generate().expect("a key");
            let certificate = params.self_signed(&key).expect("a certificate");
            assert_eq!(expiry(certificate.der()), parse_iso8601(expected));
        }
        assert_eq!(expiry(b"0"), None);
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
