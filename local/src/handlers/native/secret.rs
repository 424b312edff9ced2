//! Secrets.

use alibabacloud_kms::instance_api::secret::{GetSecretValueRequest, GetSecretValueResponse};
use alibabacloud_kms::middleware::clock::iso8601;

use super::super::secret::{DISABLED, GENERIC};
use super::super::{Answer, Context, Handle, optional};
use crate::engine::{Fault, VersionSelector};

impl Handle for GetSecretValueRequest {
    fn handle(&self, context: &Context<'_>) -> Result<Answer<GetSecretValueResponse>, Fault> {
        let selector = VersionSelector {
            version_id: optional(self.version_id.as_ref()),
            stage: optional(self.version_stage.as_ref()),
        };
        let value = context.engine.secret_value(&self.secret_name, &selector)?;
        let response = payload!(GetSecretValueResponse {
            secret_name: value.secret_name,
            secret_type: GENERIC.into(),
            secret_data: value.data,
            secret_data_type: value.data_type.as_str().into(),
            version_stages: value.stages,
            version_id: value.version_id,
            create_time: iso8601(value.create_time),
            automatic_rotation: DISABLED.into(),
        });
        Ok(response.into())
    }
}
