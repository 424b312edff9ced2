//! Password-based decryption: the schemes that PKCS#12 files encrypt keys and certificates with.
//!
//! Between `pkcs12`, which finds what is encrypted, and `kdf`, which derives the keys. Supported
//! are PBES2 (RFC 8018) with PBKDF2 and AES or triple DES in CBC mode, as exporters have written
//! since about 2018, and the schemes of RFC 7292, appendix C of older ones: SHA-1 with triple DES
//! or RC2. RC4, PBES1 with MD5, scrypt and GCM are refused by their identifiers.

use aws_lc_rs::cipher::{self, DecryptingKey, DecryptionContext, UnboundCipherKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::iv::FixedLength;
use zeroize::Zeroizing;

use super::der::{Element, Malformed, Octets, Reader, tag};
use super::error::ClientKeyErrorKind;
use super::kdf::{self, Hash, Iterations, Password, Purpose};
use super::{oid, rc2};

/// Decrypts what an `AlgorithmIdentifier` describes.
///
/// Without a MAC over the plaintext, a wrong key shows only as wrong padding:
/// [`ClientKeyErrorKind::WrongPassword`].
pub(super) fn decrypt(
    mut algorithm: Reader<'_>,
    ciphertext: &[u8],
    password: &Password<'_>,
) -> Result<Zeroizing<Vec<u8>>, ClientKeyErrorKind> {
    let scheme = algorithm.oid()?;
    let mut parameters = algorithm.sequence()?;
    algorithm.finish()?;
    let (cipher, key, iv) = match scheme {
        oid::PBES2 => pbes2(parameters, password)?,
        _ => {
            let cipher = Cipher::from_pkcs12(scheme)
                .ok_or_else(|| ClientKeyErrorKind::UnsupportedAlgorithm(oid::dotted(scheme)))?;
            let salt = parameters.octets()?;
            let iterations = Iterations::read(&mut parameters)?;
            parameters.finish()?;
            let derive = |purpose, len| {
                let mut out = Zeroizing::new(vec![0; len]);
                kdf::pkcs12(Hash::Sha1, purpose, password, &salt, iterations, &mut out)?;
                Ok::<_, ClientKeyErrorKind>(out)
            };
            (
                cipher,
                derive(Purpose::Key, cipher.key_len())?,
                derive(Purpose::Iv, cipher.block_len())?,
            )
        }
    };
    let mut data = Zeroizing::new(ciphertext.to_vec());
    cipher
        .decrypt(&key, &iv, &mut data)
        .map_err(|Unspecified| ClientKeyErrorKind::WrongPassword)?;
    let len = unpadded_len(&data, cipher.block_len()).ok_or(ClientKeyErrorKind::WrongPassword)?;
    data.truncate(len);
    Ok(data)
}

/// The salt, iterations, hash and key length of a PBKDF2 `AlgorithmIdentifier` (RFC 8018, appendix
/// A.2).
pub(super) struct Pbkdf2<'a> {
    salt: Octets<'a>,
    iterations: Iterations,
    hash: Hash,
    /// The length in the file, which is optional for ciphers.
    pub(super) key_len: Option<usize>,
}

impl<'a> Pbkdf2<'a> {
    pub(super) fn read(mut algorithm: Reader<'a>) -> Result<Self, ClientKeyErrorKind> {
        let kdf = algorithm.oid()?;
        if kdf != oid::PBKDF2 {
            return Err(ClientKeyErrorKind::UnsupportedAlgorithm(oid::dotted(kdf)));
        }
        let mut parameters = algorithm.sequence()?;
        algorithm.finish()?;
        let salt = parameters.octets()?;
        let iterations = Iterations::read(&mut parameters)?;
        let key_len = match parameters.peek() {
            Some(tag::INTEGER) => {
                Some(usize::try_from(parameters.small_integer()?).map_err(|_| Malformed)?)
            }
            _ => None,
        };
        // DEFAULT algid-hmacWithSHA1.
        let hash = match parameters.optional(tag::SEQUENCE)? {
            Some(prf) => hmac_hash(prf)?,
            None => Hash::Sha1,
        };
        parameters.finish()?;
        Ok(Self { salt, iterations, hash, key_len })
    }

    pub(super) fn derive(
        &self,
        password: &Password<'_>,
        len: usize,
    ) -> Result<Zeroizing<Vec<u8>>, ClientKeyErrorKind> {
        let mut out = Zeroizing::new(vec![0; len]);
        kdf::pbkdf2(self.hash, password, &self.salt, self.iterations, &mut out)?;
        Ok(out)
    }
}

/// Returns the hash of an HMAC's `AlgorithmIdentifier`.
pub(super) fn hmac_hash(algorithm: Element<'_>) -> Result<Hash, ClientKeyErrorKind> {
    let mut algorithm = algorithm.children()?;
    let identifier = algorithm.oid()?;
    no_parameters(algorithm)?;
    Hash::from_hmac(identifier)
        .ok_or_else(|| ClientKeyErrorKind::UnsupportedAlgorithm(oid::dotted(identifier)))
}

/// Absent parameters and NULL are equivalent for hashes and HMACs.
pub(super) fn no_parameters(mut algorithm: Reader<'_>) -> Result<(), Malformed> {
    match algorithm.optional(tag::NULL)? {
        Some(null) if !null.content().is_empty() => Err(Malformed),
        _ => algorithm.finish(),
    }
}

