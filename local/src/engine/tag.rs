//! Tags of keys, secrets and certificates.

use std::ops::Bound;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;

use super::key::KeyAction;
use super::tables::{ResourceType, Tables, Tag};
use super::{Engine, Fault};

const MAX_LENGTH: usize = 128;
const MAX_PER_RESOURCE: usize = 20;
/// The maximum numbers of resources and of tags in one request.
const MAX_RESOURCES: usize = 50;
const MAX_TAGS: usize = 20;

/// A tag to set. Key and value have up to 128 characters each; the value may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TagPair {
    pub(crate) key: String,
    pub(crate) value: String,
}

/// A tag that a listed resource must have. Without a value, any value matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TagFilter {
    pub(crate) key: String,
    pub(crate) value: Option<String>,
}

/// One page of tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TagPage {
    pub(crate) tags: Vec<Tag>,
    /// The token of the next page, or `None` on the last page.
    pub(crate) next_token: Option<String>,
}

impl Engine {
    /// Sets tags on all of the resources, or on none if one is refused. A resource has up to 20
    /// tags.
    pub(crate) fn tag_resources(
        &self,
        resource_type: ResourceType,
        resources: &[&str],
        tags: &[TagPair],
    ) -> Result<(), Fault> {
        check_count(tags.len(), MAX_TAGS, "Tag")?;
        let tables = &mut *self.write();
        let ids = self.resource_ids(tables, resource_type, resources, KeyAction::TagResource)?;
        for id in &ids {
            tables.check_tags(resource_type, id, tags)?;
        }
        for id in ids {
            tables.set_tags(resource_type, &id, tags);
        }
        Ok(())
    }

    /// Removes the tags with these keys from all of the resources; `None` removes all tags. Missing
    /// tags are ignored.
    pub(crate) fn untag_resources(
        &self,
        resource_type: ResourceType,
        resources: &[&str],
        keys: Option<&[String]>,
    ) -> Result<(), Fault> {
        for key in keys.unwrap_or_default() {
            check_key(key)?;
        }
        check_count(keys.map_or(0, <[_]>::len), MAX_TAGS, "TagKey")?;
        let tables = &mut *self.write();
        let ids = self.resource_ids(tables, resource_type, resources, KeyAction::UntagResource)?;
        tables.tags.retain(|(kind, id, key), _| {
            let is_named = *kind == resource_type && ids.contains(id);
            !is_named || keys.is_some_and(|keys| !keys.contains(key))
        });
        Ok(())
    }

    /// Returns the tags of one key.
    pub(crate) fn list_key_tags(&self, key: &str) -> Result<Vec<Tag>, Fault> {
        let tables = self.read();
        let key = self.resolve_key(&tables, key)?;
        key.state.check(KeyAction::ListResourceTags)?;
        Ok(tables.tags_of(ResourceType::Key, &key.key_id).cloned().collect())
    }

    /// Returns a page of the tags of those resources that have every tag in `filters`. If
    /// `resources` is empty, all resources of the type are meant. A page has up to `page_size`
    /// tags, and at least one if there are any.
    pub(crate) fn list_tag_resources(
        &self,
        resource_type: ResourceType,
        resources: &[&str],
        filters: &[TagFilter],
        next_token: Option<&str>,
        page_size: usize,
    ) -> Result<TagPage, Fault> {
        check_count(filters.len(), MAX_TAGS, "Tag")?;
        let tables = self.read();
        let action = KeyAction::ListResourceTags;
        let ids = self.resource_ids(&tables, resource_type, resources, action)?;
        let start = match next_token {
            Some(token) => {
                let (id, key) = decode_token(token)?;
                Bound::Excluded((resource_type, id, key))
            }
            None => Bound::Included((resource_type, String::new(), String::new())),
        };
        let mut tags = tables
            .tags
            .range((start, Bound::Unbounded))
            .map(|(_, tag)| tag)
            .take_while(|tag| tag.resource_type == resource_type)
            .filter(|tag| ids.is_empty() || ids.contains(&tag.resource_id))
            .filter(|tag| tables.matches(tag, filters))
            .peekable();
        let page: Vec<Tag> = tags.by_ref().take(page_size.max(1)).cloned().collect();
        let next_token = match (page.last(), tags.peek()) {
            (Some(last), Some(_)) => Some(encode_token(last)),
            _ => None,
        };
        Ok(TagPage { tags: page, next_token })
    }

