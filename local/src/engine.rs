//! The key management service behind the local gateway: keys, aliases, secrets and tags in memory,
//! with real cryptography, and no protocol.
//!
//! It sits under the two dialects of the local gateway. These parse requests, verify signatures and
//! encode the answers. Everything that a key does happens here, so data that was encrypted in one
//! dialect can be decrypted in the other. Refusals are [`Fault`]s, with the codes and messages of
//! the service.
//!
//! The state is rows in [`tables`], one plain struct per table; with a store, the [`journal`]
//! writes their changes to disk before an answer is sent. A lock is held only to read or write
//! rows: an operation takes a handle to its key's material and computes without the lock.

mod access;
mod alias;
mod asymmetric;
mod certificate;
mod cipher;
mod client_key;
mod due;
mod fault;
mod id;
#[cfg(feature = "store")]
mod journal;
mod keeper;
pub(crate) mod kept;
mod key;
mod mac;
mod managed_data_key;
mod material;
mod outcome;
mod page;
mod password;
mod policy;
mod random;
mod rows;
mod secret;
mod seed;
mod spec;
mod store;
mod symmetric;
mod tables;
mod tag;
mod wrap;

pub(crate) use self::alias::AliasMetadata;
pub(crate) use self::asymmetric::{
    DataKeyPair, EncryptionAlgorithm, KeyFormat, Message, SigningAlgorithm,
};
pub(crate) use self::certificate::{CertificateMetadata, NewCertificate};
pub(crate) use self::client_key::{NewClientKey, generate_client_key, public_key_of};
pub(crate) use self::fault::Fault;
pub(crate) use self::id::{hex, uuid};
#[cfg(test)]
pub(crate) use self::key::state_tests;
pub(crate) use self::key::{
    KeyAction, KeyFilter, KeyMetadata, KeyVersionMetadata, NewKey, ROTATION_DAYS, rotation_interval,
};
pub(crate) use self::mac::hash;
pub(crate) use self::managed_data_key::ManagedDataKey;
pub(crate) use self::outcome::Outcome;
pub(crate) use self::page::{Page, PageRequest};
pub(crate) use self::password::PasswordRules;
pub(crate) use self::secret::{
    NewSecret, NewSecretVersion, SecretFilter, SecretMetadata, SecretValue, VersionSelector,
    parse_interval,
};
pub(crate) use self::spec::{KeySpec, KeyState, KeyUsage, Origin, ProtectionLevel};
pub(crate) use self::store::{Config, Engine};
pub(crate) use self::symmetric::{BlobParts, Mode, SealedParts};
pub(crate) use self::tables::{
    AccessPoint, AccessPolicy, CertificateStatus, ClientKey, NetworkRule, ResourceType,
    SecretDataType, SecretType, Tag,
};
pub(crate) use self::tag::{TagFilter, TagPair};
pub(crate) use self::wrap::{WrappingAlgorithm, wrap};

/// The longest plaintext, in bytes, that the service's `Encrypt` takes.
pub(crate) const MAX_PLAINTEXT: usize = 6144;
#[cfg(test)]
mod testing {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::{Duration, SystemTime};

    use alibabacloud_kms::Clock;

    use super::{Config, Engine};

    /// 2026-11-23T08:00:00Z.
    const START: u64 = 1_795_420_800;

    /// Moves the clock of an engine.
    pub(super) struct Hand(Arc<AtomicU64>);

    impl Hand {
        pub(super) fn advance(&self, by: Duration) {
            self.0.fetch_add(by.as_secs(), Ordering::SeqCst);
        }

        pub(super) fn set_back(&self, by: Duration) {
            self.0.fetch_sub(by.as_secs(), Ordering::SeqCst);
        }

        pub(super) fn now(&self) -> SystemTime {
            SystemTime::UNIX_EPOCH + Duration::from_secs(self.0.load(Ordering::SeqCst))
        }
    }

    /// An empty service at 2026-11-23T08:00:00Z.
    pub(super) fn engine() -> Engine {
        engine_and_clock().0
    }

    /// An empty service with a store in this folder, at 2026-11-23T08:00:00Z.
    #[cfg(feature = "store")]
    pub(super) fn engine_in(folder: &std::path::Path) -> Engine {
        let (config, _) = config_and_clock();
        Engine::open(config, &folder.join("store.redb")).expect("the store is opened")
    }

    /// An empty service from 2026-11-23T08:00:00Z on.
    pub(super) fn engine_and_clock() -> (Engine, Hand) {
        let (config, hand) = config_and_clock();
        (Engine::new(config), hand)
    }

    fn config_and_clock() -> (Config, Hand) {
        let hand = Hand(Arc::new(AtomicU64::new(START)));
        let clock = Hand(Arc::clone(&hand.0));
        let config = Config {
            region: "cn-hangzhou".to_owned(),
            account_id: "123456".to_owned(),
            clock: Clock::new(move || clock.now()),
        };
        (config, hand)
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::testing::engine;
    use super::{Engine, KeyFilter, KeySpec, KeyUsage, PageRequest, VersionSelector};

    #[test]
    fn the_engine_is_shared_between_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<Engine>();
    }

    #[test]
    fn a_new_engine_is_empty() {
        let page = engine().list_keys(&KeyFilter::default(), PageRequest::default());
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
        assert_eq!(engine.list_keys(&KeyFilter::default(), PageRequest::default()).total_count, 4);
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
}
