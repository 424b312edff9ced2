//! Versions of secrets, and the stages that name them.
//!
//! A version's value never changes. Stages name versions: `ACSCurrent` is the one to use.

use std::collections::BTreeSet;
use std::time::SystemTime;

use secrecy::{ExposeSecret, SecretString};

use super::super::{Engine, Fault, Tables};

const CURRENT: &str = "ACSCurrent";
const PREVIOUS: &str = "ACSPrevious";
const MAX_ID: usize = 64;
const MAX_DATA: usize = 30_720;

/// What a secret's data is; on the wire, binary data is Base64 text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum SecretDataType {
    #[default]
    Text,
    Binary,
}

/// A version to store.
#[derive(Clone, Debug)]
pub(crate) struct NewSecretVersion {
    /// Up to 64 characters, unique within the secret.
    pub(crate) version_id: String,
    /// Up to 30,720 bytes.
    pub(crate) data: SecretString,
    pub(crate) data_type: SecretDataType,
}

/// Which version of a secret to read: `ACSCurrent` by default.
#[derive(Clone, Debug, Default)]
pub(crate) struct VersionSelector<'a> {
    pub(crate) version_id: Option<&'a str>,
    /// Beside a version's id, a stage that it has to have.
    pub(crate) stage: Option<&'a str>,
}

/// A version of a secret.
#[derive(Clone, Debug)]
pub(crate) struct SecretValue {
    pub(crate) secret_name: String,
    pub(crate) version_id: String,
    pub(crate) stages: Vec<String>,
    pub(crate) data: SecretString,
    pub(crate) data_type: SecretDataType,
    pub(crate) create_time: SystemTime,
}

/// A row of the table of secret versions.
#[derive(Clone, Debug)]
pub(in crate::engine) struct SecretVersion {
    secret_name: String,
    version_id: String,
    data: SecretString,
    data_type: SecretDataType,
    stages: BTreeSet<String>,
    create_time: SystemTime,
}

impl SecretDataType {
    /// The type of that name; `text` if it is empty.
    pub(crate) fn parse(name: &str) -> Result<Self, Fault> {
        match name {
            "" | "text" => Ok(Self::Text),
            "binary" => Ok(Self::Binary),
            _ => Err(Fault::invalid("SecretDataType")),
        }
    }

    /// The type's name on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Binary => "binary",
        }
    }
}

impl Engine {
    /// The version of a secret that `selector` asks for.
    pub(crate) fn secret_value(
        &self,
        secret: &str,
        selector: &VersionSelector<'_>,
    ) -> Result<SecretValue, Fault> {
        let tables = self.read();
        let name = &self.resolve_secret(&tables, secret)?.name;
        let (id, stage) = match (selector.version_id, selector.stage) {
            (None, stage) => (None, Some(stage.unwrap_or(CURRENT))),
            both => both,
        };
        tables
            .versions_of(name)
            .find(|version| {
                id.is_none_or(|id| version.version_id == id)
                    && stage.is_none_or(|stage| version.stages.contains(stage))
            })
            .map(SecretValue::from)
            .ok_or_else(Fault::resource_not_found)
    }
}

impl Engine {
    /// Gives a secret a new version, to which these stages move. Where `ACSCurrent` was before,
    /// `ACSPrevious` is then.
    pub(crate) fn put_secret_value(
        &self,
        secret: &str,
        version: NewSecretVersion,
        stages: &[String],
    ) -> Result<SecretValue, Fault> {
        version.check()?;
        if stages.is_empty() || stages.iter().any(String::is_empty) {
            return Err(Fault::invalid("VersionStages"));
        }
        let now = self.now();
        let tables = &mut *self.write();
        let name = self.resolve_secret(tables, secret)?.name.clone();
        let mut version = version.of(&name, now);
        version.stages = stages.iter().cloned().collect();
        if tables.secret_versions.contains_key(&version.id()) {
            return Err(Fault::resource_exists());
        }
        let becomes_current = version.stages.contains(CURRENT);
        for other in tables.secret_versions.values_mut().filter(|other| other.secret_name == name) {
            let was_current = other.stages.contains(CURRENT);
            other.stages.retain(|stage| !version.stages.contains(stage));
            if becomes_current {
                other.stages.remove(PREVIOUS);
                other.stages.extend(was_current.then(|| PREVIOUS.to_owned()));
            }
        }
        let value = SecretValue::from(&version);
        tables.secret_versions.insert(version.id(), version);
        Ok(value)
    }
}

