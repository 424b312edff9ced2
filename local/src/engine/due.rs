//! Scheduled changes of keys: deletion, expiry of imported material, and rotation; and the scheduled
//! deletion of secrets.
//!
//! They are applied when a request next reads or changes the tables, as if they had happened at the
//! scheduled time.

use std::sync::Arc;
use std::time::SystemTime;

use super::material::Material;
use super::rows::Rows;
use super::spec::KeyState;
use super::tables::{Key, KeyVersion, ResourceType, Tables};

/// The maximum number of versions of a key that are created at once.
const MAX_VERSIONS_AT_ONCE: usize = 1000;

impl Tables {
    /// Applies everything that is due at `now`. `version_id` returns the ids of new versions; if it
    /// returns `None`, because the random source failed, the next request does the rotation.
    pub(super) fn settle(&mut self, now: SystemTime, version_id: &dyn Fn() -> Option<String>) {
        let due = |at: Option<SystemTime>| at.is_some_and(|at| at <= now);
        if !due(self.next_due) {
            return;
        }
        let deleted: Vec<String> = self
            .keys
            .values()
            .filter(|key| key.state == KeyState::PendingDeletion && due(key.delete_date))
            .map(|key| key.key_id.clone())
            .collect();
        for key_id in deleted {
            self.delete_key(&key_id);
        }
        let secrets = self.secrets.values().filter(|secret| due(secret.planned_delete_time));
        let deleted: Vec<String> = secrets.map(|secret| secret.name.clone()).collect();
        for name in deleted {
            self.delete_secret(&name);
        }
        let Self { keys, key_versions, .. } = self;
        for key in keys.select_mut(|_, key| due(key.due_date())) {
            if due(key.material_expire_time) {
                key.lose_material(key_versions);
            }
            for _ in 0..MAX_VERSIONS_AT_ONCE {
                let Some(at) = key.next_rotation_date().filter(|at| *at <= now) else { break };
                let Some(id) = version_id() else { break };
                let version = key.rotate(at, id);
                key_versions.insert(version.key_version_id.clone(), version);
            }
        }
        self.plan();
    }

    /// Computes the time at which something is next due.
    pub(super) fn plan(&mut self) {
        let secrets = self.secrets.values().filter_map(|secret| secret.planned_delete_time);
        self.next_due = self.keys.values().filter_map(Key::due_date).chain(secrets).min();
    }

    /// Records that something is due at this time.
    pub(super) fn wake(&mut self, at: Option<SystemTime>) {
        self.next_due = [self.next_due, at].into_iter().flatten().min();
    }

    /// Deletes the key and everything that belongs to it.
    fn delete_key(&mut self, key_id: &str) {
        self.keys.remove(key_id);
        self.key_versions.retain(|_, version| version.key_id != key_id);
        self.aliases.retain(|_, alias| alias.key_id != key_id);
        self.tags.retain(|(kind, id, _), _| *kind != ResourceType::Key || id != key_id);
    }

    /// Deletes the secret and everything that belongs to it.
    pub(super) fn delete_secret(&mut self, name: &str) {
        self.secrets.remove(name);
        self.secret_versions.retain(|(secret, _), _| secret != name);
        self.tags.retain(|(kind, id, _), _| *kind != ResourceType::Secret || id != name);
    }
}

impl Key {
    /// Returns the time of the key's next scheduled change.
    pub(super) fn due_date(&self) -> Option<SystemTime> {
        let delete_date = self.delete_date.filter(|_| self.state == KeyState::PendingDeletion);
        [delete_date, self.material_expire_time, self.next_rotation_date()]
            .into_iter()
            .flatten()
            .min()
    }

    /// Returns the time of the next rotation, or `None` if the key is not enabled.
    pub(super) fn next_rotation_date(&self) -> Option<SystemTime> {
        self.planned_rotation_date().filter(|_| self.state == KeyState::Enabled)
    }

    /// Returns the time of the next rotation, which takes place if the key is enabled then.
    pub(super) fn planned_rotation_date(&self) -> Option<SystemTime> {
        self.last_rotation_date.checked_add(self.rotation_interval?)
    }

    /// Creates a version and makes it the primary one.
    pub(super) fn rotate(&mut self, at: SystemTime, key_version_id: String) -> KeyVersion {
        self.last_rotation_date = at;
        self.primary_key_version = Some(key_version_id.clone());
        KeyVersion {
            key_version_id,
            key_id: self.key_id.clone(),
            creation_date: at,
            material: Some(Arc::new(Material::lazy(self.spec, self.usage))),
        }
    }

    /// Removes imported material. A scheduled deletion of the key stays scheduled.
    pub(super) fn lose_material(&mut self, versions: &mut Rows<String, KeyVersion>) {
        for version in versions.select_mut(|_, version| version.key_id == self.key_id) {
            version.material = None;
        }
        self.material_expire_time = None;
        if self.state != KeyState::PendingDeletion {
            self.state = KeyState::PendingImport;
        }
    }
}
