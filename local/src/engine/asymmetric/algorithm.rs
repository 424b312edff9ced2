//! The asymmetric algorithms and their names on the wire.

use aws_lc_rs::digest::{Digest, SHA256, digest};
use aws_lc_rs::rsa::{OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm};

use super::super::Fault;

/// The encryption algorithm of a key pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EncryptionAlgorithm {
    RsaesOaepSha256,
    RsaesOaepSha1,
    Sm2Pke,
}

/// The signing algorithm of a key pair. ECDSA signatures are in DER; the salt of PSS is as long as
/// the digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SigningAlgorithm {
    RsaPssSha256,
    RsaPkcs1Sha256,
    EcdsaSha256,
    /// SM2 over an SM3 digest.
    Sm2Dsa,
}

/// The input of a signature.
#[derive(Clone, Copy)]
pub(crate) enum Message<'a> {
    /// A message, which is hashed first.
    Raw(&'a [u8]),
    /// The digest of a message (32 bytes): SHA-256, or SM3 of the signer's identity and the
    /// message.
    Digest(&'a [u8]),
}

impl EncryptionAlgorithm {
    /// Returns the encryption algorithm named `name`.
    pub(crate) fn parse(name: &str) -> Result<Self, Fault> {
        match name {
            "RSAES_OAEP_SHA_256" => Ok(Self::RsaesOaepSha256),
            "RSAES_OAEP_SHA_1" => Ok(Self::RsaesOaepSha1),
            "SM2PKE" if cfg!(feature = "sm") => Ok(Self::Sm2Pke),
            "SM2PKE" => Err(Fault::not_built(name)),
            "" => Err(Fault::missing("Algorithm")),
            _ => Err(Fault::invalid("Algorithm")),
        }
    }

    /// Returns the algorithm's name on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Sm2Pke => "SM2PKE",
            Self::RsaesOaepSha256 => "RSAES_OAEP_SHA_256",
            Self::RsaesOaepSha1 => "RSAES_OAEP_SHA_1",
        }
    }

    /// Returns the padding of an RSA algorithm, or `None` for SM2.
    pub(super) fn oaep(self) -> Option<&'static OaepAlgorithm> {
        match self {
            Self::RsaesOaepSha256 => Some(&OAEP_SHA256_MGF1SHA256),
            Self::RsaesOaepSha1 => Some(&OAEP_SHA1_MGF1SHA1),
            Self::Sm2Pke => None,
        }
    }
}

impl SigningAlgorithm {
    /// Returns the signing algorithm named `name`.
    pub(crate) fn parse(name: &str) -> Result<Self, Fault> {
        match name {
            "RSA_PSS_SHA_256" => Ok(Self::RsaPssSha256),
            "RSA_PKCS1_SHA_256" => Ok(Self::RsaPkcs1Sha256),
            "ECDSA_SHA_256" => Ok(Self::EcdsaSha256),
            "SM2DSA" if cfg!(feature = "sm") => Ok(Self::Sm2Dsa),
            "SM2DSA" => Err(Fault::not_built(name)),
            "" => Err(Fault::missing("Algorithm")),
            _ => Err(Fault::invalid("Algorithm")),
        }
    }

    /// Returns the algorithm's name on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Sm2Dsa => "SM2DSA",
            Self::RsaPssSha256 => "RSA_PSS_SHA_256",
            Self::RsaPkcs1Sha256 => "RSA_PKCS1_SHA_256",
            Self::EcdsaSha256 => "ECDSA_SHA_256",
        }
    }
}

impl Message<'_> {
    pub(super) fn digest(self) -> Result<Digest, Fault> {
        match self {
            Self::Raw(message) => Ok(digest(&SHA256, message)),
            Self::Digest(bytes) => {
                Digest::import_less_safe(bytes, &SHA256).map_err(|_| Fault::invalid("Digest"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        EncryptionAlgorithm::{self, RsaesOaepSha1, RsaesOaepSha256},
        Fault,
        SigningAlgorithm::{self, EcdsaSha256, RsaPkcs1Sha256, RsaPssSha256},
    };

    #[test]
    fn names_on_the_wire_are_read_back() {
        for algorithm in [RsaesOaepSha256, RsaesOaepSha1] {
            assert_eq!(EncryptionAlgorithm::parse(algorithm.as_str()), Ok(algorithm));
        }
        for algorithm in [RsaPssSha256, RsaPkcs1Sha256, EcdsaSha256] {
            assert_eq!(SigningAlgorithm::parse(algorithm.as_str()), Ok(algorithm));
        }
        assert_eq!(EncryptionAlgorithm::parse(""), Err(Fault::missing("Algorithm")));
        assert_eq!(SigningAlgorithm::parse("RSA"), Err(Fault::invalid("Algorithm")));
        if cfg!(feature = "sm") {
            assert_eq!(SigningAlgorithm::parse("SM2DSA"), Ok(SigningAlgorithm::Sm2Dsa));
            assert_eq!(EncryptionAlgorithm::parse("SM2PKE"), Ok(EncryptionAlgorithm::Sm2Pke));
        } else {
            let (dsa, pke) = (Fault::not_built("SM2DSA"), Fault::not_built("SM2PKE"));
            assert_eq!(SigningAlgorithm::parse("SM2DSA"), Err(dsa));
            assert_eq!(EncryptionAlgorithm::parse("SM2PKE"), Err(pke));
        }
    }
}