impl NewSecretVersion {
    pub(super) fn check(&self) -> Result<(), Fault> {
        match self.version_id.chars().count() {
            0 => return Err(Fault::missing("VersionId")),
            1..=MAX_ID => {}
            _ => return Err(Fault::invalid("VersionId")),
        }
        match self.data.expose_secret().len() {
            0 => Err(Fault::missing("SecretData")),
            1..=MAX_DATA => Ok(()),
            _ => Err(Fault::invalid("SecretData")),
        }
    }

    pub(super) fn of(self, secret_name: &str, create_time: SystemTime) -> SecretVersion {
        SecretVersion {
            secret_name: secret_name.to_owned(),
            version_id: self.version_id,
            data: self.data,
            data_type: self.data_type,
            stages: BTreeSet::from([CURRENT.to_owned()]),
            create_time,
        }
    }
}

impl SecretVersion {
    pub(super) fn id(&self) -> (String, String) {
        (self.secret_name.clone(), self.version_id.clone())
    }
}

impl From<&SecretVersion> for SecretValue {
    fn from(version: &SecretVersion) -> Self {
        Self {
            secret_name: version.secret_name.clone(),
            version_id: version.version_id.clone(),
            stages: version.stages.iter().cloned().collect(),
            data: version.data.clone(),
            data_type: version.data_type,
            create_time: version.create_time,
        }
    }
}

impl Tables {
    fn versions_of(&self, secret: &str) -> impl Iterator<Item = &SecretVersion> {
        self.secret_versions
            .range((secret.to_owned(), String::new())..)
            .map(|(_, version)| version)
            .take_while(move |version| version.secret_name == secret)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::engine;
    use super::super::testing::{create, version};
    use super::{CURRENT, Engine, Fault, PREVIOUS, VersionSelector};

    #[test]
    fn a_version_and_a_stage_have_to_agree() {
        let engine = engine();
        create(&engine, "db").expect("the secret is new");
        assert_eq!(read(&engine, Some("v1"), Some(CURRENT)).as_deref(), Ok("v1"));
        for (id, stage) in
            [(Some("v1"), Some("ACSPrevious")), (Some("v2"), None), (None, Some("custom"))]
        {
            assert_eq!(read(&engine, id, stage), Err(Fault::resource_not_found()));
        }
    }

    #[test]
    fn a_new_version_becomes_the_current_one_and_the_old_one_the_previous_one() {
        let engine = engine();
        create(&engine, "db").expect("the secret is new");
        let put = |id: &str, stages: &[&str]| {
            let stages: Vec<_> = stages.iter().map(|stage| (*stage).to_owned()).collect();
            engine.put_secret_value("db", version(id), &stages).map(|value| value.stages)
        };
        let put_v2 = put("v2", &[CURRENT]).expect("the version is new");
        assert_eq!(put_v2, [CURRENT]);
        put("v3", &["green"]).expect("the version is new");
        put("v4", &[CURRENT]).expect("the version is new");
        for (stage, id) in [(None, "v4"), (Some(PREVIOUS), "v2"), (Some("green"), "v3")] {
            assert_eq!(read(&engine, None, stage).as_deref(), Ok(id));
        }
        assert_eq!(read(&engine, Some("v1"), Some(PREVIOUS)), Err(Fault::resource_not_found()));
        assert_eq!(put("v4", &[CURRENT]), Err(Fault::resource_exists()));
        assert_eq!(put("v5", &[]), Err(Fault::invalid("VersionStages")));
        let unknown = engine.put_secret_value("none", version("v1"), &[CURRENT.to_owned()]);
        assert_eq!(unknown.map(|_| ()), Err(Fault::resource_not_found()));
    }

    #[test]
    fn debug_shows_no_data() {
        let engine = engine();
        create(&engine, "db").expect("the secret is new");
        let value = engine.secret_value("db", &VersionSelector::default());
        let shown = format!("{:?} {value:?} {engine:?}", version("v1"));
        assert!(shown.contains("v1") && !shown.contains("data of"));
    }

    fn read(engine: &Engine, id: Option<&str>, stage: Option<&str>) -> Result<String, Fault> {
        let selector = VersionSelector { version_id: id, stage };
        engine.secret_value("db", &selector).map(|value| value.version_id)
    }
}
