//! Secrets: creating, describing, changing, deleting and restoring them.

mod filter;
mod managed;
mod metadata;
mod rotation;
mod ssh;
mod version;

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

pub(crate) use self::filter::SecretFilter;
pub(in crate::engine) use self::managed::{name, planted};
pub(crate) use self::metadata::SecretMetadata;
pub(crate) use self::rotation::parse_interval;
pub(in crate::engine) use self::version::{MAX_VERSIONS, PREVIOUS};
pub(crate) use self::version::{NewSecretVersion, SecretValue, VersionSelector};
use super::policy;
use super::tables::{Secret, SecretType, SecretVersion, Tables};
use super::{Engine, Fault, Page, PageRequest, ResourceType, TagPair};

const MAX_NAME: usize = 192;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// The range of days for which a deleted secret can be restored.
const RECOVERY_DAYS: std::ops::RangeInclusive<u64> = 7..=30;

/// A secret to create, with its first version.
#[derive(Clone, Debug)]
pub(crate) struct NewSecret {
    /// Up to 192 letters, digits and `_/+=.@-`. The name of an ECS secret begins with `acs/ecs/`.
    /// That of a RAM secret is `$Auto` or begins with `acs/ram/user/`. No other name begins with
    /// `acs/`.
    pub(crate) name: String,
    pub(crate) secret_type: SecretType,
    pub(crate) description: String,
    pub(crate) instance_id: Option<String>,
    /// The symmetric key that encrypts the secret, by id, alias or ARN.
    pub(crate) encryption_key: Option<String>,
    pub(crate) extended_config: Map<String, Value>,
    pub(crate) policy: Option<String>,
    /// The time between rotations of a managed secret, or `None` if it is not rotated.
    pub(crate) rotation_interval: Option<Duration>,
    pub(crate) version: NewSecretVersion,
    pub(crate) tags: Vec<TagPair>,
}

impl NewSecret {
    /// Creates a generic secret that has only this version.
    pub(crate) fn generic(name: &str, version: NewSecretVersion) -> Self {
        Self {
            name: name.to_owned(),
            secret_type: SecretType::Generic,
            description: String::new(),
            instance_id: None,
            encryption_key: None,
            extended_config: Map::new(),
            policy: None,
            rotation_interval: None,
            version,
            tags: Vec::new(),
        }
    }
}

impl Engine {
    /// Creates a secret and its first version, which has the stage `ACSCurrent`.
    pub(crate) fn create_secret(&self, new: NewSecret) -> Result<SecretMetadata, Fault> {
        self.create_secret_with(new, |new, now| {
            let version = new.version.clone();
            managed::first_versions(
                new.secret_type,
                &new.name,
                &new.extended_config,
                version,
                now,
                self,
            )
        })
    }

    /// Creates a secret with the versions that `versions` returns for the time of its creation.
    pub(super) fn create_secret_with(
        &self,
        mut new: NewSecret,
        versions: impl FnOnce(&NewSecret, SystemTime) -> Result<Vec<SecretVersion>, Fault>,
    ) -> Result<SecretMetadata, Fault> {
        new.name = name(new.secret_type, new.name, &new.extended_config)?;
        check_name(&new.name, new.secret_type)?;
        new.version.check()?;
        if let Some(policy) = &new.policy {
            policy::check(policy)?;
        }
        let encryption_key = new.encryption_key.as_deref().map(|key| self.describe_key(key));
        let encryption_key = encryption_key.transpose()?;
        if encryption_key.as_ref().is_some_and(|key| !key.spec.as_str().starts_with("Aliyun_")) {
            return Err(Fault::invalid("EncryptionKeyId"));
        }
        let now = self.now();
        managed::check_config(new.secret_type, &new.extended_config)?;
        let versions = versions(&new, now)?;
        let is_managed = new.secret_type.is_managed();
        let secret = Secret {
            name: new.name,
            secret_type: new.secret_type,
            description: new.description,
            instance_id: new.instance_id,
            encryption_key_id: encryption_key.map(|key| key.key_id),
            extended_config: if is_managed { new.extended_config } else { Map::new() },
            policy: new.policy,
            rotation_interval: new.rotation_interval.filter(|_| is_managed),
            last_rotation: None,
            create_time: now,
            update_time: now,
            planned_delete_time: None,
        };
        let tables = &mut *self.write();
        match tables.secrets.get(&secret.name) {
            Some(known) if known.planned_delete_time.is_some() => {
                return Err(Fault::resource_in_delete_window());
            }
            Some(_) => return Err(Fault::resource_exists()),
            None => {}
        }
        tables.check_tags(ResourceType::Secret, &secret.name, &new.tags)?;
        tables.set_tags(ResourceType::Secret, &secret.name, &new.tags);
        for version in versions {
            tables.secret_versions.insert(version.id(), version);
        }
        let metadata = self.secret_metadata(tables, &secret);
        tables.secrets.insert(secret.name.clone(), secret);
        Ok(metadata)
    }

