//! Random bytes.

use alibabacloud_kms::native::random::{GenerateRandomRequest, GenerateRandomResponse};
use secrecy::SecretSlice;

use super::super::{Context, Handle, Handler, HandlerReply};
use crate::engine::Fault;

/// The operations of this family.
pub(super) const OPERATIONS: &[Handler] = &[Handler::new::<GenerateRandomRequest>()];

impl Handle for GenerateRandomRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<GenerateRandomResponse>, Fault> {
        let length = usize::try_from(self.length).map_err(|_| Fault::invalid("Length"))?;
        let bytes = context.engine.generate_random(length)?;
        let response =
            payload!(GenerateRandomResponse { random: SecretSlice::from(bytes.to_vec()) });
        Ok(response.into())
    }
}
