//! Secrets.

use alibabacloud_kms::native::secret::{GetSecretValueRequest, GetSecretValueResponse};

use super::super::secret_fields::{interval, rotation};
use super::super::{Context, Handle, Handler, HandlerReply, optional};
use crate::engine::{Fault, VersionSelector};

/// The operations of this family.
pub(super) const OPERATIONS: &[Handler] = &[Handler::new::<GetSecretValueRequest>()];

impl Handle for GetSecretValueRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<GetSecretValueResponse>, Fault> {
        let selector = VersionSelector {
            version_id: optional(self.version_id.as_ref()),
            stage: optional(self.version_stage.as_ref()),
        };
        let value = context.engine.secret_value(&self.secret_name, &selector)?;
        let response = payload!(GetSecretValueResponse {
            secret_name: value.secret_name,
            secret_type: value.secret_type.as_str().into(),
            secret_data: value.data,
            secret_data_type: value.data_type.as_str().into(),
            version_stages: value.stages,
            version_id: value.version_id,
            create_time: value.create_time.into(),
            automatic_rotation: rotation(value.secret_type, value.rotation_interval)
                .unwrap_or_default(),
            rotation_interval: interval(value.rotation_interval).unwrap_or_default(),
        });
        Ok(response.into())
    }
}
