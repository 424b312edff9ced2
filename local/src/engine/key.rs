//! Keys and their versions: metadata and states.

mod lookup;

use std::sync::Arc;
use std::time::SystemTime;

pub(super) use self::lookup::ActiveVersion;
use super::material::{Kind, Material};
use super::{Engine, Fault, Page, PageRequest, ResourceType, TagPair, hex};

const MAX_DESCRIPTION: usize = 8192;

/// What a key is made of; the wire name of each is in [`KeySpec::as_str`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum KeySpec {
    #[default]
    Aes256,
    Rsa2048,
    EcP256,
}

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyUsage {
    EncryptDecrypt,
    SignVerify,
}

/// Whether a key may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyState {
    Enabled,
    Disabled,
}

/// A key to create. `KeySpec::Aes256.into()` has every default.
#[derive(Clone, Debug, Default)]
pub(crate) struct NewKey {
    pub(crate) spec: KeySpec,
    /// Without one, a key that can sign signs, and any other encrypts.
    pub(crate) usage: Option<KeyUsage>,
    /// Up to 8192 characters.
    pub(crate) description: String,
    pub(crate) tags: Vec<TagPair>,
}

/// A key as the service describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyMetadata {
    pub(crate) key_id: String,
    pub(crate) arn: String,
    pub(crate) state: KeyState,
    pub(crate) spec: KeySpec,
    pub(crate) usage: KeyUsage,
    pub(crate) description: String,
    pub(crate) creation_date: SystemTime,
    /// The account that created the key.
    pub(crate) creator: String,
    /// The id of the version that encrypts and signs: a UUID, 36 characters.
    pub(crate) primary_key_version: String,
}

/// A row of the table of keys.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) key_id: String,
    state: KeyState,
    spec: KeySpec,
    usage: KeyUsage,
    description: String,
    creation_date: SystemTime,
    primary_key_version: String,
}

/// A row of the table of key versions.
#[derive(Clone, Debug)]
pub(super) struct KeyVersion {
    key_version_id: String,
    key_id: String,
    material: Arc<Material>,
}

impl KeySpec {
    /// The spec of that name; `Aliyun_AES_256` if it is empty.
    pub(crate) fn parse(name: &str) -> Result<Self, Fault> {
        match name {
            "" => Ok(Self::default()),
            "Aliyun_AES_256" => Ok(Self::Aes256),
            "RSA_2048" => Ok(Self::Rsa2048),
            "EC_P256" => Ok(Self::EcP256),
            _ => Err(Fault::invalid("KeySpec")),
        }
    }

    /// The spec's name on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Aes256 => "Aliyun_AES_256",
            Self::Rsa2048 => "RSA_2048",
            Self::EcP256 => "EC_P256",
        }
    }

    fn default_usage(self) -> KeyUsage {
        match self {
            Self::Aes256 => KeyUsage::EncryptDecrypt,
            Self::Rsa2048 | Self::EcP256 => KeyUsage::SignVerify,
        }
    }
}

impl KeyUsage {
    /// The usage of that name.
    pub(crate) fn parse(name: &str) -> Result<Self, Fault> {
        match name {
            "ENCRYPT/DECRYPT" => Ok(Self::EncryptDecrypt),
            "SIGN/VERIFY" => Ok(Self::SignVerify),
            _ => Err(Fault::invalid("KeyUsage")),
        }
    }

    /// The usage's name on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::EncryptDecrypt => "ENCRYPT/DECRYPT",
            Self::SignVerify => "SIGN/VERIFY",
        }
    }
}

impl KeyState {
    /// The state's name on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "Enabled",
            Self::Disabled => "Disabled",
        }
    }
}

impl From<KeySpec> for NewKey {
    fn from(spec: KeySpec) -> Self {
        Self { spec, ..Self::default() }
    }
}

impl Engine {
    /// Creates an enabled key with one version.
    pub(crate) fn create_key(&self, new: NewKey) -> Result<KeyMetadata, Fault> {
        let material = Material::lazy(new.kind()?);
        material.drawn()?;
        self.insert_key(new, material)
    }

    /// Creates an enabled key whose material is drawn on first use.
    pub(super) fn create_key_lazily(&self, new: NewKey) -> Result<KeyMetadata, Fault> {
        let material = Material::lazy(new.kind()?);
        self.insert_key(new, material)
    }

