//! Digests, with and without a key.

use alibabacloud_kms::native::hash::{HashRequest, HashResponse, HmacRequest, HmacResponse};
use secrecy::ExposeSecret;

use super::super::{Context, Handle, Handler, HandlerReply, optional};
use crate::engine::{Fault, hash};

/// The operations of this family.
pub(super) const OPERATIONS: &[Handler] =
    &[Handler::new::<HashRequest>(), Handler::new::<HmacRequest>()];

impl Handle for HashRequest {
    fn handle(&self, _: &Context<'_>) -> Result<HandlerReply<HashResponse>, Fault> {
        let algorithm = optional(self.algorithm.as_ref()).unwrap_or_default();
        let value = hash(algorithm, self.message.expose_secret())?;
        Ok(payload!(HashResponse { digest: value }).into())
    }
}

impl Handle for HmacRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<HmacResponse>, Fault> {
        let done = context.engine.hmac(&self.key_id, self.message.expose_secret())?;
        let response = payload!(HmacResponse { key_id: done.key_id, signature: done.value });
        Ok(HandlerReply::with_version(response, done.key_version_id))
    }
}
