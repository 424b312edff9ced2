//! Versions of secrets, and the stages that name them.
//!
//! The value of a version never changes. Stages name versions: `ACSCurrent` is the version to use.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use super::super::tables::{Secret, SecretDataType, SecretType, SecretVersion, Tables};
use super::super::{Engine, Fault, Page, PageRequest};

pub(super) const CURRENT: &str = "ACSCurrent";
pub(in crate::engine) const PREVIOUS: &str = "ACSPrevious";
const MAX_ID: usize = 64;
/// The maximum number of versions of a secret; beyond it, the earliest version is deleted.
pub(in crate::engine) const MAX_VERSIONS: usize = 10;
/// The maximum number of stages of a generic secret, the service's own among them.
const MAX_STAGES: usize = 8;
const MAX_DATA: usize = 30_720;

/// A version to store.
#[derive(Clone, Debug)]
pub(crate) struct NewSecretVersion {
    /// Up to 64 characters, unique within the secret.
    pub(crate) version_id: String,
    /// Up to 30,720 bytes.
    pub(crate) data: SecretString,
    pub(crate) data_type: SecretDataType,
}

/// Selects the version of a secret to read (default `ACSCurrent`).
#[derive(Clone, Debug, Default)]
pub(crate) struct VersionSelector<'a> {
    pub(crate) version_id: Option<&'a str>,
    /// A stage that the version must have, also if its id is given.
    pub(crate) stage: Option<&'a str>,
}

/// A version of a secret.
#[derive(Clone, Debug)]
pub(crate) struct SecretValue {
    pub(crate) secret_name: String,
    pub(crate) secret_type: SecretType,
    pub(crate) extended_config: Map<String, Value>,
    pub(crate) rotation_interval: Option<Duration>,
    pub(crate) last_rotation: Option<SystemTime>,
    pub(crate) next_rotation: Option<SystemTime>,
    pub(crate) version_id: String,
    pub(crate) stages: Vec<String>,
    pub(crate) data: SecretString,
    pub(crate) data_type: SecretDataType,
    pub(crate) create_time: SystemTime,
}

impl Engine {
    /// Returns the version of a secret that `selector` selects.
    pub(crate) fn secret_value(
        &self,
        secret: &str,
        selector: &VersionSelector<'_>,
    ) -> Result<SecretValue, Fault> {
        self.rotate_if_due(secret)?;
        let tables = self.read();
        let name = &self.usable_secret(&tables, secret)?.name;
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
            .map(|version| tables.value_of(version))
            .ok_or_else(Fault::resource_not_found)
    }
}

