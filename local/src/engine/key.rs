//! Keys: their properties and their states.

mod deletion;
mod lookup;
mod material;
mod state;
mod version;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

pub(super) use self::lookup::ActiveVersion;
pub(crate) use self::state::KeyAction;
#[cfg(test)]
pub(crate) use self::state::tests as state_tests;
pub(crate) use self::version::{KeyVersionMetadata, ROTATION_DAYS, rotation_interval};
use super::id::hex;
use super::material::Material;
use super::policy;
use super::spec::{KeySpec, KeyState, KeyUsage, Origin, ProtectionLevel};
use super::tables::{Key, KeyVersion, Tables};
use super::{Engine, Fault, Page, PageRequest, ResourceType, TagPair};

const MAX_DESCRIPTION: usize = 8192;

/// A key to create. `KeySpec::Aes256.into()` has the default for every property.
#[derive(Clone, Debug, Default)]
pub(crate) struct NewKey {
    pub(crate) spec: KeySpec,
    /// `None` for the default of the spec: signatures for a pair, MACs for an HMAC key, and
    /// encryption for a symmetric key.
    pub(crate) usage: Option<KeyUsage>,
    pub(crate) origin: Origin,
    pub(crate) protection_level: ProtectionLevel,
    /// The instance that the description of the key names.
    pub(crate) instance_id: Option<String>,
    /// Up to 8192 characters.
    pub(crate) description: String,
    /// The time between automatic rotations, if any: 7 to 365 days.
    pub(crate) rotation_interval: Option<Duration>,
    pub(crate) policy: Option<String>,
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
    pub(crate) origin: Origin,
    pub(crate) protection_level: ProtectionLevel,
    pub(crate) instance_id: Option<String>,
    pub(crate) description: String,
    pub(crate) creation_date: SystemTime,
    /// The account that created the key.
    pub(crate) creator: String,
    /// The id of the version that encrypts and signs: a UUID, 36 characters.
    pub(crate) primary_key_version: Option<String>,
    pub(crate) last_rotation_date: SystemTime,
    pub(crate) rotation_interval: Option<Duration>,
    /// The time of the next rotation, which takes place if the key is enabled then.
    pub(crate) next_rotation_date: Option<SystemTime>,
    pub(crate) delete_date: Option<SystemTime>,
    pub(crate) material_expire_time: Option<SystemTime>,
    /// The reason for deletion protection, if it is on.
    pub(crate) deletion_protection: Option<String>,
}

/// A filter of listed keys: each property must have one of its values.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeyFilter {
    /// The names of properties on the wire, each with its allowed values.
    pub(crate) properties: Vec<(String, Vec<String>)>,
}

impl From<KeySpec> for NewKey {
    fn from(spec: KeySpec) -> Self {
        Self { spec, ..Self::default() }
    }
}

impl Engine {
    /// Creates a key. If the service generates its material, the key is enabled and has one
    /// version. Otherwise, it waits for the import of its material.
    pub(crate) fn create_key(&self, new: NewKey) -> Result<KeyMetadata, Fault> {
        new.check()?;
        let material = match new.origin {
            Origin::AliyunKms => Some(Material::lazy(new.spec, new.usage())),
            Origin::External => None,
        };
        material.as_ref().map(Material::drawn).transpose()?;
        self.insert_key(self.new_key_id()?, new, material)
    }

    /// Creates an enabled key whose material is generated on first use.
    pub(super) fn create_key_lazily(&self, new: NewKey) -> Result<KeyMetadata, Fault> {
        new.check()?;
        let material = Material::lazy(new.spec, new.usage());
        self.insert_key(self.new_key_id()?, new, Some(material))
    }

    /// Creates a key with this id and without a version.
    pub(super) fn create_key_of_id(&self, key_id: String, new: NewKey) -> Result<(), Fault> {
        new.check()?;
        self.insert_key(key_id, new, None).map(drop)
    }

    /// Returns the description of the key with this id, alias or ARN.
    pub(crate) fn describe_key(&self, key: &str) -> Result<KeyMetadata, Fault> {
        let tables = self.read();
        let row = self.resolve_key(&tables, key)?;
        row.state.check(KeyAction::DescribeKey)?;
        Ok(self.key_metadata(row))
    }