    /// Returns the description of a secret, even if its deletion is scheduled.
    pub(crate) fn describe_secret(&self, secret: &str) -> Result<SecretMetadata, Fault> {
        self.rotate_if_due(secret)?;
        let tables = self.read();
        Ok(self.secret_metadata(&tables, self.resolve_secret(&tables, secret)?))
    }

    /// Returns a page of the secrets that match all filters, sorted by name.
    pub(crate) fn list_secrets(
        &self,
        filters: &[SecretFilter],
        page: PageRequest,
    ) -> Page<SecretMetadata> {
        let tables = self.read();
        let found: Vec<SecretMetadata> = tables
            .secrets
            .values()
            .map(|secret| self.secret_metadata(&tables, secret))
            .filter(|secret| filters.iter().all(|filter| filter.matches(secret)))
            .collect();
        page.of(found.into_iter())
    }

    /// Changes a secret's description, and the `CustomData` of a managed secret.
    pub(crate) fn update_secret(
        &self,
        secret: &str,
        description: Option<String>,
        custom_data: Option<Map<String, Value>>,
    ) -> Result<String, Fault> {
        self.change_secret(secret, |secret| {
            if let Some(data) = custom_data {
                if !secret.secret_type.is_managed() {
                    return Err(Fault::unsupported_operation());
                }
                secret.extended_config.insert("CustomData".to_owned(), Value::Object(data));
                managed::check_config(secret.secret_type, &secret.extended_config)?;
            }
            if let Some(description) = description {
                secret.description = description;
            }
            Ok(())
        })
    }

    /// Deletes a secret at once, or after `recovery_days` (7 to 30). Returns its name and the time
    /// of its scheduled deletion.
    pub(crate) fn delete_secret(
        &self,
        secret: &str,
        recovery_days: Option<u64>,
    ) -> Result<(String, Option<SystemTime>), Fault> {
        if recovery_days.is_some_and(|days| !RECOVERY_DAYS.contains(&days)) {
            return Err(Fault::invalid("RecoveryWindowInDays"));
        }
        let now = self.now();
        let Some(days) = recovery_days else {
            let tables = &mut *self.write();
            let name = self.resolve_secret(tables, secret)?.name.clone();
            tables.delete_secret(&name);
            return Ok((name, None));
        };
        let days = u32::try_from(days).unwrap_or_default();
        let at = now + DAY * days;
        let name = self.change_secret(secret, |secret| {
            secret.planned_delete_time = Some(at);
            Ok(())
        })?;
        Ok((name, Some(at)))
    }

    /// Cancels the scheduled deletion of a secret.
    pub(crate) fn restore_secret(&self, secret: &str) -> Result<String, Fault> {
        let tables = &mut *self.write();
        let name = self.resolve_secret(tables, secret)?.name.clone();
        let secret = tables.secrets.get_mut(&name).ok_or_else(Fault::resource_not_found)?;
        if secret.planned_delete_time.take().is_none() {
            return Err(Fault::unsupported_operation());
        }
        Ok(name)
    }

