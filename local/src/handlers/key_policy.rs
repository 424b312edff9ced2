//! Policies of keys, which are stored but not enforced.

use alibabacloud_kms::api::policy::{
    GetKeyPolicyRequest, GetKeyPolicyResponse, SetKeyPolicyRequest, SetKeyPolicyResponse,
};

use super::{Context, Handle, Handler, HandlerReply, optional};
use crate::engine::Fault;

/// The actions of this family.
pub(super) const ACTIONS: &[Handler] =
    &[Handler::new::<GetKeyPolicyRequest>(), Handler::new::<SetKeyPolicyRequest>()];

/// The only name of a policy.
const POLICY: &str = "default";

impl Handle for GetKeyPolicyRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<GetKeyPolicyResponse>, Fault> {
        let document = context.engine.key_policy(&self.key_id)?;
        if optional(self.policy_name.as_ref()).is_some_and(|name| name != POLICY) {
            return Err(Fault::resource_not_found());
        }
        Ok(payload!(GetKeyPolicyResponse { policy: document }).into())
    }
}

impl Handle for SetKeyPolicyRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<SetKeyPolicyResponse>, Fault> {
        if optional(self.policy_name.as_ref()).is_some_and(|name| name != POLICY) {
            return Err(Fault::invalid("PolicyName"));
        }
        context.engine.set_key_policy(&self.key_id, &self.policy)?;
        Ok(SetKeyPolicyResponse::default().into())
    }
}
