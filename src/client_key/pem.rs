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

#[cfg(test)]
mod tests {
    use super::private_keys;
    use crate::client_key::ClientKeyErrorKind as Kind;
    use crate::client_key::rsa;

    macro_rules! text {
        ($name:literal) => {
            std::str::from_utf8(fixture!($name)).expect("PEM is text")
        };
    }

    #[test]
    fn both_encodings_load() {
        for text in [text!("pkcs1.pem"), text!("pkcs8.pem")] {
            assert_eq!(load(text), Ok(()));
        }
    }

    #[test]
    fn text_around_and_line_ends_do_not_matter() {
        let pem = text!("pkcs8.pem");
        for text in [
            format!("Bag Attributes\n    friendlyName: x: y\n{pem}\ntrailing - text"),
            format!("\u{feff}  {}", pem.replace('\n', "\r\n")),
            pem.replace('\n', "\r"),
            pem.replace('\n', " "),
            format!("{}{pem}", text!("certificate.pem")),
            format!("{pem}{}", text!("public.pem")),
        ] {
            assert_eq!(load(&text), Ok(()), "{}", &text[..40]);
        }
    }

    #[test]
    fn the_bare_base64_of_either_encoding_loads() {
        for text in [text!("pkcs1.pem"), text!("pkcs8.pem")] {
            let lines = text.lines().filter(|line| !line.starts_with('-'));
            assert_eq!(load(&lines.collect::<String>()), Ok(()));
        }
    }

    #[test]
    fn the_same_key_in_both_encodings_is_one_key() {
        let text = [text!("pkcs1.pem"), text!("pkcs8.pem")].concat();
        assert_eq!(load(&text), Ok(()));
    }

    #[test]
    fn encrypted_keys_are_named() {
        for text in [text!("encrypted_pkcs1.pem"), text!("encrypted_pkcs8.pem")] {
            assert_eq!(load(text), Err(Kind::EncryptedPem));
        }
    }

    #[test]
    fn elliptic_curve_keys_are_named() {
        let openssh =
            "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----";
        for text in [text!("ec.pem"), openssh] {
            assert_eq!(load(text), Err(Kind::NotRsa));
        }
    }

    #[test]
    fn public_halves_are_named() {
        for text in [text!("public.pem"), text!("certificate.pem")] {
            assert_eq!(load(text), Err(Kind::PublicPem));
        }
    }

    #[test]
    fn text_without_a_whole_key_is_not_pem() {
        let pem = text!("pkcs8.pem");
        for text in [
            "",
            "KAAP.key",
            "AAAA",
            "-----BEGIN ",
            "-----BEGIN PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----",
            &pem[..pem.len() / 2],
        ] {
            assert_eq!(load(text), Err(Kind::InvalidPem), "{text:?}");
        }
    }

    #[test]
    fn a_damaged_key_is_named() {
        let pem = text!("pkcs8.pem");
        for text in [
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
            "-----BEGIN RSA PRIVATE KEY-----\nMAA=\n-----END RSA PRIVATE KEY-----",
            &pem.replace("PRIVATE", "RSA PRIVATE"),
        ] {
            assert_eq!(load(text), Err(Kind::InvalidPrivateKey), "{text:?}");
        }
    }

    #[test]
    fn numbers_that_do_not_belong_together_are_refused() {
        // The middle of the text is in the primes.
        let mut lines: Vec<_> = text!("pkcs8.pem").lines().map(str::to_owned).collect();
        let middle = lines.len() * 2 / 3;
        lines[middle] = lines[middle].chars().rev().collect();
        assert_eq!(load(&lines.join("\n")), Err(Kind::InvalidPrivateKey));
    }

    fn load(text: &str) -> Result<(), Kind> {
        rsa::load(&private_keys(text)?).map(drop)
    }
}
