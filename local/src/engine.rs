//! The key management service behind the local gateway: keys, aliases, secrets and tags in memory,
//! with real cryptography, and no protocol.
//!
//! It sits under the two dialects of the local gateway. They parse requests, verify signatures and
//! spell the answers; everything that a key does happens here, so that what one dialect encrypts
//! the other decrypts. Refusals are [`Fault`]s, in the words of the service.
//!
//! The state is rows in [`Tables`], one plain struct per table. A lock is held only to read or
//! write rows: an operation takes a handle to its key's material and computes without the lock.

mod alias;
mod asymmetric;
mod fault;
mod key;
mod material;
mod page;
mod secret;
mod symmetric;
mod tag;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::SystemTime;

use alibabacloud_kms::Clock;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

use self::alias::Alias;
pub(crate) use self::asymmetric::{EncryptionAlgorithm, Message, SigningAlgorithm};
pub(crate) use self::fault::Fault;
use self::key::{Key, KeyVersion};
pub(crate) use self::key::{KeyMetadata, KeySpec, KeyUsage, NewKey, uuid};
pub(crate) use self::page::{Page, PageRequest};
pub(crate) use self::secret::{NewSecret, NewSecretVersion, SecretDataType, VersionSelector};
use self::secret::{Secret, SecretVersion};
pub(crate) use self::symmetric::{BlobParts, SealedParts};
use self::tag::TagId;
pub(crate) use self::tag::{ResourceType, Tag, TagFilter, TagPair};
use super::seed::{DEFAULT_KEY, EC_SIGN_KEY, EXAMPLE_SECRET, RSA_ENCRYPT_KEY, RSA_SIGN_KEY};

/// The longest plaintext, in bytes, that the service's `Encrypt` takes.
pub(crate) const MAX_PLAINTEXT: usize = 6144;
/// The longest data key or random string, in bytes.
pub(crate) const MAX_RANDOM: usize = 1024;

/// Whose key management service this is, and when it is.
#[derive(Clone)]
pub(crate) struct Config {
    /// The region in every ARN, as `cn-hangzhou`.
    pub(crate) region: String,
    /// The account in every ARN, and the creator of every key.
    pub(crate) account_id: String,
    /// Where creation dates come from.
    pub(crate) clock: Clock,
}

/// A key management service in memory; shared between threads behind an `Arc`.
pub(crate) struct Engine {
    config: Config,
    random: SystemRandom,
    tables: RwLock<Tables>,
}

/// What a key did, and which version of which key did it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Outcome<T> {
    pub(crate) key_id: String,
    pub(crate) key_version_id: String,
    pub(crate) value: T,
}

/// Every row, by its primary key.
#[derive(Default)]
struct Tables {
    keys: BTreeMap<String, Key>,
    key_versions: BTreeMap<String, KeyVersion>,
    aliases: BTreeMap<String, Alias>,
    secrets: BTreeMap<String, Secret>,
    secret_versions: BTreeMap<(String, String), SecretVersion>,
    tags: BTreeMap<TagId, Tag>,
}

impl Engine {
    /// A service without any key or secret.
    pub(crate) fn new(config: Config) -> Self {
        Self { config, random: SystemRandom::new(), tables: RwLock::default() }
    }

    /// Creates the default keys under their fixed aliases (`alias/default`, `alias/rsa-encrypt`,
    /// `alias/rsa-sign`, `alias/ec-sign`) and the secret `example`; what is there already stays.
    ///
    /// The RSA keys draw their material on first use, so that starting takes milliseconds.
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
            self.create_secret(NewSecret {
                name: EXAMPLE_SECRET.to_owned(),
                description: String::new(),
                version: NewSecretVersion {
                    version_id: "v1".to_owned(),
                    data: "a secret".to_owned().into(),
                    data_type: SecretDataType::Text,
                },
                tags: Vec::new(),
            })?;
        }
        Ok(())
    }

    /// `length` random bytes, 1 to 1024.
    pub(crate) fn generate_random(&self, length: usize) -> Result<Zeroizing<Vec<u8>>, Fault> {
        self.random_bytes(length, "Length")
    }

    /// A data key of `number_of_bytes`, 1 to 1024; the caller encrypts it in its dialect's form.
    pub(crate) fn generate_data_key(
        &self,
        number_of_bytes: usize,
    ) -> Result<Zeroizing<Vec<u8>>, Fault> {
        self.random_bytes(number_of_bytes, "NumberOfBytes")
    }

    fn random_bytes(&self, length: usize, name: &str) -> Result<Zeroizing<Vec<u8>>, Fault> {
        if !(1..=MAX_RANDOM).contains(&length) {
            return Err(Fault::invalid(name));
        }
        let mut bytes = Zeroizing::new(vec![0; length]);
        self.random.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn random_array<const N: usize>(&self) -> Result<[u8; N], Fault> {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn now(&self) -> SystemTime {
        self.config.clock.now()
    }

    /// The Alibaba Cloud Resource Name of `resource`, as `key/key-0123` or `alias/app`.
    fn arn(&self, resource: &str) -> String {
        format!("{}{resource}", self.arn_prefix())
    }

    fn arn_prefix(&self) -> String {
        format!("acs:kms:{}:{}:", self.config.region, self.config.account_id)
    }

    // A poisoned lock is taken over: no writer can panic between two rows that belong together.
    fn read(&self) -> RwLockReadGuard<'_, Tables> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Tables> {
        self.tables.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("config", &self.config).finish_non_exhaustive()
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("region", &self.region)
            .field("account_id", &self.account_id)
            .finish_non_exhaustive()
    }
}