    /// Returns the policy of a secret.
    pub(crate) fn secret_policy(&self, secret: &str) -> Result<String, Fault> {
        let tables = self.read();
        let secret = self.resolve_secret(&tables, secret)?;
        let policy = secret.policy.clone();
        Ok(policy.unwrap_or_else(|| policy::default(self.account_id())))
    }

    /// Sets the policy of a secret, which is stored but not enforced.
    pub(crate) fn set_secret_policy(&self, secret: &str, policy: &str) -> Result<(), Fault> {
        policy::check(policy)?;
        self.change_secret(secret, |secret| {
            secret.policy = Some(policy.to_owned());
            Ok(())
        })?;
        Ok(())
    }

    /// Changes the row of a secret whose deletion is not scheduled, and returns its name.
    fn change_secret(
        &self,
        secret: &str,
        change: impl FnOnce(&mut Secret) -> Result<(), Fault>,
    ) -> Result<String, Fault> {
        let now = self.now();
        let tables = &mut *self.write();
        let name = self.usable_secret(tables, secret)?.name.clone();
        let secret = tables.secrets.get_mut(&name).ok_or_else(Fault::resource_not_found)?;
        // Changes a copy first, so that a refused change leaves the row as it was.
        let mut changed = secret.clone();
        change(&mut changed)?;
        changed.update_time = now;
        let due = changed.planned_delete_time;
        *secret = changed;
        tables.wake(due);
        Ok(name)
    }

    /// Returns the row of the secret that `reference` names: a name or an ARN.
    pub(super) fn resolve_secret<'t>(
        &self,
        tables: &'t Tables,
        reference: &str,
    ) -> Result<&'t Secret, Fault> {
        if reference.is_empty() {
            return Err(Fault::missing("SecretName"));
        }
        let name = reference
            .strip_prefix(&self.arn_prefix())
            .and_then(|resource| resource.strip_prefix("secret/"))
            .unwrap_or(reference);
        tables.secrets.get(name).ok_or_else(Fault::resource_not_found)
    }

    /// Returns the row of a secret whose deletion is not scheduled.
    fn usable_secret<'t>(&self, tables: &'t Tables, secret: &str) -> Result<&'t Secret, Fault> {
        let secret = self.resolve_secret(tables, secret)?;
        if secret.planned_delete_time.is_some() {
            return Err(Fault::resource_in_delete_window());
        }
        Ok(secret)
    }

    fn secret_metadata(&self, tables: &Tables, secret: &Secret) -> SecretMetadata {
        SecretMetadata {
            name: secret.name.clone(),
            arn: self.arn(&format!("secret/{}", secret.name)),
            secret_type: secret.secret_type,
            description: secret.description.clone(),
            instance_id: secret.instance_id.clone(),
            encryption_key_id: secret.encryption_key_id.clone(),
            extended_config: secret.extended_config.clone(),
            rotation_interval: secret.rotation_interval,
            last_rotation: secret.last_rotation,
            next_rotation: secret.next_rotation(),
            create_time: secret.create_time,
            update_time: secret.update_time,
            planned_delete_time: secret.planned_delete_time,
            tags: tables.tags_of(ResourceType::Secret, &secret.name).cloned().collect(),
        }
    }
}

