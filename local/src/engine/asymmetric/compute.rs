//! The operations of a key pair, which belongs to a key version or to a certificate.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa::{
    OaepAlgorithm, OaepPrivateDecryptingKey, OaepPublicEncryptingKey, PrivateDecryptingKey,
};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256K1_SHA256_ASN1, EcdsaKeyPair, EcdsaVerificationAlgorithm,
    KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_SHA256, RsaKeyPair, RsaParameters, RsaSignatureEncoding, UnparsedPublicKey,
};
use zeroize::Zeroizing;

use super::super::Fault;
use super::super::material::{Drawn, Material};
use super::super::spec::{KeySpec, KeyUsage};
#[cfg(feature = "sm")]
use super::Sm2Key;
use super::{EncryptionAlgorithm, Message, SigningAlgorithm};

impl Material {
    /// Encrypts with the public key.
    pub(in crate::engine) fn encrypt(
        &self,
        algorithm: EncryptionAlgorithm,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, Fault> {
        match decrypting(self, algorithm)? {
            DecryptingKey::Rsa(private, oaep) => {
                let public = OaepPublicEncryptingKey::new(private.public_key())?;
                if plaintext.len() > public.max_plaintext_size(oaep) {
                    return Err(Fault::invalid("Plaintext"));
                }
                let mut ciphertext = vec![0; public.ciphertext_size()];
                public.encrypt(oaep, plaintext, &mut ciphertext, None)?;
                Ok(ciphertext)
            }
            #[cfg(feature = "sm")]
            DecryptingKey::Sm2(key) => key.encrypt(plaintext),
        }
    }

    /// Decrypts what was encrypted with the public key.
    pub(in crate::engine) fn decrypt(
        &self,
        algorithm: EncryptionAlgorithm,
        ciphertext: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Fault> {
        match decrypting(self, algorithm)? {
            DecryptingKey::Rsa(private, oaep) => {
                let private = OaepPrivateDecryptingKey::new(private.clone())?;
                let mut plaintext = Zeroizing::new(vec![0; private.min_output_size()]);
                let opened = private.decrypt(oaep, ciphertext, &mut plaintext, None);
                let length = opened.map_err(|_| Fault::invalid_ciphertext())?.len();
                plaintext.truncate(length);
                Ok(plaintext)
            }
            #[cfg(feature = "sm")]
            DecryptingKey::Sm2(key) => {
                key.decrypt(ciphertext).ok_or_else(Fault::invalid_ciphertext)
            }
        }
    }

    pub(in crate::engine) fn sign(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
    ) -> Result<Vec<u8>, Fault> {
        match signer(self, algorithm)? {
            SigningKey::Rsa(pair, padding, _) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign_digest(padding, &message.digest()?, &mut signature)?;
                Ok(signature)
            }
            SigningKey::Ecdsa(pair, _) => {
                Ok(pair.sign_digest(&message.digest()?)?.as_ref().to_vec())
            }
            #[cfg(feature = "sm")]
            SigningKey::Sm2(key) => key.sign(message),
        }
    }

    /// Returns `true` if `signature` is valid for `message` and this pair.
    pub(in crate::engine) fn verify(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
        signature: &[u8],
    ) -> Result<bool, Fault> {
        Ok(match signer(self, algorithm)? {
            SigningKey::Rsa(pair, _, scheme) => UnparsedPublicKey::new(scheme, pair.public_key())
                .verify_digest(&message.digest()?, signature)
                .is_ok(),
            SigningKey::Ecdsa(pair, scheme) => UnparsedPublicKey::new(scheme, pair.public_key())
                .verify_digest(&message.digest()?, signature)
                .is_ok(),
            #[cfg(feature = "sm")]
            SigningKey::Sm2(key) => key.verify(message, signature)?,
        })
    }

    /// Returns the public key: a `SubjectPublicKeyInfo` in DER.
    pub(in crate::engine) fn public_der(&self) -> Result<Vec<u8>, Fault> {
        let der: PublicKeyX509Der<'_> = match self.drawn()? {
            Drawn::Bytes(_) => return Err(Fault::unsupported_operation()),
            Drawn::RsaDecrypt(private) => private.public_key().as_der()?,
            Drawn::RsaSign(pair) => pair.public_key().as_der()?,
            Drawn::EcSign(pair) => pair.public_key().as_der()?,
            #[cfg(feature = "sm")]
            Drawn::Sm2(key) => return key.public_der(),
        };
        Ok(der.as_ref().to_vec())
    }
}

/// A key pair, with the padding that fits it for signing and the scheme for verifying.
enum SigningKey<'a> {
    Rsa(&'a RsaKeyPair, &'static RsaSignatureEncoding, &'static RsaParameters),
    Ecdsa(&'a EcdsaKeyPair, &'static EcdsaVerificationAlgorithm),
    #[cfg(feature = "sm")]
    Sm2(&'a Sm2Key),
}

/// A private key that decrypts, with the padding that fits it.
enum DecryptingKey<'a> {
    Rsa(&'a PrivateDecryptingKey, &'static OaepAlgorithm),
    #[cfg(feature = "sm")]
    Sm2(&'a Sm2Key),
}

fn signer(material: &Material, algorithm: SigningAlgorithm) -> Result<SigningKey<'_>, Fault> {
    if material.usage() != KeyUsage::SignVerify {
        return Err(Fault::unsupported_operation());
    }
    match (material.drawn()?, algorithm) {
        (Drawn::RsaSign(pair), SigningAlgorithm::RsaPssSha256) => {
            Ok(SigningKey::Rsa(pair, &RSA_PSS_SHA256, &RSA_PSS_2048_8192_SHA256))
        }
        (Drawn::RsaSign(pair), SigningAlgorithm::RsaPkcs1Sha256) => {
            Ok(SigningKey::Rsa(pair, &RSA_PKCS1_SHA256, &RSA_PKCS1_2048_8192_SHA256))
        }
        (Drawn::EcSign(pair), SigningAlgorithm::EcdsaSha256) => {
            let is_p256k = material.spec() == KeySpec::EcP256k;
            let p256k = &ECDSA_P256K1_SHA256_ASN1;
            Ok(SigningKey::Ecdsa(pair, if is_p256k { p256k } else { &ECDSA_P256_SHA256_ASN1 }))
        }
        #[cfg(feature = "sm")]
        (Drawn::Sm2(key), SigningAlgorithm::Sm2Dsa) => Ok(SigningKey::Sm2(key)),
        _ => Err(Fault::invalid("Algorithm")),
    }
}

fn decrypting(
    material: &Material,
    algorithm: EncryptionAlgorithm,
) -> Result<DecryptingKey<'_>, Fault> {
    if material.usage() != KeyUsage::EncryptDecrypt {
        return Err(Fault::unsupported_operation());
    }
    match (material.drawn()?, algorithm.oaep()) {
        (Drawn::RsaDecrypt(private), Some(oaep)) => Ok(DecryptingKey::Rsa(private, oaep)),
        #[cfg(feature = "sm")]
        (Drawn::Sm2(key), None) => Ok(DecryptingKey::Sm2(key)),
        (Drawn::Bytes(_), _) => Err(Fault::unsupported_operation()),
        _ => Err(Fault::invalid("Algorithm")),
    }
}
