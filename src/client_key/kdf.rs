//! Derives keys from passwords: PKCS#12's own derivation (RFC 7292, appendix B) and PBKDF2 (RFC
//! 8018).
//!
//! Below `pbe` and `mac`, which decide the use of the derived bytes. Both derivations repeat a hash
//! as often as the file says, so that number is parsed into [`Iterations`], which bounds it.

use std::cell::Cell;
use std::num::NonZeroU32;

use aws_lc_rs::{digest, hmac, pbkdf2};
use zeroize::Zeroizing;

use super::der::{Malformed, Reader};
use super::error::ClientKeyErrorKind;
use super::limits::{MAX_ITERATIONS, MAX_WORK};
use super::oid;

/// A file's iteration count: 1 to [`MAX_ITERATIONS`].
#[derive(Clone, Copy)]
pub(super) struct Iterations(NonZeroU32);

impl Iterations {
    pub(super) const ONE: Self = Self(NonZeroU32::MIN);

    /// Returns `None` for zero and for more than [`MAX_ITERATIONS`].
    pub(super) const fn new(count: u32) -> Option<Self> {
        match NonZeroU32::new(count) {
            Some(count) if count.get() <= MAX_ITERATIONS => Some(Self(count)),
            _ => None,
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, ClientKeyErrorKind> {
        // A count beyond 32 bits is over the limit, not damaged.
        let magnitude = reader.unsigned_integer()?;
        let count =
            magnitude.iter().fold(0u64, |value, byte| value.saturating_mul(256) | u64::from(*byte));
        if count == 0 {
            return Err(Malformed.into());
        }
        u32::try_from(count).ok().and_then(Self::new).ok_or(ClientKeyErrorKind::TooManyIterations)
    }

    fn get(self) -> u32 {
        self.0.get()
    }
}

/// A password in both forms that files derive keys from, with the amount of hashing that its file
/// may still require.
pub(super) struct Password<'a> {
    utf8: &'a str,
    bmp: Zeroizing<Vec<u8>>,
    work: Cell<u64>,
}

impl<'a> Password<'a> {
    /// RFC 7292, appendix B.1: big-endian UTF-16 with two zero bytes at its end.
    pub(super) fn new(utf8: &'a str) -> Self {
        let mut bmp = Zeroizing::new(Vec::with_capacity(2 * utf8.len() + 2));
        for unit in utf8.encode_utf16() {
            bmp.extend_from_slice(&unit.to_be_bytes());
        }
        bmp.extend_from_slice(&[0, 0]);
        Self { utf8, bmp, work: Cell::new(MAX_WORK) }
    }

    /// Returns the other form of an empty password: some exporters leave out the two zero bytes.
    pub(super) fn into_absent(self) -> Self {
        Self { utf8: "", bmp: Zeroizing::default(), work: self.work }
    }

    /// Returns `true` if the file has required more hashing than allowed.
    pub(super) fn is_spent(&self) -> bool {
        self.work.get() == 0
    }

    /// Counts a derivation of this many bytes before it is done.
    fn spend(
        &self,
        hash: Hash,
        iterations: Iterations,
        bytes: usize,
    ) -> Result<(), ClientKeyErrorKind> {
        let blocks = u64::try_from(bytes.div_ceil(hash.output_len())).unwrap_or(u64::MAX);
        let work = blocks.saturating_mul(iterations.get().into());
        match self.work.get().checked_sub(work).filter(|left| *left > 0) {
            Some(left) => {
                self.work.set(left);
                Ok(())
            }
            None => {
                self.work.set(0);
                Err(ClientKeyErrorKind::TooManyIterations)
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.utf8.is_empty()
    }
}

/// A hash function under a derivation or a MAC.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Hash {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// Returns the hash for the identifier of a digest algorithm.
    pub(super) fn from_digest(oid: &[u8]) -> Option<Self> {
        Some(match oid {
            oid::SHA1 => Self::Sha1,
            oid::SHA224 => Self::Sha224,
            oid::SHA256 => Self::Sha256,
            oid::SHA384 => Self::Sha384,
            oid::SHA512 => Self::Sha512,
            _ => return None,
        })
    }

    /// Returns the hash for the identifier of an HMAC.
    pub(super) fn from_hmac(oid: &[u8]) -> Option<Self> {
        Some(match oid {
            oid::HMAC_SHA1 => Self::Sha1,
            oid::HMAC_SHA224 => Self::Sha224,
            oid::HMAC_SHA256 => Self::Sha256,
            oid::HMAC_SHA384 => Self::Sha384,
            oid::HMAC_SHA512 => Self::Sha512,
            _ => return None,
        })
    }

    pub(super) fn hmac(self) -> hmac::Algorithm {
        match self {
            Self::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha224 => hmac::HMAC_SHA224,
            Self::Sha256 => hmac::HMAC_SHA256,
            Self::Sha384 => hmac::HMAC_SHA384,
            Self::Sha512 => hmac::HMAC_SHA512,
        }
    }

    fn digest(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha224 => &digest::SHA224,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        }
    }

