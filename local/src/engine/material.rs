//! Key material, which is generated at creation or on first use.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock};

use alibabacloud_kms::__private::lock;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use aws_lc_rs::rsa::{KeySize, PrivateDecryptingKey};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256K1_SHA256_ASN1_SIGNING, EcdsaKeyPair, RsaKeyPair,
};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::{Zeroize as _, Zeroizing};

#[cfg(feature = "sm")]
use super::asymmetric::Sm2Key;
#[cfg(feature = "rsa-seeds")]
use super::asymmetric::derived_rsa;
use super::spec::{KeySpec, KeyUsage};
use super::{Fault, kept};

/// The material of one key version.
pub(super) struct Material {
    spec: KeySpec,
    usage: KeyUsage,
    drawn: OnceLock<Drawn>,
    drawing: Mutex<()>,
    /// The PKCS#8 from which an existing pair is read on first use.
    encoded: Option<Zeroizing<Vec<u8>>>,
    /// The bytes from which an RSA pair is derived on first use.
    derived_from: Option<Zeroizing<Vec<u8>>>,
    /// Whether the store has the material, or writes it before any later change.
    kept: AtomicBool,
}

/// Material that exists: generated, derived, imported or read.
pub(super) enum Drawn {
    /// An AES, SM4 or HMAC key.
    Bytes(Zeroizing<Vec<u8>>),
    RsaDecrypt(PrivateDecryptingKey),
    RsaSign(RsaKeyPair),
    EcSign(EcdsaKeyPair),
    #[cfg(feature = "sm")]
    Sm2(Sm2Key),
}

impl Material {
    /// Creates material that is generated on first use, because an RSA key takes a fraction of a
    /// second.
    pub(super) fn lazy(spec: KeySpec, usage: KeyUsage) -> Self {
        Self::of(spec, usage, OnceLock::new(), None)
    }

    /// Creates an RSA pair that is derived from these bytes on first use.
    pub(super) fn derived(spec: KeySpec, usage: KeyUsage, from: Zeroizing<Vec<u8>>) -> Self {
        let derived_from = Some(from);
        Self { derived_from, ..Self::lazy(spec, usage) }
    }

    /// Creates material from an import: the bytes of a key, or the PKCS#8 document of a pair.
    /// Returns `None` if they do not fit the spec.
    pub(super) fn imported(
        spec: KeySpec,
        usage: KeyUsage,
        bytes: Zeroizing<Vec<u8>>,
    ) -> Option<Self> {
        let drawn = match spec.byte_length() {
            Some(length) => (bytes.len() == length).then_some(Drawn::Bytes(bytes))?,
            None => Drawn::from_pkcs8(spec, usage, &bytes)?,
        };
        Some(Self::of(spec, usage, OnceLock::from(drawn), None))
    }

    /// Reads a pair from an `ECPrivateKey` of RFC 5915. Returns `None` if it does not fit the spec.
    pub(super) fn from_ec_private_key(spec: KeySpec, usage: KeyUsage, der: &[u8]) -> Option<Self> {
        let algorithm = match spec {
            KeySpec::EcP256 => &ECDSA_P256_SHA256_ASN1_SIGNING,
            KeySpec::EcP256k => &ECDSA_P256K1_SHA256_ASN1_SIGNING,
            _ => return None,
        };
        let pair = EcdsaKeyPair::from_private_key_der(algorithm, der).ok()?;
        Some(Self::of(spec, usage, OnceLock::from(Drawn::EcSign(pair)), None))
    }

    /// Creates existing material from the result of [`encoded`](Self::encoded). Pairs are read on
    /// first use.
    fn read(spec: KeySpec, usage: KeyUsage, encoded: Zeroizing<Vec<u8>>) -> Self {
        if spec.byte_length().is_some() {
            Self::of(spec, usage, OnceLock::from(Drawn::Bytes(encoded)), None)
        } else {
            Self::of(spec, usage, OnceLock::new(), Some(encoded))
        }
    }

    fn of(
        spec: KeySpec,
        usage: KeyUsage,
        drawn: OnceLock<Drawn>,
        encoded: Option<Zeroizing<Vec<u8>>>,
    ) -> Self {
        let (drawing, kept) = (Mutex::new(()), AtomicBool::new(false));
        Self { spec, usage, drawn, drawing, encoded, derived_from: None, kept }
    }

    pub(super) fn spec(&self) -> KeySpec {
        self.spec
    }

    pub(super) fn usage(&self) -> KeyUsage {
        self.usage
    }

