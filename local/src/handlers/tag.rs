//! Tags of keys, secrets and certificates.

use alibabacloud_kms::api::tag::{
    KeyTag, ListResourceTagsRequest, ListResourceTagsResponse, ListTagResourcesRequest,
    ListTagResourcesResponse, ResourceTag, Tag, TagResourceRequest, TagResourceResponse,
    TagResourcesRequest, TagResourcesResponse, UntagResourceRequest, UntagResourceResponse,
    UntagResourcesRequest, UntagResourcesResponse,
};

use super::{Context, Handle, Handler, HandlerReply, optional};
use crate::engine::{self, Fault, ResourceType, TagFilter, TagPair};

/// The maximum number of tags on a page.
const PAGE_SIZE: usize = 200;

/// The actions of this family.
pub(super) const ACTIONS: &[Handler] = &[
    Handler::new::<ListResourceTagsRequest>(),
    Handler::new::<ListTagResourcesRequest>(),
    Handler::new::<TagResourceRequest>(),
    Handler::new::<TagResourcesRequest>(),
    Handler::new::<UntagResourceRequest>(),
    Handler::new::<UntagResourcesRequest>(),
];

impl Handle for TagResourcesRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<TagResourcesResponse>, Fault> {
        if self.resource_id.is_empty() {
            return Err(Fault::missing("ResourceId"));
        }
        if self.tag.is_empty() {
            return Err(Fault::missing("Tag"));
        }
        let tags: Vec<TagPair> = self.tag.iter().map(pair).collect();
        let resource_type = ResourceType::parse(self.resource_type.as_str())?;
        let resources: Vec<&str> = self.resource_id.iter().map(String::as_str).collect();
        context.engine.tag_resources(resource_type, &resources, &tags)?;
        Ok(TagResourcesResponse::default().into())
    }
}

impl Handle for ListTagResourcesRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<ListTagResourcesResponse>, Fault> {
        let resources: Vec<&str> = self.resource_id.iter().map(String::as_str).collect();
        let filters: Vec<TagFilter> = self
            .tag
            .iter()
            .map(|tag| TagFilter {
                key: tag.key.clone().unwrap_or_default(),
                value: tag.value.clone(),
            })
            .collect();
        let page = context.engine.list_tag_resources(
            ResourceType::parse(self.resource_type.as_str())?,
            &resources,
            &filters,
            optional(self.next_token.as_ref()),
            PAGE_SIZE,
        )?;
        let tag = |tag: engine::Tag| {
            payload!(ResourceTag {
                resource_id: Some(tag.resource_id),
                resource_type: Some(tag.resource_type.as_str().into()),
                tag_key: Some(tag.key),
                tag_value: Some(tag.value),
            })
        };
        let response = payload!(ListTagResourcesResponse {
            tag_resources: page.tags.into_iter().map(tag).collect(),
            next_token: page.next_token,
        });
        Ok(response.into())
    }
}

impl Handle for UntagResourcesRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<UntagResourcesResponse>, Fault> {
        if self.resource_id.is_empty() {
            return Err(Fault::missing("ResourceId"));
        }
        // Without keys, all tags are removed only if the request asks for it.
        let keys = match (self.tag_key.is_empty(), self.all == Some(true)) {
            (false, _) => Some(&*self.tag_key),
            (true, true) => None,
            (true, false) => return Err(Fault::missing("TagKey")),
        };
        let resource_type = ResourceType::parse(self.resource_type.as_str())?;
        let resources: Vec<&str> = self.resource_id.iter().map(String::as_str).collect();
        context.engine.untag_resources(resource_type, &resources, keys)?;
        Ok(UntagResourcesResponse::default().into())
    }
}

impl Handle for TagResourceRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<TagResourceResponse>, Fault> {
        let (resource_type, resource) = one_resource([
            optional(self.key_id.as_ref()),
            optional(self.secret_name.as_ref()),
            optional(self.certificate_id.as_ref()),
        ])?;
        let tags = of_parameter(Some(&self.tags))?;
        if tags.is_empty() {
            return Err(Fault::missing("Tags"));
        }
        context.engine.tag_resources(resource_type, &[resource], &tags)?;
        Ok(TagResourceResponse::default().into())
    }
}

impl Handle for UntagResourceRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<UntagResourceResponse>, Fault> {
        let (resource_type, resource) = one_resource([
            optional(self.key_id.as_ref()),
            optional(self.secret_name.as_ref()),
            optional(self.certificate_id.as_ref()),
        ])?;
        // The service's page describes a comma-separated list, but its example is a JSON list.
        let keys: Vec<String> = if self.tag_keys.trim_start().starts_with('[') {
            serde_json::from_str(&self.tag_keys).map_err(|_| Fault::invalid("TagKeys"))?
        } else {
            self.tag_keys.split(',').map(|key| key.trim().to_owned()).collect()
        };
        if keys.is_empty() {
            return Err(Fault::missing("TagKeys"));
        }
        context.engine.untag_resources(resource_type, &[resource], Some(&keys))?;
        Ok(UntagResourceResponse::default().into())
    }
}

impl Handle for ListResourceTagsRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<ListResourceTagsResponse>, Fault> {
        let tag = |tag: engine::Tag| {
            payload!(KeyTag {
                key_id: Some(tag.resource_id),
                tag_key: Some(tag.key),
                tag_value: Some(tag.value),
            })
        };
        let tags = context.engine.list_key_tags(&self.key_id)?;
        let response =
            payload!(ListResourceTagsResponse { tags: tags.into_iter().map(tag).collect() });
        Ok(response.into())
    }
}

/// Returns the one key, secret or certificate that a request names.
fn one_resource(
    [key, secret, certificate]: [Option<&str>; 3],
) -> Result<(ResourceType, &str), Fault> {
    match (key, secret, certificate) {
        (Some(key), None, None) => Ok((ResourceType::Key, key)),
        (None, Some(secret), None) => Ok((ResourceType::Secret, secret)),
        (None, None, Some(certificate)) => Ok((ResourceType::Certificate, certificate)),
        (None, None, None) => Err(Fault::missing("KeyId")),
        _ => Err(Fault::invalid("KeyId")),
    }
}

/// Parses the tags in a parameter `Tags`: `[{"TagKey":"a","TagValue":"b"}]`.
pub(super) fn of_parameter(tags: Option<&String>) -> Result<Vec<TagPair>, Fault> {
    let Some(text) = optional(tags) else {
        return Ok(Vec::new());
    };
    let invalid = || Fault::invalid("Tags");
    let tags: Vec<serde_json::Value> = serde_json::from_str(text).map_err(|_| invalid())?;
    tags.iter()
        .map(|tag| {
            let text = |name: &str| Some(tag.get(name)?.as_str()?.to_owned());
            Ok(TagPair {
                key: text("TagKey").ok_or_else(invalid)?,
                value: text("TagValue").ok_or_else(invalid)?,
            })
        })
        .collect()
}

fn pair(tag: &Tag) -> TagPair {
    TagPair {
        key: tag.key.clone().unwrap_or_default(),
        value: tag.value.clone().unwrap_or_default(),
    }
}
