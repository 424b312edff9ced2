//! Completes the keys and secrets of a seed: fills in everything that the seed leaves out.

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::derive;
use crate::engine::key::{ROTATION_DAYS, rotation_interval};
use crate::engine::material::{Material, fingerprint};
use crate::engine::secret::{self, MAX_VERSIONS, PREVIOUS, planted};
use crate::engine::spec::{KeySpec, KeyUsage, Origin};
use crate::engine::tables::SecretVersion;
use crate::engine::{Fault, NewKey, NewSecretVersion, SecretDataType, SecretType, TagPair};
use crate::seeds::{KeySeed, KeyVersionSeed, SecretSeed};

/// A key of a seed, with everything that the seed leaves out.
pub(super) struct Planned {
    pub(super) id: String,
    pub(super) new: NewKey,
    pub(super) versions: Vec<PlannedVersion>,
}

/// A version of a [`Planned`] key.
pub(super) struct PlannedVersion {
    pub(super) id: String,
    /// `None` if the key waits for the import of its material.
    pub(super) material: Option<Material>,
    /// The fingerprint that imported material must have.
    pub(super) fingerprint: Option<Vec<u8>>,
}

pub(super) fn plan(seed: &KeySeed) -> Result<Planned, String> {
    let words = |fault: Fault| fault.message;
    let id = seed.id.clone().or_else(|| seed.aliases.first().map(|alias| derive::key_id(alias)));
    let id = id.ok_or("it has neither an id nor an alias")?;
    let new = NewKey {
        spec: KeySpec::parse(&seed.spec).map_err(words)?,
        usage: seed.usage.as_deref().map(KeyUsage::parse).transpose().map_err(words)?,
        origin: Origin::parse(seed.origin.as_deref().unwrap_or_default()).map_err(words)?,
        description: seed.description.clone(),
        rotation_interval: seed
            .rotation_interval
            .as_deref()
            .map(|text| rotation_interval(text, ROTATION_DAYS))
            .transpose()
            .map_err(words)?,
        policy: seed.policy.clone(),
        tags: pairs(&seed.tags),
        ..NewKey::default()
    };
    let mut given = seed.versions.clone();
    let needs_one = seed.material.is_some() || (given.is_empty() && new.origin != Origin::External);
    if needs_one {
        let mut only = KeyVersionSeed::default();
        only.material.clone_from(&seed.material);
        given.insert(0, only);
    }
    let version = |(number, version)| plan_version(&id, number, &new, version);
    let versions = given.iter().enumerate().map(version).collect::<Result<_, _>>()?;
    Ok(Planned { id, new, versions })
}

fn plan_version(
    key_id: &str,
    number: usize,
    new: &NewKey,
    seed: &KeyVersionSeed,
) -> Result<PlannedVersion, String> {
    let usage = new.usage();
    let id = seed.id.clone().unwrap_or_else(|| derive::version_id(key_id, number));
    let print = seed.material_sha256.as_ref().map(|text| BASE64.decode(text)).transpose();
    let print = print.ok().filter(|print| print.as_ref().is_none_or(|it| it.len() == 32));
    let print = print.ok_or("its material_sha256 is not 32 bytes in Base64")?;
    if print.is_some() && new.origin != Origin::External {
        return Err("material_sha256 is for keys of the origin EXTERNAL".to_owned());
    }
    let Some(text) = &seed.material else {
        if print.is_some() {
            return Ok(PlannedVersion { id, material: None, fingerprint: print });
        }
        let material = derive::material(key_id, number, new.spec, usage)?;
        let print = match new.origin {
            Origin::External => drawn_fingerprint(&material).map_err(|fault| fault.message)?,
            _ => None,
        };
        return Ok(PlannedVersion { id, material: Some(material), fingerprint: print });
    };
    let bytes = BASE64.decode(text.expose_secret()).map(Zeroizing::new);
    let bytes = bytes.map_err(|_| "its material is not Base64")?;
    let print = print.unwrap_or_else(|| fingerprint(&bytes));
    let material = Material::imported(new.spec, usage, bytes)
        .ok_or_else(|| format!("its material is not a key of the spec {}", new.spec.as_str()))?;
    Ok(PlannedVersion { id, material: Some(material), fingerprint: Some(print) })
}

/// Returns what binds a key to derived material, as if it had been imported.
fn drawn_fingerprint(material: &Material) -> Result<Option<Vec<u8>>, Fault> {
    material.drawn()?;
    Ok(material.encoded()?.map(|bytes| fingerprint(&bytes)))
}

/// Returns the versions of a secret that is created at this time. Each has one account, as if the
/// secret had been created by request.
pub(super) fn plan_versions(
    seed: &SecretSeed,
    at: SystemTime,
) -> Result<Vec<SecretVersion>, String> {
    let words = |fault: Fault| fault.message;
    let (name, secret_type) = (secret_name(seed)?, secret_type(seed)?);
    let given = seed.all_versions();
    let is_only = given.len() == 1;
    if given.len() > MAX_VERSIONS {
        return Err(format!("it has more than {MAX_VERSIONS} versions"));
    }
    let mut versions = Vec::new();
    for version in given {
        let data_type = SecretDataType::parse(version.data_type.as_deref().unwrap_or_default());
        let data_type = data_type.map_err(words)?;
        if secret_type.is_managed() && data_type != SecretDataType::Text {
            return Err(words(Fault::invalid("SecretDataType")));
        }
        let of = |version_id: String, data: SecretString, stages: Vec<String>| {
            let new = NewSecretVersion { version_id, data, data_type };
            new.check().map_err(words)?;
            let mut version = new.of(&name, at);
            version.stages = stages.into_iter().collect();
            Ok::<_, String>(version)
        };
        let mut values = planted(secret_type, &version.data, at).map_err(words)?.into_iter();
        let (current, previous) = (values.next().unwrap_or_default(), values.next());
        if let Some(data) = previous {
            if !is_only {
                return Err(format!(
                    "its version {} has two accounts: give each its own version, with the stages \
                     ACSCurrent and ACSPrevious",
                    version.id
                ));
            }
            let id = derive::version_id(&seed.name, 1);
            versions.push(of(id, data, vec![PREVIOUS.to_owned()])?);
        }
        versions.push(of(version.id, current, version.stages)?);
    }
    for (number, version) in (1..).zip(&mut versions) {
        version.number = number;
    }
    Ok(versions)
}

/// Returns the name of a secret, which is derived from its user if the seed has `$Auto`.
pub(super) fn secret_name(seed: &SecretSeed) -> Result<String, String> {
    let name = secret::name(secret_type(seed)?, seed.name.clone(), &seed.extended_config);
    name.map_err(|fault| fault.message)
}

pub(super) fn secret_type(seed: &SecretSeed) -> Result<SecretType, String> {
    let secret_type = SecretType::parse(seed.secret_type.as_deref().unwrap_or_default());
    secret_type.map_err(|fault| fault.message)
}

pub(super) fn name_of(key: &KeySeed) -> String {
    let name = key.id.as_ref().or(key.aliases.first());
    format!("the key {}", name.map_or("without a name", String::as_str))
}

pub(super) fn pairs(tags: &std::collections::BTreeMap<String, String>) -> Vec<TagPair> {
    tags.iter().map(|(key, value)| TagPair { key: key.clone(), value: value.clone() }).collect()
}