/// Without the value, which may be a plaintext.
impl<T> fmt::Debug for Outcome<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcome")
            .field("key_id", &self.key_id)
            .field("key_version_id", &self.key_version_id)
            .finish_non_exhaustive()
    }
}

/// `bytes` in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod testing {
    use std::time::{Duration, SystemTime};

    use super::{Clock, Config, Engine};

    /// An empty service at 2026-11-23T08:00:00Z.
    pub(super) fn engine() -> Engine {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_420_800);
        Engine::new(Config {
            region: "cn-hangzhou".to_owned(),
            account_id: "123456".to_owned(),
            clock: Clock::fixed(now),
        })
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::testing::engine;
    use super::{Engine, KeySpec, KeyUsage, Outcome, PageRequest, VersionSelector, Zeroizing};

    #[test]
    fn the_engine_is_shared_between_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<Engine>();
    }

    #[test]
    fn a_new_engine_is_empty() {
        let page = engine().list_keys(PageRequest::default());
        assert_eq!(page.total_count, 0);
    }

    #[test]
    fn seeding_creates_the_default_keys_and_the_example() {
        let engine = engine();
        engine.seed().expect("an empty engine is seeded");
        for (alias, spec, usage) in [
            ("alias/default", KeySpec::Aes256, KeyUsage::EncryptDecrypt),
            ("alias/rsa-encrypt", KeySpec::Rsa2048, KeyUsage::EncryptDecrypt),
            ("alias/rsa-sign", KeySpec::Rsa2048, KeyUsage::SignVerify),
            ("alias/ec-sign", KeySpec::EcP256, KeyUsage::SignVerify),
        ] {
            let key = engine.describe_key(alias).expect("the alias is seeded");
            assert_eq!((key.spec, key.usage), (spec, usage), "{alias}");
        }
        let value = engine
            .secret_value("example", &VersionSelector::default())
            .expect("the secret is seeded");
        assert_eq!(value.data.expose_secret(), "a secret");
    }

    #[test]
    fn seeding_twice_changes_nothing() {
        let engine = engine();
        engine.seed().expect("an empty engine is seeded");
        let before = engine.describe_key("alias/default").expect("the alias is seeded");
        engine.seed().expect("a seeded engine is left alone");
        assert_eq!(engine.describe_key("alias/default").expect("it stays"), before);
        assert_eq!(engine.list_keys(PageRequest::default()).total_count, 4);
    }

    #[test]
    fn random_bytes_are_as_many_as_asked_and_differ() {
        let engine = engine();
        let first = engine.generate_random(1024).expect("1024 bytes are allowed");
        let second = engine.generate_random(1024).expect("1024 bytes are allowed");
        assert_eq!(first.len(), 1024);
        assert_ne!(first, second);
        assert_eq!(engine.generate_data_key(1).expect("one byte is allowed").len(), 1);
    }

    #[test]
    fn random_lengths_outside_1_to_1024_are_refused() {
        for length in [0, 1025] {
            let fault = engine().generate_data_key(length).expect_err("the length is out of range");
            assert_eq!((fault.status, fault.code), (400, "InvalidParameter"));
            assert_eq!(fault.message, "The parameter  NumberOfBytes  is invalid.");
            let fault = engine().generate_random(length).expect_err("the length is out of range");
            assert_eq!(fault.message, "The parameter  Length  is invalid.");
        }
    }

    #[test]
    fn debug_shows_no_value() {
        let outcome = Outcome {
            key_id: "key-1".to_owned(),
            key_version_id: "version".to_owned(),
            value: Zeroizing::new(b"canary".to_vec()),
        };
        let shown = format!("{outcome:?}");
        assert!(shown.contains("key-1"));
        assert!(!shown.contains("canary") && !shown.contains("99, 97, 110"));
    }
}
