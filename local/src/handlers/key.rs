//! Keys: their properties and their states.

use std::time::SystemTime;

use alibabacloud_kms::api::key::{
    CreateKeyRequest, CreateKeyResponse, CreatedKeyMetadata, DescribeKeyRequest,
    DescribeKeyResponse, DisableKeyRequest, DisableKeyResponse, EnableKeyRequest,
    EnableKeyResponse, KeyEntry, KeyMetadata, ListKeysRequest, ListKeysResponse,
    UpdateKeyDescriptionRequest, UpdateKeyDescriptionResponse,
};

use super::checks::{count, page};
use super::{Context, Handle, Handler, HandlerReply, optional, tag};
use crate::engine::{
    self, Fault, KeyFilter, KeySpec, KeyState, KeyUsage, NewKey, Origin, ProtectionLevel,
    rotation_interval,
};

/// The actions of this family.
pub(super) const ACTIONS: &[Handler] = &[
    Handler::new::<CreateKeyRequest>(),
    Handler::new::<DescribeKeyRequest>(),
    Handler::new::<DisableKeyRequest>(),
    Handler::new::<EnableKeyRequest>(),
    Handler::new::<ListKeysRequest>(),
    Handler::new::<UpdateKeyDescriptionRequest>(),
];

/// The range of days between two rotations of a new key.
const ROTATION_DAYS: std::ops::RangeInclusive<u64> = 7..=365;
/// The properties by which keys can be filtered.
const PROPERTIES: [&str; 6] =
    ["KeyState", "KeySpec", "KeyUsage", "ProtectionLevel", "CreatorType", "DKMSInstanceId"];
/// The maximum number of properties in a filter, and of values for each.
const MAX_FILTER: usize = 10;

/// Builds the description of a key, for both actions that return it.
macro_rules! metadata {
    ($type:ident, $key:expr) => {{
        let key: engine::KeyMetadata = $key;
        let interval = key.rotation_interval.map(|every| format!("{}s", every.as_secs()));
        payload!($type {
            automatic_rotation: Some(rotation_status(&key).into()),
            arn: Some(key.arn),
            key_state: Some(key.state.as_str().into()),
            key_spec: Some(key.spec.as_str().into()),
            key_usage: Some(key.usage.as_str().into()),
            origin: Some(key.origin.as_str().into()),
            protection_level: Some(key.protection_level.as_str().into()),
            dkms_instance_id: key.instance_id,
            description: Some(key.description),
            creator: Some(key.creator),
            creation_date: Some(key.creation_date.into()),
            primary_key_version: key.primary_key_version,
            last_rotation_date: Some(key.last_rotation_date.into()),
            rotation_interval: interval,
            next_rotation_date: date(key.next_rotation_date),
            delete_date: date(key.delete_date),
            // An empty text means that the material does not expire.
            material_expire_time: Some(date(key.material_expire_time).unwrap_or_default()),
            key_id: key.key_id,
        })
    }};
}

impl Handle for CreateKeyRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<CreateKeyResponse>, Fault> {
        let mechanism = optional(self.key_storage_mechanism.as_ref());
        if !matches!(mechanism, None | Some("HsmInternal" | "HsmEncryptedDatabase")) {
            return Err(Fault::invalid("KeyStorageMechanism"));
        }
        let text = |text: Option<&str>| text.map(str::to_owned);
        let usage = optional(self.key_usage.as_ref());
        let interval = optional(self.rotation_interval.as_ref()).unwrap_or_default();
        let is_rotated = self.enable_automatic_rotation == Some(true);
        let interval =
            is_rotated.then(|| rotation_interval(interval, ROTATION_DAYS)).transpose()?;
        let level = optional(self.protection_level.as_ref()).unwrap_or_default();
        let key = context.engine.create_key(NewKey {
            spec: KeySpec::parse(optional(self.key_spec.as_ref()).unwrap_or_default())?,
            usage: usage.map(KeyUsage::parse).transpose()?,
            origin: Origin::parse(optional(self.origin.as_ref()).unwrap_or_default())?,
            protection_level: ProtectionLevel::parse(level)?,
            instance_id: text(optional(self.dkms_instance_id.as_ref())),
            description: self.description.clone().unwrap_or_default(),
            rotation_interval: interval,
            policy: text(optional(self.policy.as_ref())),
            tags: tag::of_parameter(self.tags.as_ref())?,
        })?;
        let response =
            payload!(CreateKeyResponse { key_metadata: metadata!(CreatedKeyMetadata, key) });
        Ok(response.into())
    }
}

