//! Key material: what a key version computes with, drawn at once or on first use.

use std::fmt;
use std::sync::{Mutex, OnceLock, PoisonError};

use aws_lc_rs::aead::AES_256_GCM;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use aws_lc_rs::rsa::{KeySize, PrivateDecryptingKey};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, RsaKeyPair};
use zeroize::Zeroizing;

use super::{Fault, KeySpec, KeyUsage};

/// What a key computes: a spec with a usage that it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Aes,
    RsaDecrypt,
    RsaSign,
    EcSign,
}

/// The material of one key version.
pub(super) struct Material {
    kind: Kind,
    drawn: OnceLock<Drawn>,
    drawing: Mutex<()>,
}

/// Material that is there.
pub(super) enum Drawn {
    Aes(Zeroizing<Vec<u8>>),
    RsaDecrypt(PrivateDecryptingKey),
    RsaSign(RsaKeyPair),
    EcSign(EcdsaKeyPair),
}

impl Kind {
    pub(super) fn new(spec: KeySpec, usage: KeyUsage) -> Result<Self, Fault> {
        match (spec, usage) {
            (KeySpec::Aes256, KeyUsage::EncryptDecrypt) => Ok(Self::Aes),
            (KeySpec::Rsa2048, KeyUsage::EncryptDecrypt) => Ok(Self::RsaDecrypt),
            (KeySpec::Rsa2048, KeyUsage::SignVerify) => Ok(Self::RsaSign),
            (KeySpec::EcP256, KeyUsage::SignVerify) => Ok(Self::EcSign),
            (KeySpec::Aes256, KeyUsage::SignVerify)
            | (KeySpec::EcP256, KeyUsage::EncryptDecrypt) => Err(Fault::invalid("KeyUsage")),
        }
    }
}

impl Material {
    /// Material that is drawn when it is first used: an RSA key takes a fraction of a second.
    pub(super) fn lazy(kind: Kind) -> Self {
        Self { kind, drawn: OnceLock::new(), drawing: Mutex::new(()) }
    }

    /// The material, drawn now if nobody used it before. Threads that ask meanwhile wait for it,
    /// so that all see the same key.
    pub(super) fn drawn(&self) -> Result<&Drawn, Fault> {
        if let Some(drawn) = self.drawn.get() {
            return Ok(drawn);
        }
        let _one_at_a_time = self.drawing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(drawn) = self.drawn.get() {
            return Ok(drawn);
        }
        let drawn = Drawn::generate(self.kind)?;
        Ok(self.drawn.get_or_init(|| drawn))
    }
}

impl Drawn {
    fn generate(kind: Kind) -> Result<Self, Fault> {
        Ok(match kind {
            Kind::Aes => {
                let mut bytes = Zeroizing::new(vec![0; AES_256_GCM.key_len()]);
                SystemRandom::new().fill(&mut bytes)?;
                Self::Aes(bytes)
            }
            Kind::RsaDecrypt => Self::RsaDecrypt(PrivateDecryptingKey::generate(KeySize::Rsa2048)?),
            Kind::RsaSign => Self::RsaSign(RsaKeyPair::generate(KeySize::Rsa2048)?),
            Kind::EcSign => Self::EcSign(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING)?),
        })
    }
}

impl fmt::Debug for Material {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Material").field("kind", &self.kind).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::{Drawn, Kind, Material};

    #[test]
    fn all_threads_see_the_same_material() {
        let material = Material::lazy(Kind::Aes);
        let addresses = thread::scope(|scope| {
            let draw = || {
                let drawn: *const Drawn = material.drawn().expect("an AES key is drawn");
                drawn.addr()
            };
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(draw)).collect();
            let join = |thread: thread::ScopedJoinHandle<'_, usize>| {
                thread.join().expect("no thread panics")
            };
            threads.into_iter().map(join).collect::<Vec<_>>()
        });
        assert!(addresses.iter().all(|address| *address == addresses[0]));
    }

    #[test]
    fn lazy_material_is_not_drawn_before_its_first_use() {
        let material = Material::lazy(Kind::RsaSign);
        assert!(material.drawn.get().is_none());
    }

    #[test]
    fn debug_shows_no_key() {
        let material = Material::lazy(Kind::Aes);
        material.drawn().expect("an AES key is drawn");
        assert_eq!(format!("{material:?}"), "Material { kind: Aes, .. }");
    }
}
