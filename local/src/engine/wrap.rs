//! Keys that are encrypted with a public key for transport: out of the service (export) or into it
//! (import).

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{
    KeySize, OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm, OaepPrivateDecryptingKey,
    OaepPublicEncryptingKey, Pkcs1PrivateDecryptingKey, PrivateDecryptingKey, PublicEncryptingKey,
};
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

#[cfg(feature = "sm")]
use super::asymmetric::{Sm2Key, encrypt_to};
#[cfg(feature = "sm")]
use super::cipher::sm4_decrypt_blocks;
use super::cipher::{BlockMode, Cipher, Padding};
use super::material::Drawn;
use super::spec::KeySpec;
use super::{Fault, kept};

/// The length of an encrypted SM4 key: a point, a digest and 16 bytes.
#[cfg(feature = "sm")]
const WRAPPED_SM4: usize = 65 + 32 + 16;

/// The algorithm that encrypts a key for transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum WrappingAlgorithm {
    RsaesOaepSha256,
    RsaesOaepSha1,
    /// For imports only.
    RsaesPkcs1V15,
    Sm2Pke,
    /// For imports of pairs only: an AES key, encrypted with `RsaesOaepSha256`, followed by the
    /// pair, encrypted with that AES key in ECB with PKCS#7 padding.
    RsaesOaepSha256Aes256,
    /// For imports of pairs only: an SM4 key, encrypted as `C1C3C2`, followed by the pair,
    /// encrypted with that SM4 key in ECB.
    Sm2PkeSm4,
}

/// The private key that decrypts imported material.
pub(super) enum WrappingKey {
    Rsa(PrivateDecryptingKey),
    #[cfg(feature = "sm")]
    Sm2(Sm2Key),
}

impl WrappingAlgorithm {
    /// Returns the algorithm named `name`, for a public key of the spec `key_spec`.
    pub(crate) fn parse(key_spec: &str, name: &str) -> Result<Self, Fault> {
        if key_spec.is_empty() {
            return Err(Fault::missing("WrappingKeySpec"));
        }
        if name.is_empty() {
            return Err(Fault::missing("WrappingAlgorithm"));
        }
        let algorithm = match (key_spec, name) {
            ("RSA_2048", "RSAES_OAEP_SHA_256") => Self::RsaesOaepSha256,
            ("RSA_2048", "RSAES_OAEP_SHA_1") => Self::RsaesOaepSha1,
            ("RSA_2048", "RSAES_PKCS1_V1_5") => Self::RsaesPkcs1V15,
            ("RSA_2048", "RSAES_OAEP_SHA_256_AES_256_ECB_PKCS7_PAD") => Self::RsaesOaepSha256Aes256,
            ("EC_SM2", "SM2PKE") => Self::Sm2Pke,
            ("EC_SM2", "SM2PKE_SM4_ECB") => Self::Sm2PkeSm4,
            ("RSA_2048" | "EC_SM2", _) => return Err(Fault::invalid("WrappingAlgorithm")),
            _ => return Err(Fault::invalid("WrappingKeySpec")),
        };
        if matches!(algorithm, Self::Sm2Pke | Self::Sm2PkeSm4) && !cfg!(feature = "sm") {
            return Err(Fault::not_built(name));
        }
        Ok(algorithm)
    }

    /// Returns `true` if the encrypted key is a pair, and not the bytes of a single key.
    pub(super) fn is_for_pairs(self) -> bool {
        matches!(self, Self::RsaesOaepSha256Aes256 | Self::Sm2PkeSm4)
    }

    fn oaep(self) -> Option<&'static OaepAlgorithm> {
        match self {
            Self::RsaesOaepSha256 => Some(&OAEP_SHA256_MGF1SHA256),
            Self::RsaesOaepSha1 => Some(&OAEP_SHA1_MGF1SHA1),
            Self::RsaesPkcs1V15 | Self::Sm2Pke | Self::RsaesOaepSha256Aes256 | Self::Sm2PkeSm4 => {
                None
            }
        }
    }
}

