//! RSA pairs for seeds: the same bytes always give the same pair.
//!
//! Each prime is the first one at or after a number that is derived from the bytes, so any way of
//! searching finds the same prime. The pair is as public as the bytes.

use std::num::NonZeroU32;

use aws_lc_rs::hmac::{HMAC_SHA512, Key, sign};
use crypto_bigint::{BoxedUint, ConcatenatingMul as _, NonZero, Resize as _};
use crypto_primes::hazmat::SmallFactorsSieve;
use crypto_primes::{Flavor, is_prime};
use zeroize::Zeroizing;

use crate::der::{NULL, integer, object, octet_string, sequence, tlv};
use crate::engine::Fault;
use crate::engine::spec::KeySpec;

/// 1.2.840.113549.1.1.1, `rsaEncryption`.
const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const PUBLIC_EXPONENT: u64 = 65_537;

/// Returns the RSA pair that is derived from these bytes, as PKCS#8. This takes up to several
/// seconds.
pub(in crate::engine) fn derived_rsa(
    from: &[u8],
    spec: KeySpec,
) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let bits = match spec {
        KeySpec::Rsa2048 => 2048,
        KeySpec::Rsa3072 => 3072,
        KeySpec::Rsa4096 => 4096,
        _ => return Err(Fault::internal()),
    };
    let (p, q) = (prime(from, "p", bits / 2)?, prime(from, "q", bits / 2)?);
    let (p, q) = if p > q { (p, q) } else { (q, p) };
    pkcs8(&p, &q).ok_or_else(Fault::internal)
}

/// Returns the first prime `p`, at or after a start number, for which `p - 1` has no factor in
/// common with the public exponent. The start number is derived from `from` and `name`. Its two
/// highest bits are set, so that the product of two such primes is twice as long.
fn prime(from: &[u8], name: &str, bits: u32) -> Result<BoxedUint, Fault> {
    let key = Key::new(HMAC_SHA512, from);
    let mut start = Zeroizing::new(Vec::with_capacity(bits as usize / 8));
    for block in 0_u32.. {
        let left = bits as usize / 8 - start.len();
        if left == 0 {
            break;
        }
        let info = format!("prime {name} of {bits} bits\0{block}");
        let bytes = sign(&key, info.as_bytes());
        start.extend(bytes.as_ref().iter().take(left));
    }
    start[0] |= 0xc0;
    let start = BoxedUint::from_be_slice(&start, bits).map_err(|_| Fault::internal())?;
    let length = NonZeroU32::new(bits).ok_or_else(Fault::internal)?;
    let mut candidates =
        SmallFactorsSieve::new(start, length, false).map_err(|_| Fault::internal())?;
    let exponent = exponent(bits);
    candidates
        .find(|it| is_prime(Flavor::Any, it) && it.rem_vartime(&exponent) != one(bits))
        .ok_or_else(Fault::internal)
}

/// Encodes an `RSAPrivateKey` of RFC 8017 in a `PrivateKeyInfo`; `p` is the larger prime.
fn pkcs8(p: &BoxedUint, q: &BoxedUint) -> Option<Zeroizing<Vec<u8>>> {
    let below = |it: &BoxedUint| it.wrapping_sub(one(it.bits_precision()));
    let modulus = p.concatenating_mul(q);
    let bits = modulus.bits_precision();
    let totient = NonZero::new(below(p).concatenating_mul(&below(q))).into_option()?;
    let private = exponent(bits).invert_mod(&totient).into_option()?;
    let of = |prime: &BoxedUint| {
        let below = NonZero::new(below(prime)).into_option()?;
        Some(private.rem_vartime(&below))
    };
    let inverse = q.invert_mod(&NonZero::new(p.clone()).into_option()?).into_option()?;
    let number = |it: &BoxedUint| integer(&it.to_be_bytes());
    let key = Zeroizing::new(sequence(&[
        &integer(&[0]),
        &number(&modulus),
        &number(&exponent(bits)),
        &number(&private),
        &number(p),
        &number(q),
        &number(&of(p)?),
        &number(&of(q)?),
        &number(&inverse),
    ]));
    let algorithm = sequence(&[&object(RSA_ENCRYPTION), &tlv(NULL, &[])]);
    Some(Zeroizing::new(sequence(&[&integer(&[0]), &algorithm, &octet_string(&key)])))
}

fn one(bits: u32) -> BoxedUint {
    BoxedUint::one_with_precision(bits)
}

fn exponent(bits: u32) -> NonZero<BoxedUint> {
    NonZero::new(BoxedUint::from(PUBLIC_EXPONENT).resize(bits)).expect("it is not zero")
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::digest::{SHA256, digest};
    use aws_lc_rs::signature::{KeyPair as _, RsaKeyPair};

    use super::derived_rsa;
    use crate::engine::id::hex;
    use crate::engine::spec::KeySpec;

    // Seeds promise that derived pairs are the same in every version. Another implementation, which
    // tests each odd number in turn, computed the digests.
    #[test]
    fn the_same_bytes_give_the_same_pair_for_ever() {
        for (spec, bits, expected) in [
            (
                KeySpec::Rsa2048,
                2048,
                "79ecd0e044705a0259fdba583aba2a178adbc3796827946b9241a13f2a98d816",
            ),
            (
                KeySpec::Rsa3072,
                3072,
                "c997cf97882cad423051ebc15f6fe98b90f43321fc05cb8d905da1c8759223e5",
            ),
            (
                KeySpec::Rsa4096,
                4096,
                "6f892008437b2ed684506fb9a508898ed35ed7f1736b22b77d4b98451bc24c65",
            ),
        ] {
            let pkcs8 = derived_rsa(b"a seed", spec).expect("it is RSA");
            let pair = RsaKeyPair::from_pkcs8(&pkcs8).expect("it is a valid pair");
            assert_eq!(pair.public_modulus_len() * 8, bits);
            let public = digest(&SHA256, pair.public_key().as_ref());
            assert_eq!(hex(public.as_ref()), expected, "{bits}");
        }
    }

    #[test]
    fn other_bytes_give_another_pair() {
        let public = |from: &[u8]| {
            let pkcs8 = derived_rsa(from, KeySpec::Rsa2048).expect("it is RSA");
            RsaKeyPair::from_pkcs8(&pkcs8).expect("it is valid").public_key().as_ref().to_vec()
        };
        assert_ne!(public(b"a seed"), public(b"another"));
    }
}
