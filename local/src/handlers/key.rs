//! Keys.

use alibabacloud_kms::api::key::{
    CreateKeyRequest, CreateKeyResponse, CreatedKeyMetadata, DescribeKeyRequest,
    DescribeKeyResponse, DisableKeyRequest, DisableKeyResponse, EnableKeyRequest,
    EnableKeyResponse, KeyEntry, KeyMetadata, ListKeysRequest, ListKeysResponse,
};
use alibabacloud_kms::middleware::clock::iso8601;

use super::{Answer, Context, Handle, optional, tag, unsupported};
use crate::engine::{self, Fault, KeySpec, KeyUsage, NewKey, PageRequest};

/// Where every key's material comes from.
const ORIGIN: &str = "Aliyun_KMS";
/// Keys of a local gateway are in the process's memory.
const PROTECTION_LEVEL: &str = "SOFTWARE";
/// Neither rotation nor deletion protection can be switched on.
const DISABLED: &str = "Disabled";

impl Handle for CreateKeyRequest {
    fn handle(&self, context: &Context<'_>) -> Result<Answer<CreateKeyResponse>, Fault> {
        if optional(self.origin.as_ref()).is_some_and(|origin| origin != ORIGIN) {
            return Err(unsupported("import key material: Origin"));
        }
        if self.enable_automatic_rotation == Some(true) {
            return Err(unsupported("rotate keys: EnableAutomaticRotation"));
        }
        let usage = optional(self.key_usage.as_ref());
        let key = context.engine.create_key(NewKey {
            spec: KeySpec::parse(optional(self.key_spec.as_ref()).unwrap_or_default())?,
            usage: usage.map(KeyUsage::parse).transpose()?,
            description: self.description.clone().unwrap_or_default(),
            tags: tag::of_parameter(self.tags.as_ref())?,
        })?;
        let response = payload!(CreateKeyResponse {
            key_metadata: Some(payload!(CreatedKeyMetadata {
                arn: Some(key.arn),
                key_state: Some(key.state.as_str().into()),
                key_spec: Some(key.spec.as_str().into()),
                key_usage: Some(key.usage.as_str().into()),
                origin: Some(ORIGIN.into()),
                protection_level: Some(PROTECTION_LEVEL.into()),
                description: Some(key.description),
                creator: Some(key.creator),
                creation_date: Some(iso8601(key.creation_date)),
                automatic_rotation: Some(DISABLED.into()),
                primary_key_version: Some(key.primary_key_version),
                key_id: key.key_id,
            })),
        });
        Ok(response.into())
    }
}

impl Handle for DescribeKeyRequest {
    fn handle(&self, context: &Context<'_>) -> Result<Answer<DescribeKeyResponse>, Fault> {
        let key = context.engine.describe_key(&self.key_id)?;
        let response = payload!(DescribeKeyResponse { key_metadata: Some(metadata(key)) });
        Ok(response.into())
    }
}

impl Handle for ListKeysRequest {
    fn handle(&self, context: &Context<'_>) -> Result<Answer<ListKeysResponse>, Fault> {
        if optional(self.filters.as_ref()).is_some_and(|filters| filters != "[]") {
            return Err(unsupported("filter keys: Filters"));
        }
        let page = PageRequest::new(
            count(self.page_number, "PageNumber")?,
            count(self.page_size, "PageSize")?,
        )?;
        let page = context.engine.list_keys(page);
        let number = |count| i32::try_from(count).unwrap_or(i32::MAX);
        let entry = |key: engine::KeyMetadata| {
            payload!(KeyEntry { key_id: key.key_id, key_arn: Some(key.arn) })
        };
        let response = payload!(ListKeysResponse {
            keys: page.items.into_iter().map(entry).collect(),
            page_number: number(page.number),
            page_size: number(page.size),
            total_count: number(page.total_count),
        });
        Ok(response.into())
    }
}

impl Handle for EnableKeyRequest {
    fn handle(&self, context: &Context<'_>) -> Result<Answer<EnableKeyResponse>, Fault> {
        context.engine.enable_key(&self.key_id)?;
        Ok(EnableKeyResponse::default().into())
    }
}

impl Handle for DisableKeyRequest {
    fn handle(&self, context: &Context<'_>) -> Result<Answer<DisableKeyResponse>, Fault> {
        context.engine.disable_key(&self.key_id)?;
        Ok(DisableKeyResponse::default().into())
    }
}

fn count(value: Option<i32>, name: &str) -> Result<Option<usize>, Fault> {
    let count = value.map(usize::try_from).transpose();
    count.map_err(|_| Fault::invalid(name))
}

fn metadata(key: engine::KeyMetadata) -> KeyMetadata {
    payload!(KeyMetadata {
        arn: Some(key.arn),
        key_state: Some(key.state.as_str().into()),
        key_spec: Some(key.spec.as_str().into()),
        key_usage: Some(key.usage.as_str().into()),
        origin: Some(ORIGIN.into()),
        protection_level: Some(PROTECTION_LEVEL.into()),
        description: Some(key.description),
        creator: Some(key.creator),
        creation_date: Some(iso8601(key.creation_date)),
        automatic_rotation: Some(DISABLED.into()),
        primary_key_version: Some(key.primary_key_version),
        deletion_protection: Some(DISABLED.into()),
        key_id: key.key_id,
    })
}
