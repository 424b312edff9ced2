//! Random octets.

use alibabacloud_kms::instance_api::random::{GenerateRandomRequest, GenerateRandomResponse};
use secrecy::SecretSlice;

use super::super::{Answer, Context, Handle};
use crate::engine::Fault;

impl Handle for GenerateRandomRequest {
    fn handle(&self, context: &Context<'_>) -> Result<Answer<GenerateRandomResponse>, Fault> {
        let length = usize::try_from(self.length).map_err(|_| Fault::invalid("Length"))?;
        let octets = context.engine.generate_random(length)?;
        let response =
            payload!(GenerateRandomResponse { random: SecretSlice::from(octets.to_vec()) });
        Ok(response.into())
    }
}
