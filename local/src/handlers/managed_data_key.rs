//! Managed data keys.

use alibabacloud_kms::api::data_key::{
    GetManagedDataKeyRequest, GetManagedDataKeyResponse, ListManagedDataKeyVersionsRequest,
    ListManagedDataKeyVersionsResponse, ManagedDataKeyVersion,
};
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::checks::{count, encode, page};
use super::{Context, Handle, Handler, HandlerReply, optional};
use crate::engine::{Fault, ManagedDataKey};

/// The actions of this family.
pub(super) const ACTIONS: &[Handler] = &[
    Handler::new::<GetManagedDataKeyRequest>(),
    Handler::new::<ListManagedDataKeyVersionsRequest>(),
];

impl Handle for GetManagedDataKeyRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<GetManagedDataKeyResponse>, Fault> {
        let version = optional(self.data_key_version_id.as_ref());
        let is_latest = self.use_latest == Some(true);
        let found = context.engine.managed_data_key(&self.data_key_name, version, is_latest)?;
        let text = Zeroizing::new(encode(&found.key));
        let response = payload!(GetManagedDataKeyResponse {
            data_key_name: Some(found.data_key),
            data_key_version_id: Some(found.version_id),
            data_key_version_name: Some(found.version_name),
            plaintext: SecretString::from(text.as_str()),
        });
        Ok(response.into())
    }
}

impl Handle for ListManagedDataKeyVersionsRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<ListManagedDataKeyVersionsResponse>, Fault> {
        let page = page(self.page_number, self.page_size)?;
        let page = context.engine.list_managed_data_key_versions(&self.data_key_name, page)?;
        let version = |version: ManagedDataKey| {
            payload!(ManagedDataKeyVersion {
                data_key_version_id: Some(version.version_id),
                data_key_version_name: Some(version.version_name),
            })
        };
        let response = payload!(ListManagedDataKeyVersionsResponse {
            data_key_name: Some(self.data_key_name.clone()),
            managed_data_key_versions: page.items.into_iter().map(version).collect(),
            page_number: count(page.number),
            page_size: count(page.size),
            total_count: count(page.total_count),
        });
        Ok(response.into())
    }
}
