//! Creates the content of a seed in an empty engine.

use std::sync::Arc;
use std::time::Duration;

use super::plan::{Planned, name_of, pairs, plan, plan_versions, secret_name, secret_type};
use crate::engine::secret::parse_interval;
use crate::engine::spec::{KeyState, Origin};
use crate::engine::tables::KeyVersion;
use crate::engine::{Engine, Fault, NewSecret, NewSecretVersion};
use crate::seeds::{KeySeed, SecretSeed, Seed};

impl Engine {
    /// Creates the keys and secrets of a seed.
    ///
    /// # Errors
    ///
    /// Returns a text that names the problem.
    pub(crate) fn plant(&self, seed: &Seed) -> Result<(), String> {
        for key in &seed.keys {
            self.plant_key(key).map_err(|why| format!("{}: {why}", name_of(key)))?;
        }
        for secret in &seed.secrets {
            self.plant_secret(secret)
                .map_err(|why| format!("the secret {}: {why}", secret.name))?;
        }
        Ok(())
    }

    fn plant_key(&self, seed: &KeySeed) -> Result<(), String> {
        let Planned { id, new, versions } = plan(seed)?;
        if self.read().keys.contains_key(&id) {
            return Err("another key has this id: give each key its own".to_owned());
        }
        let words = |fault: Fault| fault.message;
        let (now, is_disabled) = (self.now(), seed.disabled);
        self.create_key_of_id(id.clone(), new).map_err(words)?;
        {
            let tables = &mut *self.write();
            let primary = versions.last().map(|version| version.id.clone());
            let has_material = versions.last().is_some_and(|version| version.material.is_some());
            let fingerprint = versions.last().and_then(|version| version.fingerprint.clone());
            // The order of the versions is that of their times.
            for (version, later) in versions.into_iter().zip(0..) {
                let row = KeyVersion {
                    key_version_id: version.id.clone(),
                    key_id: id.clone(),
                    creation_date: now + Duration::from_micros(later),
                    material: version.material.map(Arc::new),
                };
                tables.key_versions.insert(version.id, row);
            }
            if let Some(key) = tables.keys.get_mut(&id) {
                key.state = if !has_material {
                    KeyState::PendingImport
                } else if is_disabled {
                    KeyState::Disabled
                } else {
                    KeyState::Enabled
                };
                key.material_fingerprint = fingerprint.filter(|_| key.origin == Origin::External);
                key.primary_key_version = primary;
                let due = key.due_date();
                tables.wake(due);
            }
        }
        for alias in &seed.aliases {
            self.create_alias(alias, &id).map_err(words)?;
        }
        Ok(())
    }

    fn plant_secret(&self, seed: &SecretSeed) -> Result<(), String> {
        let words = |fault: Fault| fault.message;
        let (name, secret_type) = (secret_name(seed)?, secret_type(seed)?);
        let interval = seed.rotation_interval.as_deref().map(parse_interval).transpose();
        let rotation_interval = interval.map_err(words)?;
        if rotation_interval.is_some() && !secret_type.is_managed() {
            return Err("a Generic secret has no rotation_interval".to_owned());
        }
        let versions = plan_versions(seed, self.now())?;
        let first = versions.first().ok_or("it has no data")?;
        let version = NewSecretVersion {
            version_id: first.version_id.clone(),
            data: first.data.clone(),
            data_type: first.data_type,
        };
        let new = NewSecret {
            secret_type,
            description: seed.description.clone(),
            encryption_key: seed.encryption_key.clone(),
            extended_config: seed.extended_config.clone(),
            policy: seed.policy.clone(),
            rotation_interval,
            tags: pairs(&seed.tags),
            ..NewSecret::generic(&name, version)
        };
        self.create_secret_with(new, |_, _| Ok(versions)).map(drop).map_err(words)
    }
}
