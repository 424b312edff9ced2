//! Secrets: creating, describing, changing, deleting and restoring them.

use alibabacloud_kms::JsonObject;
use alibabacloud_kms::api::secret::{
    CreateSecretRequest, CreateSecretResponse, DeleteSecretRequest, DeleteSecretResponse,
    DescribeSecretRequest, DescribeSecretResponse, ListSecretsRequest, ListSecretsResponse,
    RestoreSecretRequest, RestoreSecretResponse, SecretEntry, SecretTag, UpdateSecretRequest,
    UpdateSecretResponse,
};
use serde_json::Value;

use super::checks::{count, flag, page};
use super::secret_fields::{config, interval, rotation};
use super::{Context, Handle, Handler, HandlerReply, optional, tag};
use crate::engine::{
    Fault, NewSecret, NewSecretVersion, SecretDataType, SecretFilter, SecretMetadata, SecretType,
    Tag, parse_interval,
};

/// The default number of days in which a deleted secret can be restored.
const RECOVERY_DAYS: u64 = 30;

/// The actions of this family.
pub(super) const ACTIONS: &[Handler] = &[
    Handler::new::<CreateSecretRequest>(),
    Handler::new::<DeleteSecretRequest>(),
    Handler::new::<DescribeSecretRequest>(),
    Handler::new::<ListSecretsRequest>(),
    Handler::new::<RestoreSecretRequest>(),
    Handler::new::<UpdateSecretRequest>(),
];

impl Handle for CreateSecretRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<CreateSecretResponse>, Fault> {
        let secret_type = optional(self.secret_type.as_ref()).unwrap_or_default();
        let secret_type = SecretType::parse(secret_type)?;
        let rotation_interval =
            if secret_type.is_managed() && self.enable_automatic_rotation == Some(true) {
                let text = optional(self.rotation_interval.as_ref());
                Some(parse_interval(text.ok_or_else(|| Fault::missing("RotationInterval"))?)?)
            } else {
                None
            };
        let data_type = optional(self.secret_data_type.as_ref()).unwrap_or_default();
        let secret = context.engine.create_secret(NewSecret {
            name: self.secret_name.clone(),
            secret_type,
            description: self.description.clone().unwrap_or_default(),
            instance_id: optional(self.dkms_instance_id.as_ref()).map(str::to_owned),
            encryption_key: optional(self.encryption_key_id.as_ref()).map(str::to_owned),
            extended_config: self.extended_config.clone().unwrap_or_default(),
            policy: optional(self.policy.as_ref()).map(str::to_owned),
            rotation_interval,
            version: NewSecretVersion {
                version_id: self.version_id.clone(),
                data: self.secret_data.clone(),
                data_type: SecretDataType::parse(data_type)?,
            },
            tags: tag::of_parameter(self.tags.as_ref())?,
        })?;
        let response = payload!(CreateSecretResponse {
            arn: Some(secret.arn),
            secret_type: Some(secret.secret_type.as_str().into()),
            version_id: self.version_id.clone(),
            automatic_rotation: rotation(secret.secret_type, secret.rotation_interval),
            rotation_interval: interval(secret.rotation_interval),
            next_rotation_date: secret.next_rotation.map(Into::into),
            extended_config: config(secret.secret_type, &secret.extended_config),
            dkms_instance_id: secret.instance_id,
            secret_name: secret.name,
        });
        Ok(response.into())
    }
}

