//! The properties of keys: specs, usages, origins and states, and their names on the wire.

use serde::{Deserialize, Serialize};

use super::Fault;

/// The type of a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum KeySpec {
    #[default]
    Aes256,
    Aes192,
    Aes128,
    Sm4,
    Rsa2048,
    Rsa3072,
    Rsa4096,
    EcP256,
    EcP256k,
    EcSm2,
    HmacSha224,
    HmacSha256,
    HmacSha384,
    HmacSha512,
    HmacSm3,
}

/// The usage of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum KeyUsage {
    EncryptDecrypt,
    SignVerify,
    GenerateVerifyMac,
}

/// The state of a key, which decides whether the key can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum KeyState {
    Enabled,
    Disabled,
    PendingDeletion,
    PendingImport,
}

/// The origin of a key's material.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Origin {
    /// The service generates the material.
    #[default]
    AliyunKms,
    /// The key's owner imports the material.
    External,
}

/// The protection level in a key's description. In the local gateway, all keys are in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ProtectionLevel {
    #[default]
    Software,
    Hsm,
}

impl KeySpec {
    /// Every spec, with its name on the wire.
    ///
    /// For HMAC keys, the service's pages name only the algorithms and not the specs. Here, such a
    /// spec has the name of its only algorithm.
    pub(crate) const ALL: [(Self, &'static str); 15] = [
        (Self::Aes256, "Aliyun_AES_256"),
        (Self::Aes192, "Aliyun_AES_192"),
        (Self::Aes128, "Aliyun_AES_128"),
        (Self::Sm4, "Aliyun_SM4"),
        (Self::Rsa2048, "RSA_2048"),
        (Self::Rsa3072, "RSA_3072"),
        (Self::Rsa4096, "RSA_4096"),
        (Self::EcP256, "EC_P256"),
        (Self::EcP256k, "EC_P256K"),
        (Self::EcSm2, "EC_SM2"),
        (Self::HmacSha224, "HMAC_SHA_224"),
        (Self::HmacSha256, "HMAC_SHA_256"),
        (Self::HmacSha384, "HMAC_SHA_384"),
        (Self::HmacSha512, "HMAC_SHA_512"),
        (Self::HmacSm3, "HMAC_SM3"),
    ];

    /// Returns the spec named `name`, or `Aliyun_AES_256` if `name` is empty.
    pub(crate) fn parse(name: &str) -> Result<Self, Fault> {
        if name.is_empty() {
            return Ok(Self::default());
        }
        let found = Self::ALL.iter().find(|(_, known)| *known == name);
        found.map(|(spec, _)| *spec).ok_or_else(|| Fault::invalid("KeySpec"))
    }

    /// Returns the spec's name on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(spec, _)| *spec == self).map_or("", |(_, name)| name)
    }

    /// Refuses a spec whose algorithms are not built in.
    pub(super) fn check_built(self) -> Result<(), Fault> {
        let needs_sm = matches!(self, Self::Sm4 | Self::EcSm2 | Self::HmacSm3);
        if needs_sm && !cfg!(feature = "sm") {
            Err(Fault::not_built(self.as_str()))
        } else {
            Ok(())
        }
    }

    /// Returns the usages of keys of this spec; the last is the default.
    pub(super) fn usages(self) -> &'static [KeyUsage] {
        match self {
            Self::Aes256 | Self::Aes192 | Self::Aes128 | Self::Sm4 => &[KeyUsage::EncryptDecrypt],
            Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096 | Self::EcSm2 => {
                &[KeyUsage::EncryptDecrypt, KeyUsage::SignVerify]
            }
            Self::EcP256 | Self::EcP256k => &[KeyUsage::SignVerify],
            Self::HmacSha224
            | Self::HmacSha256
            | Self::HmacSha384
            | Self::HmacSha512
            | Self::HmacSm3 => &[KeyUsage::GenerateVerifyMac],
        }
    }

    /// Returns `true` for ciphers in which one key encrypts and decrypts.
    pub(crate) fn is_symmetric(self) -> bool {
        matches!(self, Self::Aes256 | Self::Aes192 | Self::Aes128 | Self::Sm4)
    }

    /// Returns `true` if keys of this spec are pairs of a public and a private key.
    pub(super) fn is_asymmetric(self) -> bool {
        self.usages().contains(&KeyUsage::SignVerify)
    }

    /// Returns the length in bytes of keys of this spec, or `None` for pairs.
    pub(super) fn byte_length(self) -> Option<usize> {
        match self {
            Self::Aes256 | Self::HmacSha256 | Self::HmacSm3 => Some(32),
            Self::Aes192 => Some(24),
            Self::Aes128 | Self::Sm4 => Some(16),
            Self::HmacSha224 => Some(28),
            Self::HmacSha384 => Some(48),
            Self::HmacSha512 => Some(64),
            Self::Rsa2048
            | Self::Rsa3072
            | Self::Rsa4096
            | Self::EcP256
            | Self::EcP256k
            | Self::EcSm2 => None,
        }
    }
}

