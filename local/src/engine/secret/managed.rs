//! Secrets that the service manages: their configuration and their values.
//!
//! A value contains an account, an access key or a server's user. Each version has one of them; for
//! a secret with two accounts (`DoubleUsers`), the version `ACSPrevious` has the other account.

use std::collections::BTreeSet;
use std::time::SystemTime;

use alibabacloud_kms::middleware::wire::time::iso8601;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::super::tables::{SecretDataType, SecretType, SecretVersion};
use super::super::{Engine, Fault, hex, password, uuid};
use super::ssh::SshKey;
use super::version::{NewSecretVersion, PREVIOUS};

/// The length of generated passwords.
const PASSWORD_LENGTH: usize = 32;
const MAX_CONFIG: usize = 1024;
const MAX_CUSTOM_DATA: usize = 10;
const DOUBLE_USERS: &str = "DoubleUsers";
/// The value in a request that asks the service to generate something.
pub(super) const AUTO: &str = "$Auto";

/// Returns the settings that a type must have, each with its allowed values if they are fixed.
fn required(secret_type: SecretType) -> &'static [(&'static str, &'static [&'static str])] {
    match secret_type {
        SecretType::Generic => &[],
        SecretType::Rds => {
            &[("SecretSubType", &["SingleUser", DOUBLE_USERS]), ("DBInstanceId", &[])]
        }
        SecretType::Redis => &[
            ("SecretSubType", &[DOUBLE_USERS]),
            ("AccountName", &[]),
            ("CloneAccountName", &[]),
            ("AccountPrivilege", &[]),
            ("InstanceId", &[]),
            ("RegionId", &[]),
        ],
        SecretType::PolarDb => &[
            ("SecretSubType", &[DOUBLE_USERS]),
            ("RegionId", &[]),
            ("DBClusterId", &[]),
            ("DBType", &["MySQL", "PostgreSQL"]),
            ("AccountName", &[]),
        ],
        SecretType::RamCredentials => {
            &[("SecretSubType", &["RamUserAccessKey"]), ("UserName", &[])]
        }
        SecretType::Ecs => {
            &[("SecretSubType", &["Password", "SSHKey"]), ("RegionId", &[]), ("InstanceId", &[])]
        }
    }
}

/// Checks that a secret of this type can have this configuration.
pub(super) fn check_config(
    secret_type: SecretType,
    config: &Map<String, Value>,
) -> Result<(), Fault> {
    if !secret_type.is_managed() {
        return Ok(());
    }
    if config.is_empty() {
        return Err(Fault::missing("ExtendedConfig"));
    }
    let text = |name: &str| config.get(name).and_then(Value::as_str).filter(|it| !it.is_empty());
    for (name, values) in required(secret_type) {
        let value = text(name).ok_or_else(|| Fault::missing(&format!("ExtendedConfig.{name}")))?;
        if !values.is_empty() && !values.contains(&value) {
            return Err(Fault::invalid("ExtendedConfig"));
        }
    }
    let is_fit = match config.get("CustomData") {
        None => true,
        Some(Value::Object(data)) => data.len() <= MAX_CUSTOM_DATA,
        Some(_) => false,
    };
    let length = serde_json::to_string(config).map_or(0, |text| text.chars().count());
    if is_fit && length <= MAX_CONFIG { Ok(()) } else { Err(Fault::invalid("ExtendedConfig")) }
}

/// Returns the name of a secret. For `$Auto`, derives it from the user of the access key.
pub(in crate::engine) fn name(
    secret_type: SecretType,
    name: String,
    config: &Map<String, Value>,
) -> Result<String, Fault> {
    if name != AUTO {
        return Ok(name);
    }
    let user = config.get("UserName").and_then(Value::as_str);
    let user = user.filter(|_| secret_type == SecretType::RamCredentials);
    user.map(|user| format!("acs/ram/user/{user}")).ok_or_else(|| Fault::invalid("SecretName"))
}

/// Returns the first version of a new secret, and the version of its second account, if it has one.
pub(super) fn first_versions(
    secret_type: SecretType,
    name: &str,
    config: &Map<String, Value>,
    version: NewSecretVersion,
    now: SystemTime,
    engine: &Engine,
) -> Result<Vec<SecretVersion>, Fault> {
    if !secret_type.is_managed() {
        return Ok(vec![version.of(name, now)]);
    }
    if version.data_type != SecretDataType::Text {
        return Err(Fault::invalid("SecretDataType"));
    }
    let is_made = matches!(secret_type, SecretType::Redis | SecretType::PolarDb)
        && version.data.expose_secret() == AUTO;
    let data = if is_made { accounts(config, engine)? } else { version.data.clone() };
    let mut values = read(secret_type, &data, now)?.into_iter();
    let current = values.next().ok_or_else(|| Fault::invalid("SecretData"))?;
    let mut versions = vec![NewSecretVersion { data: current, ..version }.of(name, now)];
    if let Some(data) = values.next() {
        let version_id = uuid(engine.random_array()?);
        let data_type = SecretDataType::Text;
        let mut previous = NewSecretVersion { version_id, data, data_type }.of(name, now);
        previous.stages = BTreeSet::from([PREVIOUS.to_owned()]);
        versions.push(previous);
    }
    for (number, version) in (1..).zip(versions.iter_mut().rev()) {
        version.number = number;
    }
    Ok(versions)
}

