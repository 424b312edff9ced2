//! The values of secrets, their versions and stages.

use alibabacloud_kms::api::secret::{
    BatchGetSecretValueRequest, BatchGetSecretValueResponse, GetSecretValueRequest,
    GetSecretValueResponse, ListSecretVersionIdsRequest, ListSecretVersionIdsResponse,
    PutSecretValueRequest, PutSecretValueResponse, SecretFailure, SecretToGet,
    SecretValue as SecretValueEntry, SecretVersion, UpdateSecretVersionStageRequest,
    UpdateSecretVersionStageResponse,
};

use super::checks::{count, flag, page, text_list};
use super::secret_fields::{config, interval, rotation};
use super::{Context, Handle, Handler, HandlerReply, optional};
use crate::engine::{Fault, NewSecretVersion, SecretDataType, SecretValue, VersionSelector};

/// The stage of the version to use.
const CURRENT: &str = "ACSCurrent";

/// The actions of this family.
pub(super) const ACTIONS: &[Handler] = &[
    Handler::new::<BatchGetSecretValueRequest>(),
    Handler::new::<GetSecretValueRequest>(),
    Handler::new::<ListSecretVersionIdsRequest>(),
    Handler::new::<PutSecretValueRequest>(),
    Handler::new::<UpdateSecretVersionStageRequest>(),
];

impl Handle for GetSecretValueRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<GetSecretValueResponse>, Fault> {
        let selector = VersionSelector {
            version_id: optional(self.version_id.as_ref()),
            stage: optional(self.version_stage.as_ref()),
        };
        let value = context.engine.secret_value(&self.secret_name, &selector)?;
        let with_config = self.fetch_extended_config == Some(true);
        let extended_config = config(value.secret_type, &value.extended_config);
        let response = payload!(GetSecretValueResponse {
            secret_name: value.secret_name,
            secret_type: Some(value.secret_type.as_str().into()),
            secret_data: value.data,
            secret_data_type: Some(value.data_type.as_str().into()),
            version_id: value.version_id,
            version_stages: value.stages,
            create_time: Some(value.create_time.into()),
            extended_config: extended_config.filter(|_| with_config),
            automatic_rotation: rotation(value.secret_type, value.rotation_interval),
            rotation_interval: interval(value.rotation_interval),
            last_rotation_date: value.last_rotation.map(Into::into),
            next_rotation_date: value.next_rotation.map(Into::into),
        });
        Ok(response.into())
    }
}

impl Handle for BatchGetSecretValueRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<BatchGetSecretValueResponse>, Fault> {
        if self.secrets_list.is_empty() {
            return Err(Fault::missing("SecretsList"));
        }
        let mut response = BatchGetSecretValueResponse::default();
        for wanted in &self.secrets_list {
            let selector = VersionSelector {
                version_id: optional(wanted.version_id.as_ref()),
                stage: optional(wanted.version_stage.as_ref()),
            };
            let with_config = flag(wanted.fetch_extended_config.as_ref(), "FetchExtendedConfig");
            let value = context.engine.secret_value(&wanted.secret_name, &selector);
            match with_config.and_then(|with_config| Ok((value?, with_config))) {
                Ok((value, with_config)) => response.secret_values.push(entry(value, with_config)),
                Err(fault) => response.errors.push(failure(wanted, &fault)),
            }
        }
        Ok(response.into())
    }
}

fn entry(value: SecretValue, with_config: bool) -> SecretValueEntry {
    let extended_config = config(value.secret_type, &value.extended_config);
    payload!(SecretValueEntry {
        secret_name: value.secret_name,
        secret_type: Some(value.secret_type.as_str().into()),
        secret_data: value.data,
        secret_data_type: Some(value.data_type.as_str().into()),
        version_id: value.version_id,
        version_stages: value.stages,
        create_time: Some(value.create_time.into()),
        extended_config: extended_config.filter(|_| with_config),
        automatic_rotation: rotation(value.secret_type, value.rotation_interval),
        rotation_interval: interval(value.rotation_interval),
        last_rotation_date: value.last_rotation.map(Into::into),
        next_rotation_date: value.next_rotation.map(Into::into),
    })
}

fn failure(wanted: &SecretToGet, fault: &Fault) -> SecretFailure {
    payload!(SecretFailure {
        secret_name: wanted.secret_name.clone(),
        code: Some(fault.code.to_owned()),
        message: Some(fault.message.clone()),
        http_status: Some(fault.status.into()),
    })
}

impl Handle for PutSecretValueRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<PutSecretValueResponse>, Fault> {
        let stages: Vec<String> = match optional(self.version_stages.as_ref()) {
            Some(json) => text_list(json, "VersionStages")?,
            None => vec![CURRENT.to_owned()],
        };
        let data_type = optional(self.secret_data_type.as_ref()).unwrap_or_default();
        let version = NewSecretVersion {
            version_id: self.version_id.clone(),
            data: self.secret_data.clone(),
            data_type: SecretDataType::parse(data_type)?,
        };
        let value = context.engine.put_secret_value(&self.secret_name, version, &stages)?;
        let response = payload!(PutSecretValueResponse {
            secret_name: value.secret_name,
            version_id: value.version_id,
            version_stages: value.stages,
        });
        Ok(response.into())
    }
}

impl Handle for ListSecretVersionIdsRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<ListSecretVersionIdsResponse>, Fault> {
        let deprecated = flag(self.include_deprecated.as_ref(), "IncludeDeprecated")?;
        let page = page(self.page_number, self.page_size)?;
        let (name, page) =
            context.engine.list_secret_versions(&self.secret_name, deprecated, page)?;
        let version = |value: SecretValue| {
            payload!(SecretVersion {
                version_id: value.version_id,
                version_stages: value.stages,
                create_time: Some(value.create_time.into()),
            })
        };
        let response = payload!(ListSecretVersionIdsResponse {
            secret_name: name,
            version_ids: page.items.into_iter().map(version).collect(),
            page_number: count(page.number),
            page_size: count(page.size),
            total_count: count(page.total_count),
        });
        Ok(response.into())
    }
}

impl Handle for UpdateSecretVersionStageRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<UpdateSecretVersionStageResponse>, Fault> {
        let name = context.engine.update_secret_version_stage(
            &self.secret_name,
            &self.version_stage,
            optional(self.move_to_version.as_ref()),
            optional(self.remove_from_version.as_ref()),
        )?;
        Ok(payload!(UpdateSecretVersionStageResponse { secret_name: name }).into())
    }
}