impl Handle for DescribeSecretRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<DescribeSecretResponse>, Fault> {
        let with_tags = flag(self.fetch_tags.as_ref(), "FetchTags")?;
        let secret = context.engine.describe_secret(&self.secret_name)?;
        let response = payload!(DescribeSecretResponse {
            arn: Some(secret.arn),
            secret_type: Some(secret.secret_type.as_str().into()),
            description: Some(secret.description),
            automatic_rotation: rotation(secret.secret_type, secret.rotation_interval),
            rotation_interval: interval(secret.rotation_interval),
            last_rotation_date: secret.last_rotation.map(Into::into),
            next_rotation_date: secret.next_rotation.map(Into::into),
            extended_config: config(secret.secret_type, &secret.extended_config),
            dkms_instance_id: secret.instance_id,
            encryption_key_id: secret.encryption_key_id,
            create_time: Some(secret.create_time.into()),
            update_time: Some(secret.update_time.into()),
            planned_delete_time: secret.planned_delete_time.map(Into::into),
            tags: tags(with_tags, secret.tags),
            secret_name: secret.name,
        });
        Ok(response.into())
    }
}

impl Handle for ListSecretsRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<ListSecretsResponse>, Fault> {
        let with_tags = flag(self.fetch_tags.as_ref(), "FetchTags")?;
        let filters = optional(self.filters.as_ref()).map(SecretFilter::parse_list);
        let filters = filters.transpose()?.unwrap_or_default();
        let page = page(self.page_number, self.page_size)?;
        let page = context.engine.list_secrets(&filters, page);
        let entry = |secret: SecretMetadata| {
            payload!(SecretEntry {
                secret_name: secret.name,
                secret_type: Some(secret.secret_type.as_str().into()),
                create_time: Some(secret.create_time.into()),
                update_time: Some(secret.update_time.into()),
                planned_delete_time: secret.planned_delete_time.map(Into::into),
                tags: tags(with_tags, secret.tags),
            })
        };
        let response = payload!(ListSecretsResponse {
            secret_list: page.items.into_iter().map(entry).collect(),
            page_number: count(page.number),
            page_size: count(page.size),
            total_count: count(page.total_count),
        });
        Ok(response.into())
    }
}

impl Handle for UpdateSecretRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<UpdateSecretResponse>, Fault> {
        let custom_data = self.extended_config.as_ref().and_then(|it| it.custom_data.clone());
        let custom_data = custom_data.map(object).transpose()?;
        let name = context.engine.update_secret(
            &self.secret_name,
            self.description.clone(),
            custom_data,
        )?;
        Ok(payload!(UpdateSecretResponse { secret_name: name }).into())
    }
}

impl Handle for DeleteSecretRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<DeleteSecretResponse>, Fault> {
        let forced =
            flag(self.force_delete_without_recovery.as_ref(), "ForceDeleteWithoutRecovery")?;
        let days = if forced {
            None
        } else {
            let days = optional(self.recovery_window_in_days.as_ref()).map(str::parse);
            let days = days.transpose().map_err(|_| Fault::invalid("RecoveryWindowInDays"))?;
            Some(days.unwrap_or(RECOVERY_DAYS))
        };
        let (name, at) = context.engine.delete_secret(&self.secret_name, days)?;
        let response = payload!(DeleteSecretResponse {
            secret_name: name,
            planned_delete_time: at.map(Into::into),
        });
        Ok(response.into())
    }
}

impl Handle for RestoreSecretRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<RestoreSecretResponse>, Fault> {
        let name = context.engine.restore_secret(&self.secret_name)?;
        Ok(payload!(RestoreSecretResponse { secret_name: name }).into())
    }
}

/// Returns the custom data of a request. `CustomData.a=b` is read as an object already. JSON in
/// `CustomData` itself is read as a text without a name, which is parsed here.
fn object(mut data: JsonObject) -> Result<JsonObject, Fault> {
    let invalid = || Fault::invalid("ExtendedConfig.CustomData");
    match (data.remove(""), data.is_empty()) {
        (None, _) => Ok(data),
        (Some(Value::String(json)), true) => serde_json::from_str(&json).map_err(|_| invalid()),
        (Some(_), _) => Err(invalid()),
    }
}

fn tags(are_given: bool, tags: Vec<Tag>) -> Vec<SecretTag> {
    let tag = |tag: Tag| payload!(SecretTag { tag_key: Some(tag.key), tag_value: Some(tag.value) });
    if are_given { tags.into_iter().map(tag).collect() } else { Vec::new() }
}
