//! SM2 keys: signatures (SM2DSA) and encryption (SM2PKE), both in DER.

use sm2::dsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
use sm2::dsa::signature::{Signer, Verifier};
use sm2::dsa::{Signature, SigningKey};
use sm2::elliptic_curve::Generate;
use sm2::elliptic_curve::common::getrandom::SysRng;
use sm2::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey};
use sm2::pke::{DecryptingKey, EncryptingKey};
use sm2::{PublicKey, SecretKey};
use zeroize::Zeroizing;

use super::super::Fault;
use super::algorithm::Message;

/// The default identity of a signer, from GM/T 0009.
const DISTINGUISHED_ID: &str = "1234567812345678";
/// The maximum length of a plaintext of SM2PKE, in bytes.
pub(in crate::engine) const MAX_PLAINTEXT: usize = 6047;

/// A pair of keys.
pub(in crate::engine) struct Sm2Key(SecretKey);

impl Sm2Key {
    pub(in crate::engine) fn generate() -> Result<Self, Fault> {
        SecretKey::try_generate().map(Self).map_err(|_| Fault::internal())
    }

    /// Reads the pair from its private key: 32 bytes, or PKCS#8 in DER.
    pub(in crate::engine) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.len() == 32 {
            SecretKey::from_slice(bytes).map(Self).ok()
        } else {
            SecretKey::from_pkcs8_der(bytes).map(Self).ok()
        }
    }

    /// Returns the private key: PKCS#8 in DER.
    pub(in crate::engine) fn private_der(&self) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let document = self.0.to_pkcs8_der().map_err(|_| Fault::internal())?;
        Ok(Zeroizing::new(document.as_bytes().to_vec()))
    }

    /// Returns the public key: a `SubjectPublicKeyInfo` in DER.
    pub(in crate::engine) fn public_der(&self) -> Result<Vec<u8>, Fault> {
        let document = self.0.public_key().to_public_key_der();
        Ok(document.map_err(|_| Fault::internal())?.as_bytes().to_vec())
    }

    /// Signs a message, or the digest of the signer's identity and a message.
    pub(super) fn sign(&self, message: Message<'_>) -> Result<Vec<u8>, Fault> {
        let key = self.signing_key()?;
        let signature: Signature = match message {
            Message::Raw(message) => key.try_sign(message).map_err(|_| Fault::internal())?,
            Message::Digest(digest) => {
                check_digest(digest)?;
                key.sign_prehash(digest).map_err(|_| Fault::internal())?
            }
        };
        Ok(signature.to_der().as_bytes().to_vec())
    }

    pub(super) fn verify(&self, message: Message<'_>, signature: &[u8]) -> Result<bool, Fault> {
        let key = self.signing_key()?;
        if let Message::Digest(digest) = message {
            check_digest(digest)?;
        }
        let Ok(signature) = Signature::from_der(signature) else { return Ok(false) };
        let key = key.verifying_key();
        Ok(match message {
            Message::Raw(message) => key.verify(message, &signature).is_ok(),
            Message::Digest(digest) => key.verify_prehash(digest, &signature).is_ok(),
        })
    }

    pub(super) fn encrypt(&self, plaintext: &[u8]) -> Result<Vec<u8>, Fault> {
        encrypt(self.0.public_key(), plaintext).ok_or_else(|| Fault::invalid("Plaintext"))
    }

    /// Decrypts a ciphertext in DER. Returns `None` if it is not valid.
    pub(in crate::engine) fn decrypt(&self, ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let key = DecryptingKey::new(self.0.clone());
        key.decrypt_der(ciphertext).map(Zeroizing::new).ok()
    }

    /// Decrypts a ciphertext in the layout `C1C3C2`: a point, a digest and the encrypted text.
    pub(in crate::engine) fn decrypt_plain(&self, ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let key = DecryptingKey::new(self.0.clone());
        key.decrypt(ciphertext).map(Zeroizing::new).ok()
    }

    fn signing_key(&self) -> Result<SigningKey, Fault> {
        SigningKey::new(DISTINGUISHED_ID, &self.0).map_err(|_| Fault::internal())
    }
}

/// Encrypts with a public key: a `SubjectPublicKeyInfo` in DER.
pub(in crate::engine) fn encrypt_to(public_der: &[u8], plaintext: &[u8]) -> Option<Vec<u8>> {
    encrypt(PublicKey::from_public_key_der(public_der).ok()?, plaintext)
}

fn encrypt(key: PublicKey, plaintext: &[u8]) -> Option<Vec<u8>> {
    if plaintext.len() > MAX_PLAINTEXT {
        return None;
    }
    EncryptingKey::new(key).encrypt_der(&mut SysRng, plaintext).ok()
}

fn check_digest(digest: &[u8]) -> Result<(), Fault> {
    if digest.len() == 32 { Ok(()) } else { Err(Fault::invalid("Digest")) }
}
