//! Finds the keys that requests name, and the key versions that operations compute with.

use std::sync::Arc;

use super::super::material::{Drawn, Material};
use super::super::spec::{KeySpec, KeyState, KeyUsage};
use super::super::tables::{Key, Tables};
use super::super::{Engine, Fault, Outcome};
use super::state::KeyAction;

/// A version of an enabled key, for computing after the lock is released.
pub(in crate::engine) struct ActiveVersion {
    pub(in crate::engine) key_id: String,
    pub(in crate::engine) key_version_id: String,
    material: Arc<Material>,
    /// Whether the material was kept while the tables were locked.
    is_kept: bool,
}

impl ActiveVersion {
    pub(in crate::engine) fn material(&self) -> Result<&Drawn, Fault> {
        self.material.drawn()
    }

    /// Returns the material of an asymmetric key's version.
    pub(in crate::engine) fn pair(&self) -> &Material {
        &self.material
    }

    pub(in crate::engine) fn spec(&self) -> KeySpec {
        self.material.spec()
    }

    pub(in crate::engine) fn usage(&self) -> KeyUsage {
        self.material.usage()
    }

    /// Returns the result of an operation, with the key version that computed it.
    pub(in crate::engine) fn outcome<T>(self, value: T) -> Outcome<T> {
        Outcome { key_id: self.key_id, key_version_id: self.key_version_id, value }
    }
}

impl Engine {
    /// Returns the row of the key that `reference` names: a key id, an alias, or the ARN of either.
    pub(in crate::engine) fn resolve_key<'t>(
        &self,
        tables: &'t Tables,
        reference: &str,
    ) -> Result<&'t Key, Fault> {
        let key_id = self.resolve_key_id(tables, reference)?;
        tables.keys.get(key_id).ok_or_else(Fault::key_not_found)
    }

    /// Returns the row of the key that `reference` names, mutably, if its state allows `action`.
    pub(in crate::engine) fn resolve_key_mut<'t>(
        &self,
        tables: &'t mut Tables,
        reference: &str,
        action: KeyAction,
    ) -> Result<&'t mut Key, Fault> {
        let key_id = self.resolve_key_id(tables, reference)?.to_owned();
        let key = tables.keys.get(&key_id).ok_or_else(Fault::key_not_found)?;
        key.state.check(action)?;
        tables.keys.get_mut(&key_id).ok_or_else(Fault::key_not_found)
    }

    fn resolve_key_id<'a>(&self, tables: &'a Tables, reference: &'a str) -> Result<&'a str, Fault> {
        if reference.is_empty() {
            return Err(Fault::missing("KeyId"));
        }
        let resource = reference.strip_prefix(&self.arn_prefix());
        let name = resource.unwrap_or(reference);
        if name.starts_with("alias/") {
            let alias = tables.aliases.get(name);
            return Ok(alias.ok_or_else(Fault::alias_not_found)?.key_id.as_str());
        }
        let key_id = if resource.is_some() { name.strip_prefix("key/") } else { Some(name) };
        key_id.ok_or_else(Fault::key_not_found)
    }

    /// Returns the primary version of an enabled key.
    pub(in crate::engine) fn active_key(
        &self,
        reference: &str,
        action: KeyAction,
    ) -> Result<ActiveVersion, Fault> {
        self.active_key_version(reference, None, action)
    }

    /// Returns the version `key_version_id` of an enabled key, or the primary version if it is
    /// `None`.
    pub(in crate::engine) fn active_key_version(
        &self,
        reference: &str,
        key_version_id: Option<&str>,
        action: KeyAction,
    ) -> Result<ActiveVersion, Fault> {
        let version = {
            let tables = self.read();
            let key = self.resolve_key(&tables, reference)?;
            key.active_version(&tables, key_version_id, action)?
        };
        self.drawn(version)
    }

    /// Returns the version with this id, if its key is enabled.
    pub(in crate::engine) fn active_version(
        &self,
        key_version_id: &str,
        action: KeyAction,
    ) -> Result<ActiveVersion, Fault> {
        let version = {
            let tables = self.read();
            let version = tables.key_versions.get(key_version_id);
            let version = version.ok_or_else(Fault::key_not_found)?;
            let key = tables.keys.get(&version.key_id).ok_or_else(Fault::key_not_found)?;
            key.active_version(&tables, Some(key_version_id), action)?
        };
        self.drawn(version)
    }

    /// Returns the version. With a store, generates its material first.
    fn drawn(&self, version: ActiveVersion) -> Result<ActiveVersion, Fault> {
        if self.has_store() && !version.is_kept {
            self.draw(&version.key_version_id, &version.material)?;
        }
        Ok(version)
    }

    /// Generates the material of a version, and marks it to be stored before the answer is sent.
    pub(in crate::engine) fn draw(
        &self,
        key_version_id: &str,
        material: &Material,
    ) -> Result<(), Fault> {
        material.drawn()?;
        // Marks the row as changed, so that it is written.
        self.write().key_versions.get_mut(key_version_id);
        Ok(())
    }

    /// Returns the id of the key that `reference` names.
    pub(in crate::engine) fn key_id(&self, reference: &str) -> Result<String, Fault> {
        self.resolve_key(&self.read(), reference).map(|key| key.key_id.clone())
    }
}

