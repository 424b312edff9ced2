//! Aliases.

use alibabacloud_kms::api::alias::{
    AliasEntry, CreateAliasRequest, CreateAliasResponse, DeleteAliasRequest, DeleteAliasResponse,
    ListAliasesByKeyIdRequest, ListAliasesByKeyIdResponse, ListAliasesRequest, ListAliasesResponse,
    UpdateAliasRequest, UpdateAliasResponse,
};

use super::checks::{count, page};
use super::{Context, Handle, Handler, HandlerReply};
use crate::engine::{AliasMetadata, Fault};

/// The actions of this family.
pub(super) const ACTIONS: &[Handler] = &[
    Handler::new::<CreateAliasRequest>(),
    Handler::new::<DeleteAliasRequest>(),
    Handler::new::<ListAliasesByKeyIdRequest>(),
    Handler::new::<ListAliasesRequest>(),
    Handler::new::<UpdateAliasRequest>(),
];

impl Handle for CreateAliasRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<CreateAliasResponse>, Fault> {
        context.engine.create_alias(&self.alias_name, &self.key_id)?;
        Ok(CreateAliasResponse::default().into())
    }
}

impl Handle for UpdateAliasRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<UpdateAliasResponse>, Fault> {
        context.engine.update_alias(&self.alias_name, &self.key_id)?;
        Ok(UpdateAliasResponse::default().into())
    }
}

impl Handle for DeleteAliasRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<DeleteAliasResponse>, Fault> {
        context.engine.delete_alias(&self.alias_name)?;
        Ok(DeleteAliasResponse::default().into())
    }
}

impl Handle for ListAliasesRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<ListAliasesResponse>, Fault> {
        let page = context.engine.list_aliases(page(self.page_number, self.page_size)?);
        let response = payload!(ListAliasesResponse {
            aliases: page.items.into_iter().map(entry).collect(),
            page_number: count(page.number),
            page_size: count(page.size),
            total_count: count(page.total_count),
        });
        Ok(response.into())
    }
}

impl Handle for ListAliasesByKeyIdRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<ListAliasesByKeyIdResponse>, Fault> {
        let page = page(self.page_number, self.page_size)?;
        let page = context.engine.list_key_aliases(&self.key_id, page)?;
        let response = payload!(ListAliasesByKeyIdResponse {
            aliases: page.items.into_iter().map(entry).collect(),
            page_number: count(page.number),
            page_size: count(page.size),
            total_count: count(page.total_count),
        });
        Ok(response.into())
    }
}

fn entry(alias: AliasMetadata) -> AliasEntry {
    payload!(AliasEntry {
        alias_name: alias.name,
        alias_arn: Some(alias.arn),
        key_id: Some(alias.key_id),
    })
}
