//! Secrets.

use alibabacloud_kms::api::secret::{
    CreateSecretRequest, CreateSecretResponse, GetSecretValueRequest, GetSecretValueResponse,
    PutSecretValueRequest, PutSecretValueResponse,
};
use alibabacloud_kms::middleware::clock::iso8601;

use super::{Answer, Context, Handle, optional, tag, unsupported};
use crate::engine::{Fault, NewSecret, NewSecretVersion, SecretDataType, VersionSelector};

/// The only type of secret that there is.
pub(super) const GENERIC: &str = "Generic";
/// Secrets of this type are not rotated.
pub(super) const DISABLED: &str = "Disabled";
/// The stage of the version that is used.
const CURRENT: &str = "ACSCurrent";

impl Handle for GetSecretValueRequest {
    fn handle(&self, context: &Context<'_>) -> Result<Answer<GetSecretValueResponse>, Fault> {
        let selector = VersionSelector {
            version_id: optional(self.version_id.as_ref()),
            stage: optional(self.version_stage.as_ref()),
        };
        let value = context.engine.secret_value(&self.secret_name, &selector)?;
        let response = payload!(GetSecretValueResponse {
            secret_name: value.secret_name,
            secret_type: Some(GENERIC.into()),
            secret_data: value.data,
            secret_data_type: Some(value.data_type.as_str().into()),
            version_id: value.version_id,
            version_stages: value.stages,
            create_time: Some(iso8601(value.create_time)),
            automatic_rotation: Some(DISABLED.into()),
        });
        Ok(response.into())
    }
}

impl Handle for CreateSecretRequest {
    fn handle(&self, context: &Context<'_>) -> Result<Answer<CreateSecretResponse>, Fault> {
        if optional(self.secret_type.as_ref()).is_some_and(|kind| kind != GENERIC) {
            return Err(unsupported("keep secrets of this type: SecretType"));
        }
        if self.enable_automatic_rotation == Some(true) {
            return Err(unsupported("rotate secrets: EnableAutomaticRotation"));
        }
        if let Some(key) = optional(self.encryption_key_id.as_ref()) {
            context.engine.describe_key(key)?;
        }
        let data_type = optional(self.secret_data_type.as_ref()).unwrap_or_default();
        let secret = context.engine.create_secret(NewSecret {
            name: self.secret_name.clone(),
            description: self.description.clone().unwrap_or_default(),
            version: NewSecretVersion {
                version_id: self.version_id.clone(),
                data: self.secret_data.clone(),
                data_type: SecretDataType::parse(data_type)?,
            },
            tags: tag::of_parameter(self.tags.as_ref())?,
        })?;
        let response = payload!(CreateSecretResponse {
            arn: Some(secret.arn),
            secret_name: secret.name,
            secret_type: Some(GENERIC.into()),
            version_id: self.version_id.clone(),
            automatic_rotation: Some(DISABLED.into()),
        });
        Ok(response.into())
    }
}

impl Handle for PutSecretValueRequest {
    fn handle(&self, context: &Context<'_>) -> Result<Answer<PutSecretValueResponse>, Fault> {
        let stages: Vec<String> = match optional(self.version_stages.as_ref()) {
            Some(json) => {
                serde_json::from_str(json).map_err(|_| Fault::invalid("VersionStages"))?
            }
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
