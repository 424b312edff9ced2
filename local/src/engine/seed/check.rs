//! Compares an engine that already has content with a seed.

use std::collections::BTreeMap;

use secrecy::ExposeSecret;

use super::plan::{PlannedVersion, name_of, plan, plan_versions, secret_name};
use crate::engine::Engine;
use crate::engine::secret::MAX_VERSIONS;
use crate::engine::spec::Origin;
use crate::engine::tables::{ResourceType, SecretVersion, Tables};
use crate::seeds::Seed;

impl Engine {
    /// Checks that the engine has the keys and secrets of a seed, with the same spec, usage,
    /// aliases, tags, material and data. Versions of secrets may have made room for later ones.
    ///
    /// # Errors
    ///
    /// Returns a text that names the difference.
    pub(crate) fn check_planted(&self, seed: &Seed) -> Result<(), String> {
        for key in &seed.keys {
            let wrong = |what: &str| Err(format!("{} {what}", name_of(key)));
            let planned = plan(key).map_err(|why| format!("{}: {why}", name_of(key)))?;
            let tables = self.read();
            let Some(row) = tables.keys.get(&planned.id) else {
                return wrong("is not in the store");
            };
            if row.spec != planned.new.spec || row.usage != planned.new.usage() {
                return wrong("has another spec or usage in the store");
            }
            for alias in &key.aliases {
                if tables.aliases.get(alias).is_none_or(|alias| alias.key_id != planned.id) {
                    return wrong(&format!("lacks the alias {alias} in the store"));
                }
            }
            if let Some(tag) = tables.other_tag(ResourceType::Key, &planned.id, &key.tags) {
                return wrong(&format!(
                    "lacks the seed's tag {tag} in the store, or has another value for it"
                ));
            }
            for PlannedVersion { id, material, fingerprint } in &planned.versions {
                let kept = tables.key_versions.get(id).and_then(|row| row.material.as_deref());
                let same = match (kept, material) {
                    (Some(kept), Some(material)) => {
                        kept.is_as_planned(material).unwrap_or_default()
                    }
                    (_, None) => row.material_fingerprint == *fingerprint,
                    // It was deleted or has expired, and only the same may come again.
                    (None, Some(_)) => {
                        let bound = row.material_fingerprint.as_ref().zip(fingerprint.as_ref());
                        planned.new.origin == Origin::External
                            && bound.is_none_or(|(kept, planned)| kept == planned)
                    }
                };
                if !same {
                    return wrong(&format!("has other material in its version {id} in the store"));
                }
            }
        }
        for secret in &seed.secrets {
            let words = |why| format!("the secret {}: {why}", secret.name);
            let name = secret_name(secret).map_err(words)?;
            let tables = self.read();
            if let Some(tag) = tables.other_tag(ResourceType::Secret, &name, &secret.tags) {
                return Err(format!(
                    "the secret {name} lacks the seed's tag {tag} in the store, or has another value for it"
                ));
            }
            // All planted versions have one time, and their data may contain it. The clock may have
            // been set back since, so that rotated versions are earlier.
            let planted_at = secret.all_versions().into_iter().find_map(|version| {
                let id = (name.clone(), version.id);
                tables.secret_versions.get(&id).map(|row| row.create_time)
            });
            let planned = plan_versions(secret, planted_at.unwrap_or_else(|| self.now()));
            for version in planned.map_err(words)? {
                let is_same = match tables.secret_versions.get(&version.id()) {
                    Some(row) => row.data.expose_secret() == version.data.expose_secret(),
                    None => tables.has_made_room_of(&version),
                };
                if !is_same {
                    let id = &version.version_id;
                    return Err(format!(
                        "the version {id} of the secret {name} is missing in the store, or has other data there"
                    ));
                }
            }
        }
        Ok(())
    }
}

impl Tables {
    /// Returns `true` if the secret has as many versions as it may have, and later ones, so that
    /// this one was deleted to make room.
    fn has_made_room_of(&self, planned: &SecretVersion) -> bool {
        let mut count = 0;
        let (mut is_taken, mut has_later) = (false, false);
        for version in self.versions_of(&planned.secret_name) {
            count += 1;
            is_taken |= version.number == planned.number;
            has_later |= version.number > planned.number;
        }
        count >= MAX_VERSIONS && has_later && !is_taken
    }

    /// Returns the key of a tag in `tags` that the resource lacks, or has with another value.
    fn other_tag<'a>(
        &self,
        kind: ResourceType,
        resource: &str,
        tags: &'a BTreeMap<String, String>,
    ) -> Option<&'a str> {
        let has = |key: &String, value: &String| {
            let id = (kind, resource.to_owned(), key.clone());
            self.tags.get(&id).is_some_and(|row| row.value == *value)
        };
        tags.iter().find(|(key, value)| !has(key, value)).map(|(key, _)| &**key)
    }
}
