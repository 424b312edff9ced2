//! Message authentication codes: Base64 in requests and responses.

use alibabacloud_kms::api::crypto::{
    GenerateMacRequest, GenerateMacResponse, VerifyMacRequest, VerifyMacResponse,
};
use secrecy::ExposeSecret;

use super::checks::{decode, encode};
use super::{Context, Handle, Handler, HandlerReply};
use crate::engine::Fault;

/// The actions of this family.
pub(super) const ACTIONS: &[Handler] =
    &[Handler::new::<GenerateMacRequest>(), Handler::new::<VerifyMacRequest>()];

impl Handle for GenerateMacRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<GenerateMacResponse>, Fault> {
        let message = decode("Message", self.message.expose_secret())?;
        let algorithm = self.algorithm.as_str();
        let done = context.engine.generate_mac(&self.key_id, algorithm, &message)?;
        let response = payload!(GenerateMacResponse {
            key_id: done.key_id,
            algorithm: Some(self.algorithm.clone()),
            mac: encode(&done.value),
        });
        Ok(response.into())
    }
}

impl Handle for VerifyMacRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<VerifyMacResponse>, Fault> {
        let message = decode("Message", self.message.expose_secret())?;
        let code = decode("Mac", &self.mac)?;
        let algorithm = self.algorithm.as_str();
        let done = context.engine.verify_mac(&self.key_id, algorithm, &message, &code)?;
        let response = payload!(VerifyMacResponse {
            key_id: done.key_id,
            algorithm: Some(self.algorithm.clone()),
            value: done.value,
        });
        Ok(response.into())
    }
}