    /// Returns the material, and generates it if this is its first use. Other threads wait
    /// meanwhile, so that all see the same key.
    pub(super) fn drawn(&self) -> Result<&Drawn, Fault> {
        if let Some(drawn) = self.drawn.get() {
            return Ok(drawn);
        }
        let _one_at_a_time = lock(&self.drawing);
        if let Some(drawn) = self.drawn.get() {
            return Ok(drawn);
        }
        let read = |pkcs8: &[u8]| {
            Drawn::from_pkcs8(self.spec, self.usage, pkcs8).ok_or_else(Fault::invalid_key_material)
        };
        let drawn = match (&self.encoded, &self.derived_from) {
            (Some(pkcs8), _) => read(pkcs8)?,
            #[cfg(feature = "rsa-seeds")]
            (None, Some(from)) => read(&derived_rsa(from, self.spec)?)?,
            #[cfg(not(feature = "rsa-seeds"))]
            (None, Some(_)) => return Err(Fault::without_feature("rsa-seeds", self.spec.as_str())),
            (None, None) => Drawn::generate(self.spec, self.usage)?,
        };
        Ok(self.drawn.get_or_init(|| drawn))
    }

    /// Returns the bytes of a key or the PKCS#8 of a pair, or `None` if it is not generated yet.
    pub(super) fn encoded(&self) -> Result<Option<Zeroizing<Vec<u8>>>, Fault> {
        match &self.encoded {
            Some(encoded) => Ok(Some(encoded.clone())),
            None => self.drawn.get().map(Drawn::encode).transpose(),
        }
    }

    /// Returns `true` if this is the material that a seed describes with `planned`. If `planned` is
    /// random and not generated yet, any material matches.
    #[cfg(any(feature = "store", test))]
    pub(super) fn is_as_planned(&self, planned: &Self) -> Result<bool, Fault> {
        if let (Some(from), Some(planned)) = (&self.derived_from, &planned.derived_from) {
            return Ok(from == planned);
        }
        if planned.derived_from.is_some() {
            planned.drawn()?;
        }
        let Some(planned) = planned.encoded()? else { return Ok(true) };
        self.drawn()?;
        Ok(self.encoded()? == Some(planned))
    }

    /// Returns `true` if the store has the material, or writes it before any later change. The
    /// caller holds the tables' lock: without it, the transaction that writes the material may not
    /// have its number yet.
    pub(super) fn is_kept(&self) -> bool {
        self.kept.load(Ordering::Acquire)
    }

    /// Records that the store has the material in its current form.
    fn note_kept(&self) {
        self.kept.store(true, Ordering::Release);
    }
}