impl KeyUsage {
    const ALL: [(Self, &'static str); 3] = [
        (Self::EncryptDecrypt, "ENCRYPT/DECRYPT"),
        (Self::SignVerify, "SIGN/VERIFY"),
        (Self::GenerateVerifyMac, "GENERATE/VERIFY_MAC"),
    ];

    /// Returns the usage named `name`.
    pub(crate) fn parse(name: &str) -> Result<Self, Fault> {
        let found = Self::ALL.iter().find(|(_, known)| *known == name);
        found.map(|(usage, _)| *usage).ok_or_else(|| Fault::invalid("KeyUsage"))
    }

    /// Returns the usage's name on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(usage, _)| *usage == self).map_or("", |(_, name)| name)
    }
}

impl KeyState {
    /// Every state, in the order of the service's table.
    pub(crate) const ALL: [Self; 4] =
        [Self::Enabled, Self::Disabled, Self::PendingDeletion, Self::PendingImport];

    /// Returns the state's name on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "Enabled",
            Self::Disabled => "Disabled",
            Self::PendingDeletion => "PendingDeletion",
            Self::PendingImport => "PendingImport",
        }
    }
}

impl Origin {
    /// Returns the origin named `name`, or `Aliyun_KMS` if `name` is empty.
    pub(crate) fn parse(name: &str) -> Result<Self, Fault> {
        match name {
            "" | "Aliyun_KMS" => Ok(Self::AliyunKms),
            "EXTERNAL" => Ok(Self::External),
            _ => Err(Fault::invalid("Origin")),
        }
    }

    /// Returns the origin's name on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::AliyunKms => "Aliyun_KMS",
            Self::External => "EXTERNAL",
        }
    }
}

impl ProtectionLevel {
    /// Returns the level named `name`, or `SOFTWARE` if `name` is empty.
    pub(crate) fn parse(name: &str) -> Result<Self, Fault> {
        match name {
            "" | "SOFTWARE" => Ok(Self::Software),
            "HSM" => Ok(Self::Hsm),
            _ => Err(Fault::invalid("ProtectionLevel")),
        }
    }

    /// Returns the level's name on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Software => "SOFTWARE",
            Self::Hsm => "HSM",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, KeySpec, KeyUsage, Origin, ProtectionLevel};

    #[test]
    fn names_on_the_wire_are_read_back() {
        for (spec, name) in KeySpec::ALL {
            assert_eq!(spec.as_str(), name);
            assert_eq!(KeySpec::parse(name), Ok(spec));
        }
        for usage in [KeyUsage::EncryptDecrypt, KeyUsage::SignVerify, KeyUsage::GenerateVerifyMac] {
            assert_eq!(KeyUsage::parse(usage.as_str()), Ok(usage));
        }
        assert_eq!(Origin::parse(Origin::External.as_str()), Ok(Origin::External));
        assert_eq!(ProtectionLevel::parse("HSM"), Ok(ProtectionLevel::Hsm));
        assert_eq!(KeySpec::parse(""), Ok(KeySpec::Aes256));
        assert_eq!(KeySpec::parse("AES"), Err(Fault::invalid("KeySpec")));
        assert_eq!(KeyUsage::parse(""), Err(Fault::invalid("KeyUsage")));
        assert_eq!(Origin::parse("external"), Err(Fault::invalid("Origin")));
        assert_eq!(ProtectionLevel::parse("hsm"), Err(Fault::invalid("ProtectionLevel")));
    }

    #[test]
    fn a_spec_without_its_cryptography_names_the_feature() {
        for (spec, name) in KeySpec::ALL {
            let is_sm = ["Aliyun_SM4", "EC_SM2", "HMAC_SM3"].contains(&name);
            match spec.check_built() {
                Ok(()) => assert!(!is_sm || cfg!(feature = "sm"), "{name}"),
                Err(fault) => {
                    assert!(is_sm && !cfg!(feature = "sm"), "{name}");
                    assert_eq!((fault.status, fault.code), (400, "UnsupportedOperation"));
                    assert!(fault.message.contains("`sm`") && fault.message.contains(name));
                }
            }
        }
    }

    #[test]
    fn what_can_sign_signs_by_default() {
        for (spec, name) in KeySpec::ALL {
            let default = spec.usages().last().expect("every spec has a usage");
            assert_eq!(*default == KeyUsage::SignVerify, spec.is_asymmetric(), "{name}");
        }
    }
}
