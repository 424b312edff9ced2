//! Secrets, of the type `Generic`.

mod version;

use std::time::SystemTime;

pub(super) use self::version::SecretVersion;
pub(crate) use self::version::VersionSelector;
pub(crate) use self::version::{NewSecretVersion, SecretDataType};
use super::{Engine, Fault, ResourceType, Tables, TagPair};

const MAX_NAME: usize = 64;

/// A secret to create, with its first version.
#[derive(Clone, Debug)]
pub(crate) struct NewSecret {
    /// Up to 64 letters, digits and `_/+=.@-`.
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) version: NewSecretVersion,
    pub(crate) tags: Vec<TagPair>,
}

/// A secret as the service describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SecretMetadata {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) description: String,
    pub(crate) create_time: SystemTime,
}

/// A row of the table of secrets.
#[derive(Clone, Debug)]
pub(super) struct Secret {
    pub(super) name: String,
    description: String,
    create_time: SystemTime,
}

impl Engine {
    /// Creates a secret, and its first version as `ACSCurrent`.
    pub(crate) fn create_secret(&self, new: NewSecret) -> Result<SecretMetadata, Fault> {
        check_name(&new.name)?;
        new.version.check()?;
        let NewSecret { name, description, version, tags } = new;
        let secret = Secret { name, description, create_time: self.now() };
        let metadata = self.secret_metadata(&secret);
        let version = version.of(&secret.name, secret.create_time);
        let tables = &mut *self.write();
        if tables.secrets.contains_key(&secret.name) {
            return Err(Fault::resource_exists());
        }
        tables.check_tags(ResourceType::Secret, &secret.name, &tags)?;
        tables.set_tags(ResourceType::Secret, &secret.name, &tags);
        tables.secret_versions.insert(version.id(), version);
        tables.secrets.insert(secret.name.clone(), secret);
        Ok(metadata)
    }

    /// The row of the secret that `reference` names: a name or an ARN.
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

    fn secret_metadata(&self, secret: &Secret) -> SecretMetadata {
        SecretMetadata {
            name: secret.name.clone(),
            arn: self.arn(&format!("secret/{}", secret.name)),
            description: secret.description.clone(),
            create_time: secret.create_time,
        }
    }
}

fn check_name(name: &str) -> Result<(), Fault> {
    if name.is_empty() {
        return Err(Fault::missing("SecretName"));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_/+=.@-".contains(c);
    if name.len() > MAX_NAME || !name.chars().all(allowed) {
        return Err(Fault::invalid("SecretName"));
    }
    Ok(())
}

#[cfg(test)]
mod testing {
    use super::{Engine, Fault, NewSecret, NewSecretVersion, SecretDataType, SecretMetadata};

    pub(super) fn create(engine: &Engine, name: &str) -> Result<SecretMetadata, Fault> {
        let (name, description) = (name.to_owned(), String::new());
        let version = version("v1");
        engine.create_secret(NewSecret { name, description, version, tags: Vec::new() })
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
    use alibabacloud_kms::middleware::clock::iso8601;
    use secrecy::ExposeSecret;

    use super::super::testing::engine;
    use super::testing::{create, version};
    use super::{Fault, NewSecret, NewSecretVersion, SecretDataType, VersionSelector};

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
            let (name, description) = (name.to_owned(), String::new());
            let new = NewSecret { name, description, version, tags: Vec::new() };
            engine.create_secret(new).expect_err("the secret is invalid")
        };
        assert_eq!(fault("", version("v1")), Fault::missing("SecretName"));
        assert_eq!(fault("a b", version("v1")), Fault::invalid("SecretName"));
        assert_eq!(fault(&"x".repeat(65), version("v1")), Fault::invalid("SecretName"));
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
