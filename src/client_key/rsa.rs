//! Turns an encoded private key into one that signs.
//!
//! The end of both paths, PKCS#12 and PEM: the one place that decides which private keys are valid
//! client keys.

use aws_lc_rs::rsa::KeyPair;
use zeroize::Zeroizing;

use super::der::{Malformed, Octets, Reader, tag};
use super::error::ClientKeyErrorKind;
use super::oid;

/// From the size that KMS issues to the largest that `aws-lc-rs` takes, in bits.
const SIZES: std::ops::RangeInclusive<usize> = 2048..=8192;

/// A private key in DER.
pub(super) enum PrivateKey {
    /// `RSAPrivateKey` of RFC 8017.
    Pkcs1(Zeroizing<Vec<u8>>),
    /// `PrivateKeyInfo` of RFC 5208, of any algorithm.
    Pkcs8(Zeroizing<Vec<u8>>),
}

/// Loads the one private key among `candidates`.
///
/// The same key twice is fine. Two different keys are an error: it is unknown which one belongs to
/// the key id, and signatures with the wrong one would fail only at the gateway, call by call.
pub(super) fn load(candidates: &[PrivateKey]) -> Result<KeyPair, ClientKeyErrorKind> {
    let (first, others) = candidates.split_first().ok_or(ClientKeyErrorKind::NoPrivateKey)?;
    let key = first.rsa();
    for other in others {
        match (&key, &other.rsa()) {
            (Ok(key), Ok(other)) if **key == **other => {}
            _ => return Err(ClientKeyErrorKind::SeveralPrivateKeys),
        }
    }
    let key = key?;
    let bits = modulus_bits(&key).map_err(|Malformed| ClientKeyErrorKind::InvalidPrivateKey)?;
    if !SIZES.contains(&bits) {
        return Err(ClientKeyErrorKind::KeySize(bits));
    }
    KeyPair::from_der(&key).map_err(|_| ClientKeyErrorKind::InvalidPrivateKey)
}

impl PrivateKey {
    /// Returns the `RSAPrivateKey`.
    fn rsa(&self) -> Result<Octets<'_>, ClientKeyErrorKind> {
        match self {
            Self::Pkcs1(key) => Ok(Octets::Whole(key)),
            Self::Pkcs8(key) => {
                let (algorithm, key) =
                    unwrap_pkcs8(key).map_err(|Malformed| ClientKeyErrorKind::InvalidPrivateKey)?;
                if algorithm == oid::RSA_ENCRYPTION {
                    Ok(key)
                } else {
                    Err(ClientKeyErrorKind::NotRsa)
                }
            }
        }
    }
}

/// Returns the algorithm and the key inside; the attributes that may follow are not needed.
fn unwrap_pkcs8(input: &[u8]) -> Result<(&[u8], Octets<'_>), Malformed> {
    let mut outer = Reader::new(input);
    let mut info = outer.sequence()?;
    outer.finish()?;
    // v1, and v2 with the public key at the end.
    if info.small_integer()? > 1 {
        return Err(Malformed);
    }
    let algorithm = info.sequence()?.oid()?;
    Ok((algorithm, info.octets()?))
}

fn modulus_bits(rsa: &[u8]) -> Result<usize, Malformed> {
    let mut key = Reader::new(rsa).expect(tag::SEQUENCE)?.children()?;
    key.small_integer()?;
    let modulus = key.unsigned_integer()?;
    let leading_zeros = modulus.first().ok_or(Malformed)?.leading_zeros();
    Ok(8 * modulus.len() - usize::try_from(leading_zeros).map_err(|_| Malformed)?)
}