impl Engine {
    /// Stores a new version of a generic secret and moves these stages to it. If `ACSCurrent` is
    /// one of them, the version that had it gets `ACSPrevious`. If a version with this id and the
    /// same data exists, changes nothing.
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
        // With a new current version, the one that was current becomes the previous one.
        let has = |wanted: &str| stages.iter().any(|stage| stage == wanted);
        if has(CURRENT) && has(PREVIOUS) {
            return Err(Fault::invalid("VersionStages"));
        }
        let now = self.now();
        let tables = &mut *self.write();
        let secret = self.usable_secret(tables, secret)?;
        if secret.secret_type.is_managed() {
            return Err(Fault::unsupported_operation());
        }
        let name = secret.name.clone();
        let mut version = version.of(&name, now);
        if let Some(existing) = tables.secret_versions.get(&version.id()) {
            let is_same = existing.data.expose_secret() == version.data.expose_secret()
                && existing.data_type == version.data_type;
            if is_same {
                return Ok(tables.value_of(existing));
            }
            return Err(Fault::resource_exists());
        }
        version.stages = stages.iter().cloned().collect();
        tables.check_stages(&name, &version.stages)?;
        Ok(tables.add_version(version, now))
    }

    /// Returns a page of a secret's versions, the oldest first; with `deprecated`, also those
    /// without a stage.
    pub(crate) fn list_secret_versions(
        &self,
        secret: &str,
        deprecated: bool,
        page: PageRequest,
    ) -> Result<(String, Page<SecretValue>), Fault> {
        self.rotate_if_due(secret)?;
        let tables = self.read();
        let name = self.resolve_secret(&tables, secret)?.name.clone();
        let mut versions: Vec<&SecretVersion> = tables
            .versions_of(&name)
            .filter(|version| deprecated || !version.stages.is_empty())
            .collect();
        versions.sort_by_key(|version| version.number);
        let versions = versions.into_iter().map(|version| tables.value_of(version));
        Ok((name, page.of(versions)))
    }

    /// Moves a stage of a generic secret to a version, removes it from a version, or both.
    pub(crate) fn update_secret_version_stage(
        &self,
        secret: &str,
        stage: &str,
        move_to: Option<&str>,
        remove_from: Option<&str>,
    ) -> Result<String, Fault> {
        if stage.is_empty() {
            return Err(Fault::missing("VersionStage"));
        }
        if move_to.is_none() && remove_from.is_none() {
            return Err(Fault::missing("MoveToVersion"));
        }
        let now = self.now();
        let tables = &mut *self.write();
        let secret = self.usable_secret(tables, secret)?;
        if secret.secret_type.is_managed() {
            return Err(Fault::unsupported_operation());
        }
        let name = secret.name.clone();
        for id in move_to.into_iter().chain(remove_from) {
            let id = (name.clone(), id.to_owned());
            if !tables.secret_versions.contains_key(&id) {
                return Err(Fault::resource_not_found());
            }
        }
        let has_stage = |id: &str| {
            let version = tables.secret_versions.get(&(name.clone(), id.to_owned()));
            version.is_some_and(|version| version.stages.contains(stage))
        };
        if remove_from.is_some_and(|id| !has_stage(id)) {
            return Err(Fault::invalid("RemoveFromVersion"));
        }
        // The service's own stages are moved, and never just removed.
        if matches!(stage, CURRENT | PREVIOUS) && move_to.is_none() {
            return Err(Fault::invalid("MoveToVersion"));
        }
        let stages = BTreeSet::from([stage.to_owned()]);
        let Some(move_to) = move_to else {
            tables.take_stages(&name, &stages);
            tables.touch_secret(&name, now);
            return Ok(name);
        };
        if !has_stage(move_to) {
            tables.check_stages(&name, &stages)?;
            tables.take_stages(&name, &stages);
            if let Some(version) =
                tables.secret_versions.get_mut(&(name.clone(), move_to.to_owned()))
            {
                version.stages.insert(stage.to_owned());
            }
        }
        tables.touch_secret(&name, now);
        Ok(name)
    }
}

impl NewSecretVersion {
    pub(in crate::engine) fn check(&self) -> Result<(), Fault> {
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

    pub(in crate::engine) fn of(self, secret_name: &str, create_time: SystemTime) -> SecretVersion {
        SecretVersion {
            secret_name: secret_name.to_owned(),
            version_id: self.version_id,
            number: 0,
            data: self.data,
            data_type: self.data_type,
            stages: BTreeSet::from([CURRENT.to_owned()]),
            create_time,
        }
    }
}

impl SecretVersion {
    pub(in crate::engine) fn id(&self) -> (String, String) {
        (self.secret_name.clone(), self.version_id.clone())
    }
}

impl Tables {
    pub(in crate::engine) fn versions_of(
        &self,
        secret: &str,
    ) -> impl Iterator<Item = &SecretVersion> {
        self.secret_versions
            .range((secret.to_owned(), String::new())..)
            .map(|(_, version)| version)
            .take_while(move |version| version.secret_name == secret)
    }

    /// Returns a version as readers of its secret see it.
    pub(super) fn value_of(&self, version: &SecretVersion) -> SecretValue {
        let secret = self.secrets.get(&version.secret_name);
        SecretValue {
            secret_name: version.secret_name.clone(),
            secret_type: secret.map(|secret| secret.secret_type).unwrap_or_default(),
            extended_config: secret.map(|it| it.extended_config.clone()).unwrap_or_default(),
            rotation_interval: secret.and_then(|secret| secret.rotation_interval),
            last_rotation: secret.and_then(|secret| secret.last_rotation),
            next_rotation: secret.and_then(Secret::next_rotation),
            version_id: version.version_id.clone(),
            stages: version.stages.iter().cloned().collect(),
            data: version.data.clone(),
            data_type: version.data_type,
            create_time: version.create_time,
        }
    }

    /// Adds a version and moves its stages to it. If there are too many versions, deletes the
    /// earliest.
    pub(super) fn add_version(
        &mut self,
        mut version: SecretVersion,
        now: SystemTime,
    ) -> SecretValue {
        let name = version.secret_name.clone();
        let last = self.versions_of(&name).map(|version| version.number).max();
        version.number = last.unwrap_or_default() + 1;
        self.take_stages(&name, &version.stages);
        self.touch_secret(&name, now);
        let value = self.value_of(&version);
        self.secret_versions.insert(version.id(), version);
        if self.versions_of(&name).count() > MAX_VERSIONS {
            let replaceable = self.versions_of(&name).filter(|it| !it.stages.contains(CURRENT));
            let earliest = replaceable.min_by_key(|it| it.number).map(SecretVersion::id);
            earliest.and_then(|id| self.secret_versions.remove(&id));
        }
        value
    }

