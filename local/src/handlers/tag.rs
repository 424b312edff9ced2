//! Tags on keys and secrets.

use alibabacloud_kms::api::tag::{
    ListTagResourcesRequest, ListTagResourcesResponse, ResourceTag, Tag, TagResourcesRequest,
    TagResourcesResponse,
};

use super::{Answer, Context, Handle, optional};
use crate::engine::{self, Fault, ResourceType, TagFilter, TagPair};

/// How many tags a page has.
const PAGE_SIZE: usize = 4000;

impl Handle for TagResourcesRequest {
    fn handle(&self, context: &Context<'_>) -> Result<Answer<TagResourcesResponse>, Fault> {
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
    fn handle(&self, context: &Context<'_>) -> Result<Answer<ListTagResourcesResponse>, Fault> {
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

/// The tags of a parameter `Tags`: `[{"TagKey":"a","TagValue":"b"}]`.
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