    pub(super) fn output_len(self) -> usize {
        self.digest().output_len()
    }
}

/// The purpose of a PKCS#12 derivation. The discriminant is RFC 7292's "ID" (appendix B.3).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Purpose {
    /// The key of a cipher.
    Key = 1,
    /// The initialization vector of a cipher.
    Iv = 2,
    /// The key of the file's MAC.
    Mac = 3,
}

/// Fills `out` as in RFC 7292, appendix B.2.
pub(super) fn pkcs12(
    hash: Hash,
    purpose: Purpose,
    password: &Password<'_>,
    salt: &[u8],
    iterations: Iterations,
    out: &mut [u8],
) -> Result<(), ClientKeyErrorKind> {
    password.spend(hash, iterations, out.len())?;
    derive_pkcs12(hash, purpose, password, salt, iterations, out);
    Ok(())
}

/// The names of the steps are the RFC's own.
fn derive_pkcs12(
    hash: Hash,
    purpose: Purpose,
    password: &Password<'_>,
    salt: &[u8],
    iterations: Iterations,
    out: &mut [u8],
) {
    let v = hash.digest().block_len();
    let diversifier = [purpose as u8; digest::MAX_BLOCK_LEN];
    let mut i = Zeroizing::new(Vec::with_capacity(
        salt.len().next_multiple_of(v) + password.bmp.len().next_multiple_of(v),
    ));
    extend_to_blocks(&mut i, salt, v);
    extend_to_blocks(&mut i, &password.bmp, v);

    for chunk in out.chunks_mut(hash.output_len()) {
        let mut a = Zeroizing::new([0u8; digest::MAX_OUTPUT_LEN]);
        let a = &mut a[..hash.output_len()];
        let mut first = digest::Context::new(hash.digest());
        first.update(&diversifier[..v]);
        first.update(&i);
        a.copy_from_slice(first.finish().as_ref());
        for _ in 1..iterations.get() {
            let next = digest::digest(hash.digest(), a);
            a.copy_from_slice(next.as_ref());
        }
        chunk.copy_from_slice(&a[..chunk.len()]);
        for block in i.chunks_mut(v) {
            add_with_one(block, a);
        }
    }
}

/// Fills `out` as in RFC 7292, appendix B.2, with SHA-1, for programs that write files.
pub fn pkcs12_sha1(
    purpose: Purpose,
    password: &str,
    salt: &[u8],
    iterations: NonZeroU32,
    out: &mut [u8],
) {
    let (password, iterations) = (Password::new(password), Iterations(iterations));
    derive_pkcs12(Hash::Sha1, purpose, &password, salt, iterations, out);
}

/// Fills `out` with PBKDF2 over the password's UTF-8 bytes.
pub(super) fn pbkdf2(
    hash: Hash,
    password: &Password<'_>,
    salt: &[u8],
    iterations: Iterations,
    out: &mut [u8],
) -> Result<(), ClientKeyErrorKind> {
    password.spend(hash, iterations, out.len())?;
    let algorithm = match hash {
        Hash::Sha1 => pbkdf2::PBKDF2_HMAC_SHA1,
        Hash::Sha224 => {
            pbkdf2_sha224(password, salt, iterations, out);
            return Ok(());
        }
        Hash::Sha256 => pbkdf2::PBKDF2_HMAC_SHA256,
        Hash::Sha384 => pbkdf2::PBKDF2_HMAC_SHA384,
        Hash::Sha512 => pbkdf2::PBKDF2_HMAC_SHA512,
    };
    pbkdf2::derive(algorithm, iterations.0, salt, password.utf8.as_bytes(), out);
    Ok(())
}

/// RFC 8018, section 5.2, for the one hash that `aws_lc_rs::pbkdf2` lacks.
fn pbkdf2_sha224(password: &Password<'_>, salt: &[u8], iterations: Iterations, out: &mut [u8]) {
    let hash = Hash::Sha224;
    let key = hmac::Key::new(hash.hmac(), password.utf8.as_bytes());
    for (index, chunk) in (1u32..).zip(out.chunks_mut(hash.output_len())) {
        let mut first = hmac::Context::with_key(&key);
        first.update(salt);
        first.update(&index.to_be_bytes());
        let mut u = first.sign();
        let mut t = Zeroizing::new([0u8; digest::MAX_OUTPUT_LEN]);
        xor(&mut *t, u.as_ref());
        for _ in 1..iterations.get() {
            u = hmac::sign(&key, u.as_ref());
            xor(&mut *t, u.as_ref());
        }
        chunk.copy_from_slice(&t[..chunk.len()]);
    }
}