    /// Returns a page of the keys that match `filter`, sorted by id.
    pub(crate) fn list_keys(&self, filter: &KeyFilter, page: PageRequest) -> Page<KeyMetadata> {
        let tables = self.read();
        let keys: Vec<&Key> = tables.keys.values().filter(|key| filter.selects(key)).collect();
        page.of(keys.into_iter().map(|row| self.key_metadata(row)))
    }

    /// Enables the key. An enabled key stays enabled.
    pub(crate) fn enable_key(&self, key: &str) -> Result<(), Fault> {
        let tables = &mut *self.write();
        let key = self.resolve_key_mut(tables, key, KeyAction::EnableKey)?;
        let key_id = key.key_id.clone();
        self.set_key_state(tables, &key_id, KeyState::Enabled)
    }

    /// Disables the key. A disabled key stays disabled.
    pub(crate) fn disable_key(&self, key: &str) -> Result<(), Fault> {
        let tables = &mut *self.write();
        let key = self.resolve_key_mut(tables, key, KeyAction::DisableKey)?;
        key.state = KeyState::Disabled;
        Ok(())
    }

    /// Sets the description of the key: up to 8192 characters.
    pub(crate) fn update_key_description(&self, key: &str, text: &str) -> Result<(), Fault> {
        check_description(text)?;
        let tables = &mut *self.write();
        let key = self.resolve_key_mut(tables, key, KeyAction::UpdateKeyDescription)?;
        text.clone_into(&mut key.description);
        Ok(())
    }

    /// Sets the policy of the key, which is stored but not enforced.
    pub(crate) fn set_key_policy(&self, key: &str, text: &str) -> Result<(), Fault> {
        policy::check(text)?;
        let tables = &mut *self.write();
        let key = self.resolve_key_mut(tables, key, KeyAction::SetKeyPolicy)?;
        key.policy = Some(text.to_owned());
        Ok(())
    }

    /// Returns the policy of the key. The default policy allows the key's account everything.
    pub(crate) fn key_policy(&self, key: &str) -> Result<String, Fault> {
        let tables = self.read();
        let key = self.resolve_key(&tables, key)?;
        key.state.check(KeyAction::GetKeyPolicy)?;
        Ok(key.policy.clone().unwrap_or_else(|| policy::default(self.account_id())))
    }

    /// Sets the key's state. A rotation that became due while the key could not be used happens
    /// now.
    pub(super) fn set_key_state(
        &self,
        tables: &mut Tables,
        key_id: &str,
        state: KeyState,
    ) -> Result<(), Fault> {
        let now = self.now();
        let key = tables.keys.get_mut(key_id).ok_or_else(Fault::key_not_found)?;
        key.state = state;
        if key.next_rotation_date().is_some_and(|due| due <= now) {
            let version = key.rotate(now, self.random_uuid()?);
            tables.key_versions.insert(version.key_version_id.clone(), version);
        }
        let due = key.due_date();
        tables.wake(due);
        Ok(())
    }

    fn new_key_id(&self) -> Result<String, Fault> {
        Ok(format!("key-{}", hex(&self.random_array::<10>()?)))
    }

    fn insert_key(
        &self,
        key_id: String,
        new: NewKey,
        material: Option<Material>,
    ) -> Result<KeyMetadata, Fault> {
        let now = self.now();
        let version_id = material.is_some().then(|| self.random_uuid()).transpose()?;
        let usage = new.usage();
        let key = Key {
            key_id,
            state: match new.origin {
                Origin::AliyunKms => KeyState::Enabled,
                Origin::External => KeyState::PendingImport,
            },
            spec: new.spec,
            usage,
            origin: new.origin,
            protection_level: new.protection_level,
            instance_id: new.instance_id,
            description: new.description,
            creation_date: now,
            primary_key_version: version_id.clone(),
            last_rotation_date: now,
            rotation_interval: new.rotation_interval,
            delete_date: None,
            material_expire_time: None,
            material_fingerprint: None,
            deletion_protection: None,
            policy: new.policy,
        };
        let metadata = self.key_metadata(&key);
        let tables = &mut *self.write();
        tables.check_tags(ResourceType::Key, &key.key_id, &new.tags)?;
        tables.set_tags(ResourceType::Key, &key.key_id, &new.tags);
        if let Some(key_version_id) = version_id {
            let version = KeyVersion {
                key_version_id: key_version_id.clone(),
                key_id: key.key_id.clone(),
                creation_date: now,
                material: material.map(Arc::new),
            };
            tables.key_versions.insert(key_version_id, version);
        }
        tables.wake(key.due_date());
        tables.keys.insert(key.key_id.clone(), key);
        Ok(metadata)
    }