    /// The key of that id, alias or ARN.
    pub(crate) fn describe_key(&self, key: &str) -> Result<KeyMetadata, Fault> {
        self.resolve_key(&self.read(), key).map(|row| self.key_metadata(row))
    }

    /// Keys in the order of their ids.
    pub(crate) fn list_keys(&self, page: PageRequest) -> Page<KeyMetadata> {
        page.of(self.read().keys.values().map(|row| self.key_metadata(row)))
    }

    /// Lets the key be used; an enabled key stays so.
    pub(crate) fn enable_key(&self, key: &str) -> Result<(), Fault> {
        self.set_key_state(key, KeyState::Enabled)
    }

    /// Stops every use of the key; a disabled key stays so.
    pub(crate) fn disable_key(&self, key: &str) -> Result<(), Fault> {
        self.set_key_state(key, KeyState::Disabled)
    }

    fn insert_key(&self, new: NewKey, material: Material) -> Result<KeyMetadata, Fault> {
        if new.description.chars().count() > MAX_DESCRIPTION {
            return Err(Fault::invalid("Description"));
        }
        let key = Key {
            key_id: format!("key-{}", hex(&self.random_array::<10>()?)),
            state: KeyState::Enabled,
            spec: new.spec,
            usage: new.usage(),
            description: new.description,
            creation_date: self.now(),
            primary_key_version: uuid(self.random_array()?),
        };
        let version = KeyVersion {
            key_version_id: key.primary_key_version.clone(),
            key_id: key.key_id.clone(),
            material: Arc::new(material),
        };
        let metadata = self.key_metadata(&key);
        let tables = &mut *self.write();
        tables.check_tags(ResourceType::Key, &key.key_id, &new.tags)?;
        tables.set_tags(ResourceType::Key, &key.key_id, &new.tags);
        tables.key_versions.insert(version.key_version_id.clone(), version);
        tables.keys.insert(key.key_id.clone(), key);
        Ok(metadata)
    }

    fn set_key_state(&self, reference: &str, state: KeyState) -> Result<(), Fault> {
        let tables = &mut *self.write();
        let key_id = self.resolve_key(tables, reference)?.key_id.clone();
        let key = tables.keys.get_mut(&key_id).ok_or_else(Fault::key_not_found)?;
        key.state = state;
        Ok(())
    }

    fn key_metadata(&self, key: &Key) -> KeyMetadata {
        KeyMetadata {
            key_id: key.key_id.clone(),
            arn: self.arn(&format!("key/{}", key.key_id)),
            state: key.state,
            spec: key.spec,
            usage: key.usage,
            description: key.description.clone(),
            creation_date: key.creation_date,
            creator: self.config.account_id.clone(),
            primary_key_version: key.primary_key_version.clone(),
        }
    }
}

impl NewKey {
    fn usage(&self) -> KeyUsage {
        self.usage.unwrap_or_else(|| self.spec.default_usage())
    }

    fn kind(&self) -> Result<Kind, Fault> {
        Kind::new(self.spec, self.usage())
    }
}

/// A version 4 UUID of random `bytes`, in lower case with hyphens.
pub(crate) fn uuid(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let [time_low, time_mid, version, variant, node] =
        [&bytes[..4], &bytes[4..6], &bytes[6..8], &bytes[8..10], &bytes[10..]].map(hex);
    format!("{time_low}-{time_mid}-{version}-{variant}-{node}")
}

#[cfg(test)]
mod tests {
    use alibabacloud_kms::middleware::clock::iso8601;

    use super::super::testing::engine;
    use super::{Fault, KeySpec, KeyState, KeyUsage, NewKey, PageRequest, uuid};

