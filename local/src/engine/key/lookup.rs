//! How requests refer to keys, and what an operation holds while it computes.

use std::sync::Arc;

use super::super::material::{Drawn, Material};
use super::super::{Engine, Fault, Tables};
use super::{Key, KeyState};

/// A version of an enabled key, to compute with after the lock is released.
pub(in crate::engine) struct ActiveVersion {
    pub(in crate::engine) key_id: String,
    pub(in crate::engine) key_version_id: String,
    material: Arc<Material>,
}

impl ActiveVersion {
    pub(in crate::engine) fn material(&self) -> Result<&Drawn, Fault> {
        self.material.drawn()
    }
}

impl Engine {
    /// The row of the key that `reference` names: a key id, an alias, or the ARN of either.
    pub(in crate::engine) fn resolve_key<'t>(
        &self,
        tables: &'t Tables,
        reference: &str,
    ) -> Result<&'t Key, Fault> {
        if reference.is_empty() {
            return Err(Fault::missing("KeyId"));
        }
        let resource = reference.strip_prefix(&self.arn_prefix());
        let name = resource.unwrap_or(reference);
        let key_id = if name.starts_with("alias/") {
            let alias = tables.aliases.get(name);
            Some(alias.ok_or_else(Fault::alias_not_found)?.key_id.as_str())
        } else if resource.is_some() {
            name.strip_prefix("key/")
        } else {
            Some(name)
        };
        let key = key_id.and_then(|id| tables.keys.get(id));
        key.ok_or_else(Fault::key_not_found)
    }

    /// The primary version of an enabled key.
    pub(in crate::engine) fn active_key(&self, reference: &str) -> Result<ActiveVersion, Fault> {
        let tables = self.read();
        let key = self.resolve_key(&tables, reference)?;
        key.active_version(&tables, &key.primary_key_version)
    }

    /// The version `key_version_id` of an enabled key, or its primary version.
    pub(in crate::engine) fn active_key_version(
        &self,
        reference: &str,
        key_version_id: Option<&str>,
    ) -> Result<ActiveVersion, Fault> {
        let tables = self.read();
        let key = self.resolve_key(&tables, reference)?;
        key.active_version(&tables, key_version_id.unwrap_or(&key.primary_key_version))
    }

    /// The version of that id, whichever enabled key it belongs to.
    pub(in crate::engine) fn active_version(
        &self,
        key_version_id: &str,
    ) -> Result<ActiveVersion, Fault> {
        let tables = self.read();
        let version = tables.key_versions.get(key_version_id).ok_or_else(Fault::key_not_found)?;
        let key = tables.keys.get(&version.key_id).ok_or_else(Fault::key_not_found)?;
        key.active_version(&tables, key_version_id)
    }

    /// The id of the key that `reference` names.
    pub(in crate::engine) fn key_id(&self, reference: &str) -> Result<String, Fault> {
        self.resolve_key(&self.read(), reference).map(|key| key.key_id.clone())
    }
}

impl Key {
    fn active_version(
        &self,
        tables: &Tables,
        key_version_id: &str,
    ) -> Result<ActiveVersion, Fault> {
        if self.state == KeyState::Disabled {
            return Err(Fault::key_disabled());
        }
        match tables.key_versions.get(key_version_id) {
            Some(version) if version.key_id == self.key_id => Ok(ActiveVersion {
                key_id: self.key_id.clone(),
                key_version_id: version.key_version_id.clone(),
                material: Arc::clone(&version.material),
            }),
            _ => Err(Fault::key_version_not_found()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::engine;
    use super::super::NewKey;
    use super::Fault;

    #[test]
    fn a_key_is_found_by_its_id_and_its_arn_only() {
        let engine = engine();
        let key = engine.create_key(NewKey::default()).expect("the key is valid");
        assert_eq!(engine.key_id(&key.arn), Ok(key.key_id.clone()));
        for stranger in [
            "key-0".to_owned(),
            format!("acs:kms:cn-beijing:123456:key/{}", key.key_id),
            format!("acs:kms:cn-hangzhou:654321:key/{}", key.key_id),
            format!("{}x", key.key_id),
            key.arn.replace("key/", ""),
            key.arn.replace("key/", "secret/"),
        ] {
            assert_eq!(engine.key_id(&stranger), Err(Fault::key_not_found()), "{stranger}");
        }
        assert_eq!(engine.key_id(""), Err(Fault::missing("KeyId")));
    }

    #[test]
    fn a_version_belongs_to_its_key() {
        let engine = engine();
        let create = || engine.create_key(NewKey::default()).expect("the key is valid");
        let (key, other) = (create(), create());
        let version = |id: &str| {
            engine.active_key_version(&key.key_id, Some(id)).map(|version| version.key_id)
        };
        assert_eq!(version(&key.primary_key_version), Ok(key.key_id.clone()));
        assert_eq!(version(&other.primary_key_version), Err(Fault::key_version_not_found()));
        assert_eq!(version(""), Err(Fault::key_version_not_found()));
    }
}