    fn key_metadata(&self, key: &Key) -> KeyMetadata {
        KeyMetadata {
            key_id: key.key_id.clone(),
            arn: self.arn(&format!("key/{}", key.key_id)),
            state: key.state,
            spec: key.spec,
            usage: key.usage,
            origin: key.origin,
            protection_level: key.protection_level,
            instance_id: key.instance_id.clone(),
            description: key.description.clone(),
            creation_date: key.creation_date,
            creator: self.account_id().to_owned(),
            primary_key_version: key.primary_key_version.clone(),
            last_rotation_date: key.last_rotation_date,
            rotation_interval: key.rotation_interval,
            next_rotation_date: key.planned_rotation_date(),
            delete_date: key.delete_date,
            material_expire_time: key.material_expire_time,
            deletion_protection: key.deletion_protection.clone(),
        }
    }
}

impl NewKey {
    pub(super) fn usage(&self) -> KeyUsage {
        let default = self.spec.usages().last().copied();
        self.usage.or(default).unwrap_or(KeyUsage::EncryptDecrypt)
    }

    fn check(&self) -> Result<(), Fault> {
        if !self.spec.usages().contains(&self.usage()) {
            return Err(Fault::invalid("KeyUsage"));
        }
        self.spec.check_built()?;
        check_description(&self.description)?;
        let is_external = self.origin == Origin::External;
        if is_external && !self.spec.is_symmetric() && !self.spec.is_asymmetric() {
            return Err(Fault::invalid("Origin"));
        }
        if self.rotation_interval.is_some() && (is_external || !self.spec.is_symmetric()) {
            return Err(Fault::invalid("EnableAutomaticRotation"));
        }
        self.policy.as_deref().map_or(Ok(()), policy::check)
    }
}

impl KeyFilter {
    fn selects(&self, key: &Key) -> bool {
        self.properties.iter().all(|(name, values)| {
            let value = match name.as_str() {
                "KeyState" => key.state.as_str(),
                "KeySpec" => key.spec.as_str(),
                "KeyUsage" => key.usage.as_str(),
                "ProtectionLevel" => key.protection_level.as_str(),
                // In the local gateway, no cloud product creates keys.
                "CreatorType" => "User",
                "DKMSInstanceId" => key.instance_id.as_deref().unwrap_or_default(),
                _ => return false,
            };
            values.is_empty() || values.iter().any(|wanted| wanted == value)
        })
    }
}

fn check_description(text: &str) -> Result<(), Fault> {
    if text.chars().count() > MAX_DESCRIPTION {
        return Err(Fault::invalid("Description"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use alibabacloud_kms::middleware::wire::time::iso8601;

    use super::super::testing::engine;
    use super::{Fault, KeyAction, KeyFilter, KeySpec, KeyState, KeyUsage, NewKey, PageRequest};

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
        assert_eq!(key.primary_key_version.as_ref().map(String::len), Some(36));
        assert_eq!(key.state.as_str(), "Enabled");
        assert_eq!(key.spec.as_str(), "Aliyun_AES_256");
        assert_eq!(key.usage.as_str(), "ENCRYPT/DECRYPT");
    }

    #[test]
    fn keys_that_can_sign_sign_by_default() {
        let engine = engine();
        let key = engine.create_key(KeySpec::EcP256.into()).expect("the key is valid");
        assert_eq!(key.usage, KeyUsage::SignVerify);
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
    fn an_overlong_description_is_refused_and_nothing_is_created() {
        let engine = engine();
        let new = NewKey { description: "x".repeat(8193), ..NewKey::default() };
        assert_eq!(engine.create_key(new), Err(Fault::invalid("Description")));
        assert_eq!(engine.list_keys(&KeyFilter::default(), PageRequest::default()).total_count, 0);
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
                let page = engine.list_keys(&KeyFilter::default(), page);
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
        let fault =
            engine.active_key(&key.key_id, KeyAction::Encrypt).err().expect("the key is disabled");
        assert_eq!((fault.status, fault.code), (409, "Rejected.Disabled"));

        engine.enable_key(&key.key_id).expect("the key exists");
        assert_eq!(state(), KeyState::Enabled);
        assert!(engine.active_key(&key.key_id, KeyAction::Encrypt).is_ok());
        assert_eq!(engine.enable_key("key-0"), Err(Fault::key_not_found()));
    }
}