type KeyAndIv = (Cipher, Zeroizing<Vec<u8>>, Zeroizing<Vec<u8>>);

fn pbes2(
    mut parameters: Reader<'_>,
    password: &Password<'_>,
) -> Result<KeyAndIv, ClientKeyErrorKind> {
    let derivation = Pbkdf2::read(parameters.sequence()?)?;
    let mut encryption = parameters.sequence()?;
    parameters.finish()?;
    let identifier = encryption.oid()?;
    let cipher = Cipher::from_pbes2(identifier)
        .ok_or_else(|| ClientKeyErrorKind::UnsupportedAlgorithm(oid::dotted(identifier)))?;
    let iv = Zeroizing::new(encryption.octets()?.to_vec());
    encryption.finish()?;
    if derivation.key_len.is_some_and(|len| len != cipher.key_len()) {
        return Err(Malformed.into());
    }
    let key = derivation.derive(password, cipher.key_len())?;
    Ok((cipher, key, iv))
}

/// A block cipher in CBC mode.
#[derive(Clone, Copy)]
enum Cipher {
    Aes128,
    Aes192,
    Aes256,
    DesEde2,
    DesEde3,
    Rc2_40,
    Rc2_128,
}

impl Cipher {
    fn from_pkcs12(oid: &[u8]) -> Option<Self> {
        Some(match oid {
            oid::PBE_SHA1_3DES => Self::DesEde3,
            oid::PBE_SHA1_2DES => Self::DesEde2,
            oid::PBE_SHA1_RC2_128 => Self::Rc2_128,
            oid::PBE_SHA1_RC2_40 => Self::Rc2_40,
            _ => return None,
        })
    }

    fn from_pbes2(oid: &[u8]) -> Option<Self> {
        Some(match oid {
            oid::AES_128_CBC => Self::Aes128,
            oid::AES_192_CBC => Self::Aes192,
            oid::AES_256_CBC => Self::Aes256,
            oid::DES_EDE3_CBC => Self::DesEde3,
            _ => return None,
        })
    }

    fn key_len(self) -> usize {
        match self {
            Self::Rc2_40 => 5,
            Self::Aes128 | Self::DesEde2 | Self::Rc2_128 => 16,
            Self::Aes192 | Self::DesEde3 => 24,
            Self::Aes256 => 32,
        }
    }

    /// Returns the size of a block, and of the initialization vector, in bytes.
    fn block_len(self) -> usize {
        match self {
            Self::Aes128 | Self::Aes192 | Self::Aes256 => 16,
            Self::DesEde2 | Self::DesEde3 | Self::Rc2_40 | Self::Rc2_128 => 8,
        }
    }

    fn decrypt(self, key: &[u8], iv: &[u8], data: &mut [u8]) -> Result<(), Unspecified> {
        if !data.len().is_multiple_of(self.block_len()) {
            return Err(Unspecified);
        }
        #[expect(deprecated, reason = "old files are encrypted with it")]
        let (algorithm, context) = match self {
            Self::Aes128 => (&cipher::AES_128, iv128(iv)?),
            Self::Aes192 => (&cipher::AES_192, iv128(iv)?),
            Self::Aes256 => (&cipher::AES_256, iv128(iv)?),
            Self::DesEde2 => (&cipher::DES_EDE_FOR_LEGACY_USE_ONLY, iv64(iv)?),
            Self::DesEde3 => (&cipher::DES_EDE3_FOR_LEGACY_USE_ONLY, iv64(iv)?),
            Self::Rc2_40 | Self::Rc2_128 => {
                rc2::decrypt_cbc(key, 8 * key.len(), iv.try_into()?, data);
                return Ok(());
            }
        };
        DecryptingKey::cbc(UnboundCipherKey::new(algorithm, key)?)?.decrypt(data, context)?;
        Ok(())
    }
}

fn iv128(iv: &[u8]) -> Result<DecryptionContext, Unspecified> {
    FixedLength::try_from(iv).map(DecryptionContext::Iv128)
}

fn iv64(iv: &[u8]) -> Result<DecryptionContext, Unspecified> {
    FixedLength::try_from(iv).map(DecryptionContext::Iv64)
}

/// Returns the length without the padding of RFC 8018, section 6.1.1: n bytes of value n.
fn unpadded_len(data: &[u8], block_len: usize) -> Option<usize> {
    let count = *data.last()?;
    let padding = usize::from(count);
    if padding == 0 || padding > block_len {
        return None;
    }
    let len = data.len().checked_sub(padding)?;
    data[len..].iter().all(|byte| *byte == count).then_some(len)
}

#[cfg(test)]
mod tests {
    use super::unpadded_len;

    #[test]
    fn padding_is_n_bytes_of_value_n() {
        assert_eq!(unpadded_len(&[9, 9, 9, 9, 9, 3, 3, 3], 8), Some(5));
        assert_eq!(unpadded_len(&[8; 8], 8), Some(0));
        for wrong in [&[][..], &[0; 8], &[9; 8], &[1, 1, 1, 1, 1, 2, 3, 3], &[3, 3]] {
            assert_eq!(unpadded_len(wrong, 8), None, "{wrong:?}");
        }
    }
}
