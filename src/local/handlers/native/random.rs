//! Random octets.

use secrecy::SecretSlice;

use super::super::{Answer, Context, Handle};
use crate::instance_api::random::{GenerateRandomRequest, GenerateRandomResponse};
use crate::local::engine::Fault;

impl Handle for GenerateRandomRequest {
    fn handle(&self, context: &Context<'_>) -> Result<Answer<GenerateRandomResponse>, Fault> {
        let length = usize::try_from(self.length).map_err(|_| Fault::invalid("Length"))?;
        let octets = context.engine.generate_random(length)?;
        let response = GenerateRandomResponse {
            random: SecretSlice::from(octets.to_vec()),
            ..Default::default()
        };
        Ok(response.into())
    }
}
