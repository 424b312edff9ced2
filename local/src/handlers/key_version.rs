//! Versions of keys, and their rotation.

use alibabacloud_kms::api::key::{
    CreateKeyVersionRequest, CreateKeyVersionResponse, DescribeKeyVersionRequest,
    DescribeKeyVersionResponse, KeyVersion, ListKeyVersionsRequest, ListKeyVersionsResponse,
    UpdateRotationPolicyRequest, UpdateRotationPolicyResponse,
};

use super::checks::{count, page};
use super::{Context, Handle, Handler, HandlerReply, optional};
use crate::engine::{Fault, KeyVersionMetadata, ROTATION_DAYS, rotation_interval};

/// The actions of this family.
pub(super) const ACTIONS: &[Handler] = &[
    Handler::new::<CreateKeyVersionRequest>(),
    Handler::new::<DescribeKeyVersionRequest>(),
    Handler::new::<ListKeyVersionsRequest>(),
    Handler::new::<UpdateRotationPolicyRequest>(),
];

impl Handle for CreateKeyVersionRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<CreateKeyVersionResponse>, Fault> {
        let made = context.engine.create_key_version(&self.key_id)?;
        let response = payload!(CreateKeyVersionResponse { key_version: version(made) });
        Ok(response.into())
    }
}

impl Handle for DescribeKeyVersionRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<DescribeKeyVersionResponse>, Fault> {
        let found = context.engine.describe_key_version(&self.key_id, &self.key_version_id)?;
        let response = payload!(DescribeKeyVersionResponse { key_version: version(found) });
        Ok(response.into())
    }
}

impl Handle for ListKeyVersionsRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<ListKeyVersionsResponse>, Fault> {
        let page = page(self.page_number, self.page_size)?;
        let page = context.engine.list_key_versions(&self.key_id, page)?;
        let response = payload!(ListKeyVersionsResponse {
            key_versions: page.items.into_iter().map(version).collect(),
            page_number: count(page.number),
            page_size: count(page.size),
            total_count: count(page.total_count),
        });
        Ok(response.into())
    }
}

impl Handle for UpdateRotationPolicyRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<UpdateRotationPolicyResponse>, Fault> {
        let interval = optional(self.rotation_interval.as_ref()).unwrap_or_default();
        let interval = self
            .enable_automatic_rotation
            .then(|| rotation_interval(interval, ROTATION_DAYS))
            .transpose()?;
        context.engine.update_rotation_policy(&self.key_id, interval)?;
        Ok(UpdateRotationPolicyResponse::default().into())
    }
}

fn version(version: KeyVersionMetadata) -> KeyVersion {
    payload!(KeyVersion {
        key_id: version.key_id,
        key_version_id: version.key_version_id,
        creation_date: Some(version.creation_date.into()),
    })
}