impl Handle for DescribeKeyRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<DescribeKeyResponse>, Fault> {
        let key = context.engine.describe_key(&self.key_id)?;
        let reason = key.deletion_protection.clone();
        let protection = if reason.is_some() { "Enabled" } else { "Disabled" };
        let mut metadata = metadata!(KeyMetadata, key);
        metadata.deletion_protection = Some(protection.into());
        metadata.deletion_protection_description = reason.filter(|reason| !reason.is_empty());
        let response = payload!(DescribeKeyResponse { key_metadata: metadata });
        Ok(response.into())
    }
}

impl Handle for ListKeysRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<ListKeysResponse>, Fault> {
        let filter = filter(optional(self.filters.as_ref()))?;
        let page = page(self.page_number, self.page_size)?;
        let page = context.engine.list_keys(&filter, page);
        let entry = |key: engine::KeyMetadata| {
            payload!(KeyEntry { key_id: key.key_id, key_arn: Some(key.arn) })
        };
        let response = payload!(ListKeysResponse {
            keys: page.items.into_iter().map(entry).collect(),
            page_number: count(page.number),
            page_size: count(page.size),
            total_count: count(page.total_count),
        });
        Ok(response.into())
    }
}

impl Handle for EnableKeyRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<EnableKeyResponse>, Fault> {
        context.engine.enable_key(&self.key_id)?;
        Ok(EnableKeyResponse::default().into())
    }
}

impl Handle for DisableKeyRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<DisableKeyResponse>, Fault> {
        context.engine.disable_key(&self.key_id)?;
        Ok(DisableKeyResponse::default().into())
    }
}

impl Handle for UpdateKeyDescriptionRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<UpdateKeyDescriptionResponse>, Fault> {
        let text = self.description.as_deref().unwrap_or_default();
        context.engine.update_key_description(&self.key_id, text)?;
        Ok(UpdateKeyDescriptionResponse::default().into())
    }
}

/// Parses `[{"Key":"KeyState","Values":["Enabled"]}]`.
fn filter(text: Option<&str>) -> Result<KeyFilter, Fault> {
    let invalid = || Fault::invalid("Filters");
    let Some(text) = text else { return Ok(KeyFilter::default()) };
    let filters: Vec<serde_json::Value> = serde_json::from_str(text).map_err(|_| invalid())?;
    let property = |filter: &serde_json::Value| {
        let name = filter.get("Key")?.as_str().filter(|name| PROPERTIES.contains(name))?;
        let values = filter.get("Values")?.as_array().filter(|all| all.len() <= MAX_FILTER)?;
        let values = values.iter().map(|value| Some(value.as_str()?.to_owned()));
        Some((name.to_owned(), values.collect::<Option<Vec<_>>>()?))
    };
    let properties = filters.iter().map(property).collect::<Option<Vec<_>>>();
    let properties = properties.filter(|all| all.len() <= MAX_FILTER).ok_or_else(invalid)?;
    Ok(KeyFilter { properties })
}

/// Returns the rotation's status on the wire: suspended as long as the key is not enabled.
fn rotation_status(key: &engine::KeyMetadata) -> &'static str {
    match (key.rotation_interval, key.state) {
        (None, _) => "Disabled",
        (Some(_), KeyState::Enabled) => "Enabled",
        (Some(_), _) => "Suspended",
    }
}

fn date(at: Option<SystemTime>) -> Option<alibabacloud_kms::Timestamp> {
    at.map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::{Fault, filter};

    #[test]
    fn filters_are_read_and_odd_ones_refused() {
        let read = filter(Some(r#"[{"Key":"KeyState","Values":["Enabled","Disabled"]}]"#));
        let read = read.expect("it is a filter").properties;
        assert_eq!(read, [("KeyState".to_owned(), vec!["Enabled".into(), "Disabled".into()])]);
        assert!(filter(Some("[]")).expect("it is a filter").properties.is_empty());
        assert!(filter(None).expect("it is a filter").properties.is_empty());
        let many = format!("[{}]", [r#"{"Key":"KeyState","Values":[]}"#; 11].join(","));
        for text in [
            "{",
            "{}",
            r#"[{"Key":"State","Values":[]}]"#,
            r#"[{"Key":"KeyState"}]"#,
            r#"[{"Key":"KeyState","Values":[1]}]"#,
            r#"[{"Key":"KeyState","Values":["a","a","a","a","a","a","a","a","a","a","a"]}]"#,
            &many,
        ] {
            assert_eq!(filter(Some(text)).err(), Some(Fault::invalid("Filters")), "{text}");
        }
    }
}