/// Encrypts a key with a public key: a `SubjectPublicKeyInfo` in DER. `name` is the parameter that
/// the refusal names if the key is too long.
pub(crate) fn wrap(
    public_der: &[u8],
    algorithm: WrappingAlgorithm,
    key: &[u8],
    name: &str,
) -> Result<Vec<u8>, Fault> {
    #[cfg(feature = "sm")]
    if algorithm == WrappingAlgorithm::Sm2Pke {
        // Encrypting one byte tells a bad public key from a key that is too long.
        return match encrypt_to(public_der, &[0]) {
            None => Err(Fault::invalid("PublicKeyBlob")),
            Some(_) => encrypt_to(public_der, key).ok_or_else(|| Fault::invalid(name)),
        };
    }
    let oaep = algorithm.oaep().ok_or_else(|| Fault::invalid("WrappingAlgorithm"))?;
    let public = PublicEncryptingKey::from_der(public_der)
        .ok()
        .filter(|public| public.key_size_bits() == 2048)
        .and_then(|public| OaepPublicEncryptingKey::new(public).ok())
        .ok_or_else(|| Fault::invalid("PublicKeyBlob"))?;
    if key.len() > public.max_plaintext_size(oaep) {
        return Err(Fault::invalid(name));
    }
    let mut wrapped = vec![0; public.ciphertext_size()];
    public.encrypt(oaep, key, &mut wrapped, None)?;
    Ok(wrapped)
}

impl Serialize for WrappingKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let failed = |_| S::Error::custom("the key cannot be written");
        let pkcs8 = match self {
            Self::Rsa(private) => {
                let der: Result<Pkcs8V1Der<'_>, _> = private.as_der();
                Zeroizing::new(der.map_err(failed)?.as_ref().to_vec())
            }
            #[cfg(feature = "sm")]
            Self::Sm2(key) => {
                let der = key.private_der();
                der.map_err(|fault| S::Error::custom(fault.message))?
            }
        };
        kept::bytes::serialize(&pkcs8, serializer)
    }
}

impl<'de> Deserialize<'de> for WrappingKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pkcs8 = kept::bytes::deserialize::<_, Zeroizing<Vec<u8>>>(deserializer)?;
        if let Ok(key) = PrivateDecryptingKey::from_pkcs8(&pkcs8) {
            return Ok(Self::Rsa(key));
        }
        #[cfg(feature = "sm")]
        if let Some(key) = Sm2Key::from_bytes(&pkcs8) {
            return Ok(Self::Sm2(key));
        }
        Err(D::Error::custom("expected a private key in PKCS#8"))
    }
}

impl WrappingKey {
    /// Generates a pair for this algorithm.
    pub(super) fn generate(algorithm: WrappingAlgorithm) -> Result<Self, Fault> {
        match algorithm {
            #[cfg(feature = "sm")]
            WrappingAlgorithm::Sm2Pke | WrappingAlgorithm::Sm2PkeSm4 => {
                Ok(Self::Sm2(Sm2Key::generate()?))
            }
            #[cfg(not(feature = "sm"))]
            WrappingAlgorithm::Sm2Pke | WrappingAlgorithm::Sm2PkeSm4 => {
                Err(Fault::not_built("SM2PKE"))
            }
            _ => Ok(Self::Rsa(PrivateDecryptingKey::generate(KeySize::Rsa2048)?)),
        }
    }

    /// Returns the public key: a `SubjectPublicKeyInfo` in DER.
    pub(super) fn public_der(&self) -> Result<Vec<u8>, Fault> {
        match self {
            Self::Rsa(private) => {
                let der: PublicKeyX509Der<'_> = private.public_key().as_der()?;
                Ok(der.as_ref().to_vec())
            }
            #[cfg(feature = "sm")]
            Self::Sm2(key) => key.public_der(),
        }
    }