    #[test]
    fn a_created_key_is_described_as_the_service_does() {
        let engine = engine();
        let new = NewKey { description: "of orders".to_owned(), ..NewKey::default() };
        let key = engine.create_key(new).expect("the key is valid");
        assert_eq!(engine.describe_key(&key.key_id).as_ref(), Ok(&key));

        let id = key.key_id.strip_prefix("key-").expect("an id begins with key-");
        assert_eq!(id.len(), 20);
        assert_eq!(key.arn, format!("acs:kms:cn-hangzhou:123456:key/{}", key.key_id));
        assert_eq!(key.creator, "123456");
        assert_eq!(key.description, "of orders");
        assert_eq!(iso8601(key.creation_date), "2026-11-23T08:00:00Z");
        assert_eq!(key.primary_key_version.len(), 36);
        assert_eq!(key.state.as_str(), "Enabled");
        assert_eq!(key.spec.as_str(), "Aliyun_AES_256");
        assert_eq!(key.usage.as_str(), "ENCRYPT/DECRYPT");
    }

    #[test]
    fn keys_that_can_sign_sign_by_default() {
        let engine = engine();
        let key = engine.create_key(KeySpec::EcP256.into()).expect("the key is valid");
        assert_eq!(key.usage, KeyUsage::SignVerify);
        assert_eq!(KeySpec::Rsa2048.default_usage(), KeyUsage::SignVerify);
    }

    #[test]
    fn a_usage_that_the_spec_lacks_is_refused() {
        for (spec, usage) in
            [(KeySpec::Aes256, KeyUsage::SignVerify), (KeySpec::EcP256, KeyUsage::EncryptDecrypt)]
        {
            let new = NewKey { usage: Some(usage), ..spec.into() };
            assert_eq!(engine().create_key(new), Err(Fault::invalid("KeyUsage")));
        }
    }

    #[test]
    fn names_on_the_wire_are_read_back() {
        for spec in [KeySpec::Aes256, KeySpec::Rsa2048, KeySpec::EcP256] {
            assert_eq!(KeySpec::parse(spec.as_str()), Ok(spec));
        }
        for usage in [KeyUsage::EncryptDecrypt, KeyUsage::SignVerify] {
            assert_eq!(KeyUsage::parse(usage.as_str()), Ok(usage));
        }
        assert_eq!(KeySpec::parse(""), Ok(KeySpec::Aes256));
        assert_eq!(KeySpec::parse("AES"), Err(Fault::invalid("KeySpec")));
        assert_eq!(KeyUsage::parse(""), Err(Fault::invalid("KeyUsage")));
    }

    #[test]
    fn an_overlong_description_is_refused_and_nothing_is_created() {
        let engine = engine();
        let new = NewKey { description: "x".repeat(8193), ..NewKey::default() };
        assert_eq!(engine.create_key(new), Err(Fault::invalid("Description")));
        assert_eq!(engine.list_keys(PageRequest::default()).total_count, 0);
    }

    #[test]
    fn keys_are_listed_by_page() {
        let engine = engine();
        let create = |_| engine.create_key(NewKey::default()).expect("the key is valid").key_id;
        let mut created: Vec<_> = (0..5).map(create).collect();
        created.sort();
        let listed: Vec<_> = (1..=3)
            .flat_map(|number| {
                let page = PageRequest::new(Some(number), Some(2)).expect("the page is valid");
                let page = engine.list_keys(page);
                assert_eq!((page.number, page.size, page.total_count), (number, 2, 5));
                page.items
            })
            .map(|key| key.key_id)
            .collect();
        assert_eq!(listed, created);
    }

    #[test]
    fn a_disabled_key_is_refused_until_it_is_enabled() {
        let engine = engine();
        let key = engine.create_key(NewKey::default()).expect("the key is valid");
        let state = || engine.describe_key(&key.key_id).expect("the key exists").state;

        engine.disable_key(&key.arn).expect("the key exists");
        engine.disable_key(&key.key_id).expect("disabling twice is allowed");
        assert_eq!(state(), KeyState::Disabled);
        let fault = engine.active_key(&key.key_id).err().expect("the key is disabled");
        assert_eq!((fault.status, fault.code), (409, "Rejected.Disabled"));

        engine.enable_key(&key.key_id).expect("the key exists");
        assert_eq!(state(), KeyState::Enabled);
        assert!(engine.active_key(&key.key_id).is_ok());
        assert_eq!(engine.enable_key("key-0"), Err(Fault::key_not_found()));
    }

    #[test]
    fn a_uuid_has_its_version_and_variant() {
        assert_eq!(uuid([0xff; 16]), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(uuid([0; 16]), "00000000-0000-4000-8000-000000000000");
    }
}
