//! The names and the meaning of the asymmetric algorithms.

use aws_lc_rs::digest::{Digest, SHA256, digest};
use aws_lc_rs::rsa::{OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm};

use super::super::Fault;

/// How an RSA key encrypts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EncryptionAlgorithm {
    RsaesOaepSha256,
    RsaesOaepSha1,
}

/// How a key signs. ECDSA signatures are in DER; the salt of PSS is as long as the digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SigningAlgorithm {
    RsaPssSha256,
    RsaPkcs1Sha256,
    EcdsaSha256,
}

/// What is signed.
#[derive(Clone, Copy)]
pub(crate) enum Message<'a> {
    /// A message, to be hashed first.
    Raw(&'a [u8]),
    /// The SHA-256 digest of a message, 32 bytes.
    Digest(&'a [u8]),
}

impl EncryptionAlgorithm {
    /// The algorithm of that name.
    pub(crate) fn parse(name: &str) -> Result<Self, Fault> {
        match name {
            "RSAES_OAEP_SHA_256" => Ok(Self::RsaesOaepSha256),
            "RSAES_OAEP_SHA_1" => Ok(Self::RsaesOaepSha1),
            "" => Err(Fault::missing("Algorithm")),
            _ => Err(Fault::invalid("Algorithm")),
        }
    }

    /// The algorithm's name on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::RsaesOaepSha256 => "RSAES_OAEP_SHA_256",
            Self::RsaesOaepSha1 => "RSAES_OAEP_SHA_1",
        }
    }

    pub(super) fn oaep(self) -> &'static OaepAlgorithm {
        match self {
            Self::RsaesOaepSha256 => &OAEP_SHA256_MGF1SHA256,
            Self::RsaesOaepSha1 => &OAEP_SHA1_MGF1SHA1,
        }
    }
}

impl SigningAlgorithm {
    /// The algorithm of that name.
    pub(crate) fn parse(name: &str) -> Result<Self, Fault> {
        match name {
            "RSA_PSS_SHA_256" => Ok(Self::RsaPssSha256),
            "RSA_PKCS1_SHA_256" => Ok(Self::RsaPkcs1Sha256),
            "ECDSA_SHA_256" => Ok(Self::EcdsaSha256),
            "" => Err(Fault::missing("Algorithm")),
            _ => Err(Fault::invalid("Algorithm")),
        }
    }

    /// The algorithm's name on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
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
        assert_eq!(SigningAlgorithm::parse("SM2DSA"), Err(Fault::invalid("Algorithm")));
    }
}