    /// Checks that a secret has at most eight stages once a version gets these, and, if
    /// `ACSCurrent` is one of them, another one `ACSPrevious`.
    fn check_stages(&self, name: &str, new: &BTreeSet<String>) -> Result<(), Fault> {
        let stages = self.versions_of(name).flat_map(|version| &version.stages);
        let present: BTreeSet<&str> = stages.map(String::as_str).collect();
        let mut all = present.clone();
        all.extend(new.iter().map(String::as_str));
        all.extend(new.contains(CURRENT).then_some(PREVIOUS));
        // A seed may have more of them.
        match all.len() > MAX_STAGES.max(present.len()) {
            true => Err(Fault::limit_exceeded()),
            false => Ok(()),
        }
    }

    /// Removes stages from the versions that have them. If `ACSCurrent` is one of them, the version
    /// that had it gets `ACSPrevious`.
    fn take_stages(&mut self, name: &str, stages: &BTreeSet<String>) {
        let moves_current = stages.contains(CURRENT);
        let has_any = |version: &SecretVersion| !version.stages.is_disjoint(stages);
        let is_replaced =
            |version: &SecretVersion| moves_current && version.stages.contains(PREVIOUS);
        let changes: Vec<_> = self
            .versions_of(name)
            .filter(|version| has_any(version) || is_replaced(version))
            .map(SecretVersion::id)
            .collect();
        for id in changes {
            let Some(version) = self.secret_versions.get_mut(&id) else { continue };
            let was_current = version.stages.contains(CURRENT);
            version.stages.retain(|stage| !stages.contains(stage));
            if moves_current {
                version.stages.remove(PREVIOUS);
                version.stages.extend(was_current.then(|| PREVIOUS.to_owned()));
            }
        }
    }