/// Material in the form in which it is stored.
#[derive(Serialize, Deserialize)]
struct Kept {
    spec: KeySpec,
    usage: KeyUsage,
    /// `None` if the material is not generated yet.
    encoded: Option<KeptBytes>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    derived_from: Option<KeptBytes>,
}

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct KeptBytes(#[serde(with = "kept::bytes")] Vec<u8>);

impl Drop for KeptBytes {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl Serialize for Material {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let encoded = self.encoded().map_err(|fault| S::Error::custom(fault.message))?;
        if encoded.is_some() {
            self.note_kept();
        }
        let encoded = encoded.map(|mut bytes| KeptBytes(std::mem::take(&mut *bytes)));
        let derived_from = self.derived_from.as_ref().map(|from| KeptBytes(from.to_vec()));
        Kept { spec: self.spec, usage: self.usage, encoded, derived_from }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Material {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Kept { spec, usage, encoded, derived_from } = Kept::deserialize(deserializer)?;
        let taken = |mut bytes: KeptBytes| Zeroizing::new(std::mem::take(&mut bytes.0));
        let derived_from = derived_from.map(taken);
        let Some(encoded) = encoded.map(taken) else {
            return Ok(Self { derived_from, ..Self::lazy(spec, usage) });
        };
        let material = Self { derived_from, ..Self::read(spec, usage, encoded) };
        material.note_kept();
        Ok(material)
    }
}

/// Returns a fingerprint that distinguishes imported material.
pub(super) fn fingerprint(bytes: &[u8]) -> Vec<u8> {
    digest(&SHA256, bytes).as_ref().to_vec()
}

impl Drawn {
    /// Reads the pair in a PKCS#8 document in DER; for SM2, also from the 32 bytes of the private
    /// key.
    fn from_pkcs8(spec: KeySpec, usage: KeyUsage, der: &[u8]) -> Option<Self> {
        let rsa = |bits: usize| {
            if usage == KeyUsage::SignVerify {
                let pair = RsaKeyPair::from_pkcs8(der).ok()?;
                (pair.public_modulus_len() * 8 == bits).then_some(Self::RsaSign(pair))
            } else {
                let pair = PrivateDecryptingKey::from_pkcs8(der).ok()?;
                (pair.key_size_bits() == bits).then_some(Self::RsaDecrypt(pair))
            }
        };
        let ec = |algorithm| EcdsaKeyPair::from_pkcs8(algorithm, der).map(Self::EcSign).ok();
        match spec {
            KeySpec::Rsa2048 => rsa(2048),
            KeySpec::Rsa3072 => rsa(3072),
            KeySpec::Rsa4096 => rsa(4096),
            KeySpec::EcP256 => ec(&ECDSA_P256_SHA256_ASN1_SIGNING),
            KeySpec::EcP256k => ec(&ECDSA_P256K1_SHA256_ASN1_SIGNING),
            #[cfg(feature = "sm")]
            KeySpec::EcSm2 => Sm2Key::from_bytes(der).map(Self::Sm2),
            _ => None,
        }
    }

    fn generate(spec: KeySpec, usage: KeyUsage) -> Result<Self, Fault> {
        spec.check_built()?;
        if let Some(length) = spec.byte_length() {
            let mut bytes = Zeroizing::new(vec![0; length]);
            SystemRandom::new().fill(&mut bytes)?;
            return Ok(Self::Bytes(bytes));
        }
        let rsa = |size| {
            Ok(match usage {
                KeyUsage::SignVerify => Self::RsaSign(RsaKeyPair::generate(size)?),
                _ => Self::RsaDecrypt(PrivateDecryptingKey::generate(size)?),
            })
        };
        match spec {
            KeySpec::Rsa2048 => rsa(KeySize::Rsa2048),
            KeySpec::Rsa3072 => rsa(KeySize::Rsa3072),
            KeySpec::Rsa4096 => rsa(KeySize::Rsa4096),
            KeySpec::EcP256 => {
                Ok(Self::EcSign(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING)?))
            }
            KeySpec::EcP256k => {
                Ok(Self::EcSign(EcdsaKeyPair::generate(&ECDSA_P256K1_SHA256_ASN1_SIGNING)?))
            }
            #[cfg(feature = "sm")]
            KeySpec::EcSm2 => Ok(Self::Sm2(Sm2Key::generate()?)),
            _ => Err(Fault::internal()),
        }
    }

    /// Returns the bytes of a key, or the PKCS#8 of a pair.
    fn encode(&self) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let copy = |bytes: &[u8]| Zeroizing::new(bytes.to_vec());
        Ok(match self {
            Self::Bytes(bytes) => bytes.clone(),
            Self::RsaDecrypt(pair) => {
                let der: Pkcs8V1Der<'_> = pair.as_der()?;
                copy(der.as_ref())
            }
            Self::RsaSign(pair) => {
                let der: Pkcs8V1Der<'_> = pair.as_der()?;
                copy(der.as_ref())
            }
            Self::EcSign(pair) => copy(pair.to_pkcs8v1()?.as_ref()),
            #[cfg(feature = "sm")]
            Self::Sm2(pair) => pair.private_der()?,
        })
    }
}

impl fmt::Debug for Material {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Material")
            .field("spec", &self.spec)
            .field("usage", &self.usage)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::{Drawn, KeySpec, KeyUsage, Material};

    #[test]
    fn all_threads_see_the_same_material() {
        let material = Material::lazy(KeySpec::Aes256, KeyUsage::EncryptDecrypt);
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
        let material = Material::lazy(KeySpec::Rsa2048, KeyUsage::SignVerify);
        assert!(material.drawn.get().is_none());
    }

    #[test]
    fn every_spec_that_is_built_in_is_drawn_for_each_of_its_usages() {
        for (spec, name) in KeySpec::ALL {
            for usage in spec.usages() {
                let drawn = Material::lazy(spec, *usage).drawn().map(|_| ()).err();
                assert_eq!(drawn, spec.check_built().err(), "{name}");
            }
        }
    }

    #[test]
    fn debug_shows_no_key() {
        let material = Material::lazy(KeySpec::Aes128, KeyUsage::EncryptDecrypt);
        material.drawn().expect("an AES key is drawn");
        let shown = format!("{material:?}");
        assert_eq!(shown, "Material { spec: Aes128, usage: EncryptDecrypt, .. }");
    }
}
