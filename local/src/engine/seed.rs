//! The initial content of a local gateway: the default keys and secrets, and those of a seed.

#[cfg(any(feature = "store", test))]
mod check;
mod derive;
mod export;
mod plan;
mod plant;

use super::spec::{KeySpec, KeyUsage};
use super::{Engine, Fault, NewKey, NewSecret, NewSecretVersion, SecretDataType};
use crate::seed::{
    DEFAULT_KEY, EC_SIGN_KEY, EXAMPLE_DATA_KEY, EXAMPLE_SECRET, RSA_ENCRYPT_KEY, RSA_SIGN_KEY,
};

impl Engine {
    /// Creates the default keys with their fixed aliases (`alias/default`, `alias/rsa-encrypt`,
    /// `alias/rsa-sign`, `alias/ec-sign`), the secret `example` and the managed data key
    /// `example-data-key`. What already exists is left unchanged.
    ///
    /// The material of these keys is generated on first use, so that starting takes milliseconds.
    pub(crate) fn seed(&self) -> Result<(), Fault> {
        for (alias, spec, usage) in [
            (DEFAULT_KEY, KeySpec::Aes256, KeyUsage::EncryptDecrypt),
            (RSA_ENCRYPT_KEY, KeySpec::Rsa2048, KeyUsage::EncryptDecrypt),
            (RSA_SIGN_KEY, KeySpec::Rsa2048, KeyUsage::SignVerify),
            (EC_SIGN_KEY, KeySpec::EcP256, KeyUsage::SignVerify),
        ] {
            if !self.read().aliases.contains_key(alias) {
                let key = self.create_key_lazily(NewKey { usage: Some(usage), ..spec.into() })?;
                self.create_alias(alias, &key.key_id)?;
            }
        }
        if !self.read().secrets.contains_key(EXAMPLE_SECRET) {
            let version = NewSecretVersion {
                version_id: "v1".to_owned(),
                data: "a secret".to_owned().into(),
                data_type: SecretDataType::Text,
            };
            self.create_secret(NewSecret::generic(EXAMPLE_SECRET, version))?;
        }
        let is_there = self.managed_data_key(EXAMPLE_DATA_KEY, None, false).is_ok();
        for _ in 0..if is_there { 0 } else { 2 } {
            self.add_managed_data_key_version(EXAMPLE_DATA_KEY)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
