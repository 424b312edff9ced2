//! Scheduled deletion of keys, and protection from deletion.

use alibabacloud_kms::api::key::{
    CancelKeyDeletionRequest, CancelKeyDeletionResponse, ScheduleKeyDeletionRequest,
    ScheduleKeyDeletionResponse, SetDeletionProtectionRequest, SetDeletionProtectionResponse,
};

use super::{Context, Handle, Handler, HandlerReply, optional, unsupported};
use crate::engine::Fault;

/// The actions of this family.
pub(super) const ACTIONS: &[Handler] = &[
    Handler::new::<CancelKeyDeletionRequest>(),
    Handler::new::<ScheduleKeyDeletionRequest>(),
    Handler::new::<SetDeletionProtectionRequest>(),
];

impl Handle for ScheduleKeyDeletionRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<ScheduleKeyDeletionResponse>, Fault> {
        context.engine.schedule_key_deletion(&self.key_id, self.pending_window_in_days)?;
        Ok(ScheduleKeyDeletionResponse::default().into())
    }
}

impl Handle for CancelKeyDeletionRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<CancelKeyDeletionResponse>, Fault> {
        context.engine.cancel_key_deletion(&self.key_id)?;
        Ok(CancelKeyDeletionResponse::default().into())
    }
}

impl Handle for SetDeletionProtectionRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<SetDeletionProtectionResponse>, Fault> {
        if optional(self.kms_instance_id.as_ref()).is_some() {
            return Err(unsupported("protect instances: KmsInstanceId"));
        }
        let arn = optional(self.protected_resource_arn.as_ref());
        let key = match (arn, optional(self.key_id.as_ref())) {
            (Some(arn), _) if !arn.starts_with("acs:kms:") => {
                return Err(Fault::invalid("ProtectedResourceArn"));
            }
            (Some(key), _) | (None, Some(key)) => key,
            (None, None) => return Err(Fault::missing("ProtectedResourceArn")),
        };
        let reason = self.deletion_protection_description.clone().unwrap_or_default();
        let reason = self.enable_deletion_protection.then_some(reason);
        context.engine.set_deletion_protection(key, reason)?;
        Ok(SetDeletionProtectionResponse::default().into())
    }
}