impl Key {
    fn active_version(
        &self,
        tables: &Tables,
        key_version_id: Option<&str>,
        action: KeyAction,
    ) -> Result<ActiveVersion, Fault> {
        self.state.check(action)?;
        let id = key_version_id.or(self.primary_key_version.as_deref());
        let version = id.and_then(|id| tables.key_versions.get(id));
        let version = version
            .filter(|version| version.key_id == self.key_id)
            .ok_or_else(Fault::key_version_not_found)?;
        let material =
            version.material.as_ref().ok_or_else(|| KeyState::PendingImport.rejected())?;
        Ok(ActiveVersion {
            key_id: self.key_id.clone(),
            key_version_id: version.key_version_id.clone(),
            material: Arc::clone(material),
            is_kept: material.is_kept(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::engine;
    #[cfg(feature = "store")]
    use super::super::super::testing::engine_in;
    use super::super::{KeyMetadata, NewKey};
    use super::{Fault, KeyAction};

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

    #[cfg(feature = "store")]
    #[tokio::test]
    async fn an_answer_does_not_rest_on_material_whose_transaction_has_no_number_yet() {
        let folder = tempfile::tempdir().expect("a folder");
        let engine = engine_in(folder.path());
        let key = engine.create_key_lazily(NewKey::default()).expect("it is valid");
        engine.kept().await.expect("it is stored");
        engine.close();
        let request = engine.for_request();
        let version = {
            let tables = request.read();
            let key = request.resolve_key(&tables, &key.key_id).expect("it is there");
            key.active_version(&tables, None, KeyAction::Encrypt).expect("it is enabled")
        };
        // Now another request, which has drawn the same material, writes the row. Its transaction
        // gets its number later.
        version.material().expect("an AES key is drawn");
        serde_json::to_vec(version.pair()).expect("it is plain data");
        assert!(version.pair().is_kept());
        let version = request.drawn(version).expect("it is drawn");
        assert_eq!(version.key_id, key.key_id);
        // It waits for a transaction of its own.
        assert_eq!(request.kept().await.map_err(|fault| fault.status), Err(503));
    }

    #[test]
    fn a_version_belongs_to_its_key() {
        let engine = engine();
        let create = || engine.create_key(NewKey::default()).expect("the key is valid");
        let (key, other) = (create(), create());
        let primary = |key: &KeyMetadata| key.primary_key_version.clone().expect("it has one");
        let version = |id: &str| {
            engine
                .active_key_version(&key.key_id, Some(id), KeyAction::Encrypt)
                .map(|version| version.key_id)
        };
        assert_eq!(version(&primary(&key)), Ok(key.key_id.clone()));
        assert_eq!(version(&primary(&other)), Err(Fault::key_version_not_found()));
        assert_eq!(version(""), Err(Fault::key_version_not_found()));
    }
}