    fn resource_ids(
        &self,
        tables: &Tables,
        resource_type: ResourceType,
        resources: &[&str],
        action: KeyAction,
    ) -> Result<Vec<String>, Fault> {
        check_count(resources.len(), MAX_RESOURCES, "ResourceId")?;
        let id = |resource: &&str| match resource_type {
            ResourceType::Key => {
                let key = self.resolve_key(tables, resource)?;
                key.state.check(action)?;
                Ok(key.key_id.clone())
            }
            ResourceType::Secret => Ok(self.resolve_secret(tables, resource)?.name.clone()),
            ResourceType::Certificate => Ok(tables.certificate(resource)?.id.clone()),
        };
        resources.iter().map(id).collect()
    }
}

impl Tables {
    /// Checks `tags`, and that the resource may have them in addition to its own tags.
    pub(super) fn check_tags(
        &self,
        resource_type: ResourceType,
        resource_id: &str,
        tags: &[TagPair],
    ) -> Result<(), Fault> {
        for TagPair { key, value } in tags {
            check_key(key)?;
            if value.chars().count() > MAX_LENGTH || !value.chars().all(is_allowed) {
                return Err(Fault::invalid("TagValue"));
            }
        }
        let mut keys: Vec<_> =
            self.tags_of(resource_type, resource_id).map(|tag| &tag.key).collect();
        keys.extend(tags.iter().map(|tag| &tag.key));
        keys.sort_unstable();
        keys.dedup();
        if keys.len() > MAX_PER_RESOURCE {
            return Err(Fault::limit_exceeded());
        }
        Ok(())
    }

    pub(super) fn set_tags(
        &mut self,
        resource_type: ResourceType,
        resource_id: &str,
        tags: &[TagPair],
    ) {
        for TagPair { key, value } in tags.iter().cloned() {
            let resource_id = resource_id.to_owned();
            let id = (resource_type, resource_id.clone(), key.clone());
            self.tags.insert(id, Tag { resource_type, resource_id, key, value });
        }
    }

    pub(super) fn tags_of(
        &self,
        resource_type: ResourceType,
        resource_id: &str,
    ) -> impl Iterator<Item = &Tag> {
        let first = (resource_type, resource_id.to_owned(), String::new());
        let own =
            move |tag: &&Tag| tag.resource_type == resource_type && tag.resource_id == resource_id;
        self.tags.range(first..).map(|(_, tag)| tag).take_while(own)
    }

    fn matches(&self, tag: &Tag, filters: &[TagFilter]) -> bool {
        filters.iter().all(|filter| {
            let id = (tag.resource_type, tag.resource_id.clone(), filter.key.clone());
            self.tags
                .get(&id)
                .is_some_and(|tag| filter.value.as_ref().is_none_or(|value| *value == tag.value))
        })
    }
}

fn check_key(key: &str) -> Result<(), Fault> {
    let is_reserved = ["aliyun", "acs:"].iter().any(|prefix| key.starts_with(prefix));
    let has_length = (1..=MAX_LENGTH).contains(&key.chars().count());
    if !has_length || is_reserved || !key.chars().all(is_allowed) {
        return Err(Fault::invalid("TagKey"));
    }
    Ok(())
}

/// Returns `true` for letters and digits of any script, and for `/\\_-.+=:@`. Spaces are allowed
/// too, because the console accepts them.
fn is_allowed(c: char) -> bool {
    c.is_alphanumeric() || "/\\_-.+=:@ ".contains(c)
}

fn check_count(count: usize, most: usize, name: &str) -> Result<(), Fault> {
    if count > most { Err(Fault::invalid(name)) } else { Ok(()) }
}

/// Returns the token of the next page. It names the last tag of this page, so that tags which are
/// added or removed between two requests neither repeat nor hide others.
fn encode_token(last: &Tag) -> String {
    BASE64.encode(format!("{}\0{}", last.resource_id, last.key))
}

fn decode_token(token: &str) -> Result<(String, String), Fault> {
    let decoded = BASE64.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    decoded
        .as_deref()
        .and_then(|text| text.split_once('\0'))
        .map(|(id, key)| (id.to_owned(), key.to_owned()))
        .ok_or_else(|| Fault::invalid("NextToken"))
}

#[cfg(test)]
mod tests;