fn xor(into: &mut [u8], with: &[u8]) {
    for (byte, mask) in into.iter_mut().zip(with) {
        *byte ^= mask;
    }
}

/// Appends `bytes` repeatedly up to a multiple of `v`; nothing if `bytes` is empty.
fn extend_to_blocks(into: &mut Vec<u8>, bytes: &[u8], v: usize) {
    let len = bytes.len().next_multiple_of(v);
    into.extend(bytes.iter().cycle().take(len));
}

/// `block + B + 1` modulo the block's size, where B is `a` over and over.
fn add_with_one(block: &mut [u8], a: &[u8]) {
    let mut carry = 1u16;
    for (at, byte) in block.iter_mut().enumerate().rev() {
        let [high, low] = (u16::from(*byte) + u16::from(a[at % a.len()]) + carry).to_be_bytes();
        *byte = low;
        carry = u16::from(high);
    }
}

#[cfg(test)]
mod tests {
    use alibabacloud_kms_middleware::__private::hex;

    use super::{Hash, Iterations, Password, Purpose, Reader, pbkdf2, pkcs12};
    use crate::ClientKeyErrorKind;

    #[test]
    fn passwords_become_utf_16_with_two_zero_bytes() {
        assert_eq!(*Password::new("Be").bmp, [0, b'B', 0, b'e', 0, 0]);
        assert_eq!(*Password::new("ß😀").bmp, [0, 0xdf, 0xd8, 0x3d, 0xde, 0, 0, 0]);
        assert_eq!(*Password::new("").bmp, [0, 0]);
        assert!(Password::new("").into_absent().bmp.is_empty());
    }

    /// Python's `hashlib.pbkdf2_hmac("sha224", b"password", b"salt", 3, 40)`: two blocks, the
    /// second cut short.
    #[test]
    fn pbkdf2_with_sha224_equals_pythons() {
        let mut out = [0; 40];
        let iterations = Iterations::new(3).expect("in range");
        let password = Password::new("password");
        pbkdf2(Hash::Sha224, &password, b"salt", iterations, &mut out).expect("little work");
        assert_eq!(
            hex(&out),
            "947cf079cfc7f2016dcd7ec418840443edaabb90c496f98cabeec4bfb1a5a4aaff68cca92cf05a6d"
        );
    }

    /// `openssl kdf -kdfopt digest:… -kdfopt hexpass:0073006d006500670000 -kdfopt
    /// hexsalt:0a58cf64530d823f -kdfopt iter:… -kdfopt id:… -keylen … PKCS12KDF`; the longer
    /// outputs take more than one round of hashing.
    #[test]
    fn the_pkcs12_derivation_equals_openssls() {
        use Hash::{Sha1, Sha256, Sha512};
        use Purpose::{Iv, Key, Mac};
        for (hash, purpose, count, expected) in [
            (Sha1, Key, 1, "8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3"),
            (Sha1, Iv, 1, "79993dfe048d3b76"),
            (Sha1, Mac, 1000, "eeda645443827451e9753694f90ee9b9cf9248ff"),
            (
                Sha256,
                Key,
                5,
                "09eca801ee4eef1251b10573c5fd8ce6a9986f0bc61e747a1d9751011814b9a111aa553e9e93a2bf",
            ),
            (
                Sha512,
                Iv,
                3,
                "50c40e4afb82636d51be042c26838bcc194336916f7df613c58a18a9a03945fae7ff4d14792f5edd\
                 cf2d6874175847b08aeeadb873aa61d87566ca6a6ce0f1322e5b87606895",
            ),
        ] {
            let salt = [0x0a, 0x58, 0xcf, 0x64, 0x53, 0x0d, 0x82, 0x3f];
            let iterations = Iterations::new(count).expect("in range");
            let mut out = vec![0; expected.len() / 2];
            let password = Password::new("smeg");
            pkcs12(hash, purpose, &password, &salt, iterations, &mut out).expect("little work");
            assert_eq!(hex(&out), expected);
        }
    }

    #[test]
    fn iteration_counts_are_bounded() {
        let read = |input: &[u8]| Iterations::read(&mut Reader::new(input)).map(Iterations::get);
        assert_eq!(read(&[2, 1, 1]), Ok(1));
        assert_eq!(read(&[2, 3, 0x1e, 0x84, 0x80]), Ok(2_000_000));
        assert_eq!(read(&[2, 1, 0]), Err(ClientKeyErrorKind::InvalidPkcs12));
        assert_eq!(read(&[2, 1, 0xff]), Err(ClientKeyErrorKind::InvalidPkcs12));
        for over in [
            &[2, 3, 0x1e, 0x84, 0x81][..],
            &[2, 5, 1, 0, 0, 0, 1],
            &[2, 9, 1, 0, 0, 0, 0, 0, 0, 0, 1],
        ] {
            assert_eq!(read(over), Err(ClientKeyErrorKind::TooManyIterations));
        }
    }
}