fn check_name(name: &str, secret_type: SecretType) -> Result<(), Fault> {
    if name.is_empty() {
        return Err(Fault::missing("SecretName"));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_/+=.@-".contains(c);
    let is_of_type = match secret_type {
        SecretType::Ecs => name.starts_with("acs/ecs/"),
        SecretType::RamCredentials => name.starts_with("acs/ram/user/"),
        _ => !name.starts_with("acs/"),
    };
    if name.len() > MAX_NAME || !is_of_type || !name.chars().all(allowed) {
        return Err(Fault::invalid("SecretName"));
    }
    Ok(())
}

#[cfg(test)]
mod testing {
    use super::super::SecretDataType;
    use super::{Engine, Fault, NewSecret, NewSecretVersion, SecretMetadata};

    pub(super) fn create(engine: &Engine, name: &str) -> Result<SecretMetadata, Fault> {
        engine.create_secret(NewSecret::generic(name, version("v1")))
    }

    pub(super) fn version(id: &str) -> NewSecretVersion {
        NewSecretVersion {
            version_id: id.to_owned(),
            data: format!("data of {id}").into(),
            data_type: SecretDataType::Text,
        }
    }
}

#[cfg(test)]
mod tests {
    use alibabacloud_kms::middleware::wire::time::iso8601;
    use secrecy::ExposeSecret;

    use super::super::SecretDataType;
    use super::super::testing::engine;
    use super::testing::{create, version};
    use super::{Fault, NewSecret, NewSecretVersion, VersionSelector};

    #[test]
    fn a_created_secret_is_read_as_its_current_version() {
        let engine = engine();
        let created = create(&engine, "db").expect("the secret is new");
        assert_eq!(created.arn, "acs:kms:cn-hangzhou:123456:secret/db");
        for name in ["db", &created.arn] {
            let value = engine.secret_value(name, &VersionSelector::default());
            let value = value.expect("the secret exists");
            assert_eq!(value.secret_name, "db");
            assert_eq!(value.version_id, "v1");
            assert_eq!(value.stages, ["ACSCurrent"]);
            assert_eq!(value.data.expose_secret(), "data of v1");
            assert_eq!(value.data_type.as_str(), "text");
            assert_eq!(iso8601(value.create_time), "2026-11-23T08:00:00Z");
        }
    }

    #[test]
    fn an_unknown_secret_is_not_found() {
        let fault = engine().secret_value("none", &VersionSelector::default()).map(|_| ());
        let fault = fault.expect_err("there is no such secret");
        assert_eq!((fault.status, fault.code), (404, "Forbidden.ResourceNotFound"));
        assert_eq!(fault.message, "Resource not found.");
    }

    #[test]
    fn a_name_is_taken_once() {
        let engine = engine();
        create(&engine, "db").expect("the secret is new");
        let fault = create(&engine, "db").expect_err("the name is taken");
        assert_eq!((fault.status, fault.code), (409, "Rejected.ResourceExist"));
    }

    #[test]
    fn values_outside_the_rules_are_refused() {
        let engine = engine();
        let fault = |name: &str, version| {
            let new = NewSecret::generic(name, version);
            engine.create_secret(new).expect_err("the secret is invalid")
        };
        assert_eq!(fault("", version("v1")), Fault::missing("SecretName"));
        assert_eq!(fault("a b", version("v1")), Fault::invalid("SecretName"));
        assert_eq!(fault(&"x".repeat(193), version("v1")), Fault::invalid("SecretName"));
        assert_eq!(fault("acs/x", version("v1")), Fault::invalid("SecretName"));
        create(&engine, &"x".repeat(192)).expect("192 characters are allowed");
        assert_eq!(fault("db", version("")), Fault::missing("VersionId"));
        assert_eq!(fault("db", version(&"x".repeat(65))), Fault::invalid("VersionId"));
        let with = |data: String| NewSecretVersion { data: data.into(), ..version("v1") };
        assert_eq!(fault("db", with(String::new())), Fault::missing("SecretData"));
        assert_eq!(fault("db", with("x".repeat(30_721))), Fault::invalid("SecretData"));
        assert_eq!(SecretDataType::parse("json"), Err(Fault::invalid("SecretDataType")));
        assert_eq!(SecretDataType::parse(""), Ok(SecretDataType::Text));
        assert_eq!(SecretDataType::parse("binary"), Ok(SecretDataType::Binary));
    }
}
