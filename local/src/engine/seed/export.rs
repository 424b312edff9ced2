//! Exports the content of an engine as a seed.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use secrecy::SecretString;

use crate::engine::material::fingerprint;
use crate::engine::spec::{KeyState, Origin};
use crate::engine::tables::{Key, ResourceType, Secret, Tables};
use crate::engine::{Engine, Fault};
use crate::seed::EXAMPLE_DATA_KEY;
use crate::seeds::{KeySeed, KeyVersionSeed, SecretSeed, SecretVersionSeed, Seed};

impl Engine {
    /// Returns the keys and secrets as a seed, which also lists what it leaves out. It is worth
    /// something once [`kept`](Self::kept) succeeds.
    pub(crate) fn export(&self) -> Result<Seed, Fault> {
        // Material that is not used yet is generated and stored now, so that the seed fixes it.
        let unkept: Vec<_> = {
            let tables = self.read();
            let versions = tables.key_versions.values();
            let unkept = versions.filter_map(|version| {
                let material = version.material.as_ref().filter(|material| !material.is_kept())?;
                Some((version.key_version_id.clone(), Arc::clone(material)))
            });
            unkept.collect()
        };
        for (key_version_id, material) in unkept {
            self.draw(&key_version_id, &material)?;
        }
        let tables = self.read();
        let mut seed = Seed::default();
        for key in tables.keys.values().filter(|key| key.state != KeyState::PendingDeletion) {
            seed.keys.push(key_seed(&tables, key)?);
        }
        let secrets = tables.secrets.values();
        for secret in secrets.filter(|secret| secret.planned_delete_time.is_none()) {
            seed.secrets.push(secret_seed(&tables, secret));
        }
        seed.left_out = left_out(&tables);
        Ok(seed)
    }
}

/// Lists what a seed cannot contain, except what every gateway has.
fn left_out(tables: &Tables) -> Vec<String> {
    let keys = tables.keys.values().filter(|key| key.state == KeyState::PendingDeletion);
    let secrets = tables.secrets.values().filter(|secret| secret.planned_delete_time.is_some());
    let data_keys: BTreeSet<_> = tables
        .data_key_versions
        .values()
        .map(|version| &*version.data_key)
        .filter(|name| *name != EXAMPLE_DATA_KEY)
        .collect();
    // The gateway's own client key is in the seed. Of the others, only the public keys are known.
    let client_keys = tables.client_keys.len().saturating_sub(1);
    let lasting = || tables.keys.values().filter(|key| key.state != KeyState::PendingDeletion);
    let protected = lasting().filter(|key| key.deletion_protection.is_some());
    let lasting_secrets =
        tables.secrets.values().filter(|secret| secret.planned_delete_time.is_none());
    let without_key = lasting_secrets.filter(|secret| {
        secret.encryption_key_id.is_some() && encryption_key(tables, secret).is_none()
    });
    let expiring = lasting().filter(|key| key.material_expire_time.is_some());
    [
        (keys.count(), "keys that wait for their deletion"),
        (secrets.count(), "secrets that wait for their deletion"),
        (protected.count(), "protection of keys from deletion"),
        (expiring.count(), "expiry of imported material"),
        (without_key.count(), "encryption keys of secrets"),
        (data_keys.len(), "managed data keys"),
        (tables.certificates.len(), "certificates"),
        (client_keys, "other client keys"),
        (tables.access_points.len(), "access points"),
        (tables.access_policies.len(), "access policies"),
        (tables.network_rules.len(), "network rules"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{what} ({count})"))
    .collect()
}

fn key_seed(tables: &Tables, key: &Key) -> Result<KeySeed, Fault> {
    let mut versions: Vec<_> = tables.key_versions_of(&key.key_id).collect();
    let primary = key.primary_key_version.as_ref();
    // In the reverse of the order in which they are listed.
    versions.sort_by_key(|it| {
        (Some(&it.key_version_id) == primary, it.creation_date, Reverse(&it.key_version_id))
    });
    let mut seeds = Vec::new();
    for version in versions {
        let material = version.material.as_ref().map(|it| it.encoded()).transpose()?.flatten();
        // Imported material is identified by the imported bytes, which may encode the same pair
        // differently.
        let print = key.material_fingerprint.as_ref();
        let print = print
            .filter(|print| material.as_ref().is_none_or(|bytes| fingerprint(bytes) != **print));
        if material.is_none() && print.is_none() {
            continue;
        }
        seeds.push(KeyVersionSeed {
            id: Some(version.key_version_id.clone()),
            material_sha256: print.map(|print| BASE64.encode(print)),
            material: material.map(|bytes| SecretString::from(BASE64.encode(&*bytes))),
        });
    }
    let aliases = tables.aliases.iter().filter(|(_, alias)| alias.key_id == key.key_id);
    let tags = tables.tags_of(ResourceType::Key, &key.key_id);
    Ok(KeySeed {
        id: Some(key.key_id.clone()),
        aliases: aliases.map(|(name, _)| name.clone()).collect(),
        spec: key.spec.as_str().to_owned(),
        usage: Some(key.usage.as_str().to_owned()),
        origin: (key.origin != Origin::default()).then(|| key.origin.as_str().to_owned()),
        description: key.description.clone(),
        disabled: key.state == KeyState::Disabled,
        rotation_interval: key.rotation_interval.map(in_seconds),
        policy: key.policy.clone(),
        tags: tags.map(|tag| (tag.key.clone(), tag.value.clone())).collect(),
        material: None,
        versions: seeds,
    })
}

fn secret_seed(tables: &Tables, secret: &Secret) -> SecretSeed {
    let mut versions: Vec<_> = tables.versions_of(&secret.name).collect();
    versions.sort_by_key(|version| version.number);
    let mut seed = SecretSeed::default();
    seed.name.clone_from(&secret.name);
    seed.secret_type = Some(secret.secret_type.as_str().to_owned());
    seed.description.clone_from(&secret.description);
    seed.extended_config.clone_from(&secret.extended_config);
    seed.rotation_interval = secret.rotation_interval.map(in_seconds);
    seed.encryption_key = encryption_key(tables, secret).cloned();
    seed.policy.clone_from(&secret.policy);
    let tags = tables.tags_of(ResourceType::Secret, &secret.name);
    seed.tags = tags.map(|tag| (tag.key.clone(), tag.value.clone())).collect();
    for version in versions {
        let stages: Vec<&str> = version.stages.iter().map(String::as_str).collect();
        let mut of = SecretVersionSeed::new(&version.version_id, version.data.clone(), &stages);
        of.data_type = Some(version.data_type.as_str().to_owned());
        seed.versions.push(of);
    }
    seed
}

/// Returns the id of the key that encrypts a secret, if the seed has that key: it omits those whose
/// deletion is scheduled.
fn encryption_key<'t>(tables: &Tables, secret: &'t Secret) -> Option<&'t String> {
    secret
        .encryption_key_id
        .as_ref()
        .filter(|id| tables.keys.get(*id).is_some_and(|key| key.state != KeyState::PendingDeletion))
}

fn in_seconds(interval: Duration) -> String {
    format!("{}s", interval.as_secs())
}
