//! Asymmetric keys (RSA, EC and SM2): encryption, signatures and public keys.

mod algorithm;
mod compute;
#[cfg(feature = "rsa-seeds")]
mod derived;
mod pair;
mod pem;
#[cfg(feature = "sm")]
mod sm2;

use zeroize::Zeroizing;

pub(crate) use self::algorithm::{EncryptionAlgorithm, Message, SigningAlgorithm};
#[cfg(feature = "rsa-seeds")]
pub(super) use self::derived::derived_rsa;
pub(crate) use self::pair::{DataKeyPair, KeyFormat};
pub(super) use self::pem::{private_pem, public_pem};
#[cfg(feature = "sm")]
pub(super) use self::sm2::{Sm2Key, encrypt_to};
use super::key::KeyAction;
use super::{Engine, Fault, Outcome};

/// Every operation accepts the id of a key version, which must belong to the key.
impl Engine {
    /// Encrypts a plaintext. Its maximum length depends on the key and the algorithm: with
    /// RSA-2048, 190 bytes for `RSAES_OAEP_SHA_256` and 214 for `RSAES_OAEP_SHA_1`; with SM2, 6047
    /// bytes.
    pub(crate) fn asymmetric_encrypt(
        &self,
        key: &str,
        key_version_id: Option<&str>,
        algorithm: EncryptionAlgorithm,
        plaintext: &[u8],
    ) -> Result<Outcome<Vec<u8>>, Fault> {
        let version = self.active_key_version(key, key_version_id, KeyAction::AsymmetricEncrypt)?;
        let ciphertext = version.pair().encrypt(algorithm, plaintext)?;
        Ok(version.outcome(ciphertext))
    }

    /// Decrypts a ciphertext from [`Engine::asymmetric_encrypt`] or from a holder of the public
    /// key.
    pub(crate) fn asymmetric_decrypt(
        &self,
        key: &str,
        key_version_id: Option<&str>,
        algorithm: EncryptionAlgorithm,
        ciphertext: &[u8],
    ) -> Result<Outcome<Zeroizing<Vec<u8>>>, Fault> {
        self.asymmetric_decrypt_for(
            KeyAction::AsymmetricDecrypt,
            key,
            key_version_id,
            algorithm,
            ciphertext,
        )
    }

    /// Decrypts as part of another action.
    pub(crate) fn asymmetric_decrypt_for(
        &self,
        action: KeyAction,
        key: &str,
        key_version_id: Option<&str>,
        algorithm: EncryptionAlgorithm,
        ciphertext: &[u8],
    ) -> Result<Outcome<Zeroizing<Vec<u8>>>, Fault> {
        let version = self.active_key_version(key, key_version_id, action)?;
        let plaintext = version.pair().decrypt(algorithm, ciphertext)?;
        Ok(version.outcome(plaintext))
    }

    /// Signs `message`.
    pub(crate) fn sign(
        &self,
        key: &str,
        key_version_id: Option<&str>,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
    ) -> Result<Outcome<Vec<u8>>, Fault> {
        let version = self.active_key_version(key, key_version_id, KeyAction::AsymmetricSign)?;
        let signature = version.pair().sign(algorithm, message)?;
        Ok(version.outcome(signature))
    }

    /// Returns `true` if `signature` is valid for `message` and this key.
    pub(crate) fn verify(
        &self,
        key: &str,
        key_version_id: Option<&str>,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
        signature: &[u8],
    ) -> Result<Outcome<bool>, Fault> {
        let version = self.active_key_version(key, key_version_id, KeyAction::AsymmetricVerify)?;
        let is_verified = version.pair().verify(algorithm, message, signature)?;
        Ok(version.outcome(is_verified))
    }

    /// Returns the public key in PEM: a `SubjectPublicKeyInfo`.
    pub(crate) fn public_key(
        &self,
        key: &str,
        key_version_id: Option<&str>,
    ) -> Result<Outcome<String>, Fault> {
        let version = self.active_key_version(key, key_version_id, KeyAction::GetPublicKey)?;
        let pem = public_pem(&version.pair().public_der()?);
        Ok(version.outcome(pem))
    }
}

#[cfg(test)]
mod tests;