    /// Decrypts a key. Returns `None` if it was not encrypted with this pair's public key.
    pub(super) fn unwrap(
        &self,
        algorithm: WrappingAlgorithm,
        wrapped: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        match self {
            Self::Rsa(private) if algorithm == WrappingAlgorithm::RsaesOaepSha256Aes256 => {
                let (key, pair) = wrapped.split_at_checked(private.key_size_bytes())?;
                let key = unwrap_rsa(private, WrappingAlgorithm::RsaesOaepSha256, key)?;
                let key = Drawn::Bytes(key);
                let cipher = Cipher::new(KeySpec::Aes256, &key).ok()?;
                cipher.decrypt_blocks(BlockMode::Ecb, Padding::Pkcs7, pair).ok()
            }
            Self::Rsa(private) => unwrap_rsa(private, algorithm, wrapped),
            #[cfg(feature = "sm")]
            Self::Sm2(key) if algorithm == WrappingAlgorithm::Sm2PkeSm4 => {
                let (sm4, pair) = wrapped.split_at_checked(WRAPPED_SM4)?;
                sm4_decrypt_blocks(&key.decrypt_plain(sm4)?, pair)
            }
            #[cfg(feature = "sm")]
            Self::Sm2(key) => key.decrypt(wrapped),
        }
    }
}

fn unwrap_rsa(
    private: &PrivateDecryptingKey,
    algorithm: WrappingAlgorithm,
    wrapped: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let mut key;
    let length = if let Some(oaep) = algorithm.oaep() {
        let private = OaepPrivateDecryptingKey::new(private.clone()).ok()?;
        key = Zeroizing::new(vec![0; private.min_output_size()]);
        private.decrypt(oaep, wrapped, &mut key, None).ok()?.len()
    } else {
        let private = Pkcs1PrivateDecryptingKey::new(private.clone()).ok()?;
        key = Zeroizing::new(vec![0; private.min_output_size()]);
        private.decrypt(wrapped, &mut key).ok()?.len()
    };
    key.truncate(length);
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::{Fault, WrappingAlgorithm, WrappingKey, wrap};

    #[test]
    fn what_is_wrapped_is_unwrapped() {
        for (spec, name) in [
            ("RSA_2048", "RSAES_OAEP_SHA_256"),
            ("RSA_2048", "RSAES_OAEP_SHA_1"),
            ("EC_SM2", "SM2PKE"),
        ] {
            let algorithm = match WrappingAlgorithm::parse(spec, name) {
                Ok(algorithm) => algorithm,
                Err(fault) => {
                    assert_eq!((fault, name), (Fault::not_built("SM2PKE"), "SM2PKE"));
                    continue;
                }
            };
            let key = WrappingKey::generate(algorithm).expect("a pair is drawn");
            let public = key.public_der().expect("it has a public key");
            let wrapped = wrap(&public, algorithm, &[7; 32], "Key").expect("it wraps");
            let unwrapped = key.unwrap(algorithm, &wrapped).expect("it unwraps");
            assert_eq!(*unwrapped, [7; 32]);
            assert!(key.unwrap(algorithm, &wrapped[1..]).is_none());
            let too_long = wrap(&public, algorithm, &[7; 6048], "Key");
            assert_eq!(too_long, Err(Fault::invalid("Key")));
            for wrong in [&public[1..], b""] {
                let wrapped = wrap(wrong, algorithm, &[7; 32], "Key");
                assert_eq!(wrapped, Err(Fault::invalid("PublicKeyBlob")));
            }
        }
    }

    #[test]
    fn an_algorithm_fits_the_public_key() {
        for (spec, name, wrong) in [
            ("RSA_2048", "SM2PKE", "WrappingAlgorithm"),
            ("EC_SM2", "RSAES_OAEP_SHA_256", "WrappingAlgorithm"),
            ("RSA_2048", "AES", "WrappingAlgorithm"),
            ("RSA_3072", "RSAES_OAEP_SHA_256", "WrappingKeySpec"),
        ] {
            assert_eq!(WrappingAlgorithm::parse(spec, name), Err(Fault::invalid(wrong)));
        }
        let missing = WrappingAlgorithm::parse("", "SM2PKE");
        assert_eq!(missing, Err(Fault::missing("WrappingKeySpec")));
        let missing = WrappingAlgorithm::parse("EC_SM2", "");
        assert_eq!(missing, Err(Fault::missing("WrappingAlgorithm")));
    }
}
