//! Aliases.

use alibabacloud_kms::api::alias::{CreateAliasRequest, CreateAliasResponse};

use super::{Answer, Context, Handle};
use crate::engine::Fault;

impl Handle for CreateAliasRequest {
    fn handle(&self, context: &Context<'_>) -> Result<Answer<CreateAliasResponse>, Fault> {
        context.engine.create_alias(&self.alias_name, &self.key_id)?;
        Ok(CreateAliasResponse::default().into())
    }
}