    fn touch_secret(&mut self, name: &str, now: SystemTime) {
        if let Some(secret) = self.secrets.get_mut(name) {
            secret.update_time = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::engine;
    use super::super::testing::{create, version};
    use super::{CURRENT, Engine, Fault, NewSecretVersion, PREVIOUS, PageRequest, VersionSelector};

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
        put("v4", &["green"]).expect("the same data is no change");
        assert_eq!(read(&engine, None, None).as_deref(), Ok("v4"));
        let other = NewSecretVersion { data: "other".to_owned().into(), ..version("v4") };
        let other = engine.put_secret_value("db", other, &[CURRENT.to_owned()]).map(|_| ());
        assert_eq!(other, Err(Fault::resource_exists()));
        assert_eq!(put("v5", &[]), Err(Fault::invalid("VersionStages")));
        assert_eq!(put("v5", &[CURRENT, PREVIOUS]), Err(Fault::invalid("VersionStages")));
        let unknown = engine.put_secret_value("none", version("v1"), &[CURRENT.to_owned()]);
        assert_eq!(unknown.map(|_| ()), Err(Fault::resource_not_found()));
    }

    #[test]
    fn a_secret_keeps_ten_versions_and_the_current_one() {
        let engine = engine();
        create(&engine, "db").expect("the secret is new");
        for n in 2..=13 {
            let put = engine.put_secret_value("db", version(&format!("v{n}")), &["x".to_owned()]);
            put.expect("the version is new");
        }
        let page = PageRequest::new(None, Some(100)).expect("the page is valid");
        let ids = |deprecated| {
            let listed = engine.list_secret_versions("db", deprecated, page);
            let items = listed.expect("the secret exists").1.items;
            items.into_iter().map(|version| version.version_id).collect::<Vec<_>>()
        };
        let kept = ["v1", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13"];
        assert_eq!(ids(true), kept);
        assert_eq!(ids(false), ["v1", "v13"]);
    }

    #[test]
    fn stages_are_moved_and_taken() {
        let engine = engine();
        create(&engine, "db").expect("the secret is new");
        engine.put_secret_value("db", version("v2"), &["x".to_owned()]).expect("it is new");
        let update = |stage: &str, to: Option<&str>, from: Option<&str>| {
            engine.update_secret_version_stage("db", stage, to, from).map(|_| ())
        };
        assert_eq!(update("x", None, None), Err(Fault::missing("MoveToVersion")));
        assert_eq!(update("x", None, Some("v1")), Err(Fault::invalid("RemoveFromVersion")));
        assert_eq!(update("x", Some("v9"), None), Err(Fault::resource_not_found()));
        assert_eq!(update(CURRENT, None, Some("v1")), Err(Fault::invalid("MoveToVersion")));
        assert_eq!(update(CURRENT, Some("v2"), Some("v1")), Ok(()));
        assert_eq!(read(&engine, None, None).as_deref(), Ok("v2"));
        assert_eq!(read(&engine, None, Some(PREVIOUS)).as_deref(), Ok("v1"));
        assert_eq!(update(PREVIOUS, None, Some("v1")), Err(Fault::invalid("MoveToVersion")));
        assert_eq!(read(&engine, None, Some(PREVIOUS)).as_deref(), Ok("v1"));
        assert_eq!(update("x", Some("v1"), None), Ok(()));
        assert_eq!(read(&engine, None, Some("x")).as_deref(), Ok("v1"));
        assert_eq!(update("x", None, Some("v1")), Ok(()));
        assert_eq!(read(&engine, None, Some("x")), Err(Fault::resource_not_found()));
    }

    #[test]
    fn a_secret_has_eight_stages() {
        let engine = engine();
        create(&engine, "db").expect("the secret is new");
        let put = |id: &str, stages: &[&str]| {
            let stages: Vec<_> = stages.iter().map(|stage| (*stage).to_owned()).collect();
            engine.put_secret_value("db", version(id), &stages).map(drop)
        };
        let update = |stage: &str, to: Option<&str>, from: Option<&str>| {
            engine.update_secret_version_stage("db", stage, to, from).map(drop)
        };
        put("v2", &["a", "b", "c", "d", "e", "f"]).expect("it is new");
        update("g", Some("v1"), None).expect("it is the eighth");
        assert_eq!(update("h", Some("v1"), None), Err(Fault::limit_exceeded()));
        assert_eq!(put("v3", &["h"]), Err(Fault::limit_exceeded()));
        // The version that is current would get another stage.
        assert_eq!(put("v3", &[CURRENT]), Err(Fault::limit_exceeded()));
        assert_eq!(update(CURRENT, Some("v2"), None), Err(Fault::limit_exceeded()));
        assert_eq!(read(&engine, None, None).as_deref(), Ok("v1"));
        put("v3", &["a", "g"]).expect("they are moved");
        update("g", None, Some("v3")).expect("it has it");
        put("v4", &[CURRENT]).expect("there is room");
        assert_eq!(update("g", Some("v1"), None), Err(Fault::limit_exceeded()));
        update("f", Some("v4"), Some("v2")).expect("it is moved");
        put("v5", &[CURRENT]).expect("no stage is new");
    }

    #[test]
    fn each_stage_is_of_one_version_whichever_way_it_moves() {
        let engine = engine();
        create(&engine, "db").expect("the secret is new");
        let of = |stage: &str| {
            let listed = engine.list_secret_versions("db", true, PageRequest::default());
            let versions = listed.expect("the secret exists").1.items.into_iter();
            let having = versions.filter(|version| version.stages.iter().any(|it| it == stage));
            having.map(|version| version.version_id).collect::<Vec<_>>()
        };
        let put = |id: &str, stage: &str| {
            engine.put_secret_value("db", version(id), &[stage.to_owned()]).map(drop)
        };
        let move_to = |stage: &str, id: &str| {
            engine.update_secret_version_stage("db", stage, Some(id), None).map(drop)
        };
        put("v2", CURRENT).expect("it is new");
        assert_eq!((of(CURRENT), of(PREVIOUS)), (vec!["v2".into()], vec!["v1".into()]));
        put("v3", PREVIOUS).expect("it is new");
        assert_eq!((of(CURRENT), of(PREVIOUS)), (vec!["v2".into()], vec!["v3".into()]));
        move_to(PREVIOUS, "v2").expect("it is there");
        assert_eq!((of(CURRENT), of(PREVIOUS)), (vec!["v2".into()], vec!["v2".into()]));
        move_to(CURRENT, "v3").expect("it is there");
        assert_eq!((of(CURRENT), of(PREVIOUS)), (vec!["v3".into()], vec!["v2".into()]));
        move_to(CURRENT, "v2").expect("it is there");
        assert_eq!((of(CURRENT), of(PREVIOUS)), (vec!["v2".into()], vec!["v3".into()]));
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