/// Generates the two accounts of a database secret.
fn accounts(config: &Map<String, Value>, engine: &Engine) -> Result<SecretString, Fault> {
    let text = |name: &str| config.get(name).and_then(Value::as_str);
    let name = text("AccountName").unwrap_or_default();
    let clone = text("CloneAccountName").map_or_else(|| format!("{name}_clone"), str::to_owned);
    let mut accounts = Vec::new();
    for name in [name, &clone] {
        let password = password::alphanumeric(engine, PASSWORD_LENGTH)?;
        let mut account = Map::new();
        account.insert("AccountName".to_owned(), name.into());
        account.insert("AccountPassword".to_owned(), password.as_str().into());
        accounts.push(Value::Object(account));
    }
    Ok(write(Map::from_iter([("Accounts".to_owned(), accounts.into())])))
}

/// Returns the values of a version in a seed. It is written as a request writes it, with one account
/// or two, or as a version keeps it and an export writes it, with one.
pub(in crate::engine) fn planted(
    secret_type: SecretType,
    data: &SecretString,
    at: SystemTime,
) -> Result<Vec<SecretString>, Fault> {
    if !secret_type.is_managed() {
        return Ok(vec![data.clone()]);
    }
    let value: Value =
        serde_json::from_str(data.expose_secret()).map_err(|_| Fault::invalid("SecretData"))?;
    let (list, fields) = form(secret_type, &value);
    let is_kept = list.is_some_and(|list| value.get(list).is_none())
        && fields.iter().all(|field| field_of(&value, field).is_some());
    if is_kept { Ok(vec![data.clone()]) } else { read(secret_type, data, at) }
}

/// Returns the list in which a request has the accounts of a type, if it has one, and the fields of
/// an account.
fn form(secret_type: SecretType, value: &Value) -> (Option<&'static str>, &'static [&'static str]) {
    match secret_type {
        SecretType::RamCredentials => (Some("AccessKeys"), &["AccessKeyId", "AccessKeySecret"]),
        SecretType::Ecs if value.get("Password").is_some() => (None, &["UserName", "Password"]),
        SecretType::Ecs => (None, &["UserName", "PublicKey", "PrivateKey"]),
        _ => (Some("Accounts"), &["AccountName", "AccountPassword"]),
    }
}

fn field_of<'v>(account: &'v Value, field: &str) -> Option<&'v str> {
    account.get(field).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// Returns the values of the one or two accounts in `data`.
fn read(
    secret_type: SecretType,
    data: &SecretString,
    now: SystemTime,
) -> Result<Vec<SecretString>, Fault> {
    let invalid = || Fault::invalid("SecretData");
    let value: Value = serde_json::from_str(data.expose_secret()).map_err(|_| invalid())?;
    let (list, fields) = form(secret_type, &value);
    let items = match list {
        Some(list) => {
            value.get(list).and_then(Value::as_array).ok_or_else(invalid)?.iter().collect()
        }
        None => vec![&value],
    };
    if !(1..=2).contains(&items.len()) {
        return Err(invalid());
    }
    let read = |item: &Value| {
        let mut out = Map::new();
        for field in fields {
            let text = field_of(item, field).ok_or_else(invalid)?;
            out.insert((*field).to_owned(), text.into());
        }
        if secret_type == SecretType::RamCredentials {
            out.insert("GenerateTimestamp".to_owned(), iso8601(now).into());
        }
        Ok(write(out))
    };
    items.into_iter().map(read).collect()
}

/// Returns the value of the same account with a new password, SSH key or access key.
pub(super) fn renewed(
    secret_type: SecretType,
    data: &SecretString,
    now: SystemTime,
    engine: &Engine,
) -> Result<SecretString, Fault> {
    let value = serde_json::from_str(data.expose_secret());
    let mut value: Map<String, Value> = value.map_err(|_| Fault::internal())?;
    let password =
        || Ok::<_, Fault>(Value::from(&**password::alphanumeric(engine, PASSWORD_LENGTH)?));
    match secret_type {
        SecretType::RamCredentials => {
            let id = format!("LTAI{}", hex(&engine.random_array::<10>()?));
            value.insert("AccessKeyId".to_owned(), id.into());
            value.insert("AccessKeySecret".to_owned(), password()?);
            value.insert("GenerateTimestamp".to_owned(), iso8601(now).into());
        }
        SecretType::Ecs if value.contains_key("Password") => {
            value.insert("Password".to_owned(), password()?);
        }
        SecretType::Ecs => {
            let key = SshKey::generate()?;
            value.insert("PublicKey".to_owned(), key.public.into());
            value.insert("PrivateKey".to_owned(), key.private.as_str().into());
        }
        _ => {
            value.insert("AccountPassword".to_owned(), password()?);
        }
    }
    Ok(write(value))
}

fn write(value: Map<String, Value>) -> SecretString {
    let text = Zeroizing::new(Value::Object(value).to_string());
    SecretString::from(text.as_str())
}
