//! The MAC over the contents of a PKCS#12 file, which also shows whether the password is right.
//!
//! The first step of `pkcs12`: nothing inside a file is decrypted before its MAC is verified. Both
//! kinds are supported: HMAC with a key of PKCS#12's own derivation (RFC 7292), and PBMAC1 (RFC
//! 9579).

use aws_lc_rs::hmac;
use zeroize::Zeroizing;

use super::der::{Malformed, Octets, Reader, tag};
use super::error::ClientKeyErrorKind;
use super::kdf::{self, Hash, Iterations, Password, Purpose};
use super::oid;
use super::pbe::{Pbkdf2, hmac_hash, no_parameters};

/// RFC 9579, section 5: a shorter key could be found without the password.
const PBMAC1_MIN_KEY: usize = 20;

/// The maximum length of a derived key; no HMAC gains from a longer one.
const PBMAC1_MAX_KEY: usize = 128;

/// Verifies the MAC, and returns the password in the form that matches.
///
/// `mac_data` is the content of the `MacData`.
pub(super) fn verify<'p>(
    mut mac_data: Reader<'_>,
    content: &[u8],
    password: &'p str,
) -> Result<Password<'p>, ClientKeyErrorKind> {
    let mut digest_info = mac_data.sequence()?;
    let mut algorithm = digest_info.sequence()?;
    let expected = digest_info.octets()?;
    digest_info.finish()?;
    let salt = mac_data.octets()?;
    // DEFAULT 1.
    let iterations = match mac_data.peek() {
        Some(tag::INTEGER) => Iterations::read(&mut mac_data)?,
        _ => Iterations::ONE,
    };
    mac_data.finish()?;

    let password = Password::new(password);
    let identifier = algorithm.oid()?;
    if identifier == oid::PBMAC1 {
        return pbmac1(algorithm, content, &expected, password);
    }
    no_parameters(algorithm)?;
    let hash = Hash::from_digest(identifier)
        .ok_or_else(|| ClientKeyErrorKind::UnsupportedAlgorithm(oid::dotted(identifier)))?;
    let fits = |password: &Password<'_>| {
        let mut key = Zeroizing::new(vec![0; hash.output_len()]);
        kdf::pkcs12(hash, Purpose::Mac, password, &salt, iterations, &mut key)?;
        Ok::<_, ClientKeyErrorKind>(is_mac(hash, &key, content, &expected))
    };
    if fits(&password)? {
        return Ok(password);
    }
    if password.is_empty() {
        let absent = password.into_absent();
        if fits(&absent)? {
            return Ok(absent);
        }
    }
    Err(ClientKeyErrorKind::WrongPassword)
}

fn pbmac1<'p>(
    mut algorithm: Reader<'_>,
    content: &[u8],
    expected: &Octets<'_>,
    password: Password<'p>,
) -> Result<Password<'p>, ClientKeyErrorKind> {
    let mut parameters = algorithm.sequence()?;
    algorithm.finish()?;
    let derivation = Pbkdf2::read(parameters.sequence()?)?;
    let hash = hmac_hash(parameters.expect(tag::SEQUENCE)?)?;
    parameters.finish()?;
    // RFC 9579, section 4: the key length must be stated.
    let len = derivation.key_len.ok_or(Malformed)?;
    if !(PBMAC1_MIN_KEY..=PBMAC1_MAX_KEY).contains(&len) {
        return Err(Malformed.into());
    }
    let key = derivation.derive(&password, len)?;
    if is_mac(hash, &key, content, expected) {
        Ok(password)
    } else {
        Err(ClientKeyErrorKind::WrongPassword)
    }
}

/// Compares in constant time.
fn is_mac(hash: Hash, key: &[u8], content: &[u8], expected: &[u8]) -> bool {
    hmac::verify(&hmac::Key::new(hash.hmac(), key), content, expected).is_ok()
}
