//! Tags of keys and secrets.

use std::ops::Bound;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;

use super::{Engine, Fault, Tables};

const MAX_LENGTH: usize = 128;
const MAX_PER_RESOURCE: usize = 20;

/// What can be tagged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ResourceType {
    Key,
    Secret,
}

/// A tag to set: up to 128 characters each; the value may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TagPair {
    pub(crate) key: String,
    pub(crate) value: String,
}

/// A tag that a listed resource has to have; without a value, any value will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TagFilter {
    pub(crate) key: String,
    pub(crate) value: Option<String>,
}

/// A row of the table of tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) resource_type: ResourceType,
    /// The key's id or the secret's name.
    pub(crate) resource_id: String,
    pub(crate) key: String,
    pub(crate) value: String,
}

/// One page of tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TagPage {
    pub(crate) tags: Vec<Tag>,
    /// What asks for the next page; none on the last.
    pub(crate) next_token: Option<String>,
}

/// The primary key of a tag: its resource and its key.
pub(super) type TagId = (ResourceType, String, String);

impl ResourceType {
    /// The type of that name.
    pub(crate) fn parse(name: &str) -> Result<Self, Fault> {
        match name {
            "key" => Ok(Self::Key),
            "secret" => Ok(Self::Secret),
            "" => Err(Fault::missing("ResourceType")),
            _ => Err(Fault::invalid("ResourceType")),
        }
    }

    /// The type's name on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Secret => "secret",
        }
    }
}

impl Engine {
    /// Sets tags on every one of the resources, or on none. A resource has up to 20.
    pub(crate) fn tag_resources(
        &self,
        resource_type: ResourceType,
        resources: &[&str],
        tags: &[TagPair],
    ) -> Result<(), Fault> {
        let tables = &mut *self.write();
        let ids = self.resource_ids(tables, resource_type, resources)?;
        for id in &ids {
            tables.check_tags(resource_type, id, tags)?;
        }
        for id in ids {
            tables.set_tags(resource_type, &id, tags);
        }
        Ok(())
    }

    /// All tags of the resources that have every tag in `filters`; of all resources of the type if
    /// `resources` is empty. A page has up to `page_size` tags, at least one.
    pub(crate) fn list_tag_resources(
        &self,
        resource_type: ResourceType,
        resources: &[&str],
        filters: &[TagFilter],
        next_token: Option<&str>,
        page_size: usize,
    ) -> Result<TagPage, Fault> {
        let tables = self.read();
        let ids = self.resource_ids(&tables, resource_type, resources)?;
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
    ) -> Result<Vec<String>, Fault> {
        let id = |resource: &&str| match resource_type {
            ResourceType::Key => Ok(self.resolve_key(tables, resource)?.key_id.clone()),
            ResourceType::Secret => Ok(self.resolve_secret(tables, resource)?.name.clone()),
        };
        resources.iter().map(id).collect()
    }
}

impl Tables {
    /// Whether the resource may have `tags` beside those that it has.
    pub(super) fn check_tags(
        &self,
        resource_type: ResourceType,
        resource_id: &str,
        tags: &[TagPair],
    ) -> Result<(), Fault> {
        for TagPair { key, value } in tags {
            if !(1..=MAX_LENGTH).contains(&key.chars().count()) {
                return Err(Fault::invalid("TagKey"));
            }
            if value.chars().count() > MAX_LENGTH {
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

    fn tags_of(
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

/// A token names the last tag of its page, so that tags which come and go between two pages
/// neither repeat nor hide others.
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
mod tests {
    use super::super::testing::engine;
    use super::super::{NewKey, NewSecret, NewSecretVersion, SecretDataType};
    use super::{Engine, Fault, ResourceType, TagFilter, TagPair};

    #[test]
    fn keys_and_secrets_are_tagged() {
        let engine = engine();
        let other = key(&engine, &[("env", "test")]);
        let key = key(&engine, &[("env", "dev")]);
        secret(&engine, "db", &[("team", "core")]);
        let new = [pair("env", "prod"), pair("owner", "")];
        engine.tag_resources(ResourceType::Key, &[&key], &new).expect("the key exists");

        assert_eq!(tags(&engine, &[&key], &[]), ["env=prod", "owner="]);
        let page = engine.list_tag_resources(ResourceType::Secret, &["db"], &[], None, 10);
        let page = page.expect("the secret exists");
        assert_eq!(
            (page.tags[0].resource_id.as_str(), page.tags[0].value.as_str()),
            ("db", "core")
        );
        assert_eq!(tags(&engine, &[&other], &[]), ["env=test"]);
    }

    #[test]
    fn tags_are_read_page_by_page() {
        let engine = engine();
        for tag in ["a", "b", "c"] {
            key(&engine, &[(tag, "1"), ("all", "2"), ("last", "3")]);
        }
        let mut token = None;
        let mut read = Vec::new();
        for expected in [4, 4, 1] {
            let page = engine
                .list_tag_resources(ResourceType::Key, &[], &[], token.as_deref(), 4)
                .expect("the token is valid");
            assert_eq!(page.tags.len(), expected);
            read.extend(page.tags);
            token = page.next_token;
        }
        assert_eq!(token, None);
        assert_eq!(read.len(), 9);
        let mut ids: Vec<_> = read.iter().map(|tag| (&tag.resource_id, &tag.key)).collect();
        ids.dedup();
        assert_eq!(ids.len(), 9);
        assert!(ids.is_sorted());
    }

    #[test]
    fn filters_select_resources_that_have_all_of_the_tags() {
        let engine = engine();
        key(&engine, &[("env", "prod"), ("team", "core")]);
        key(&engine, &[("env", "prod")]);
        key(&engine, &[("env", "dev"), ("team", "core")]);
        let filter = |key: &str, value: Option<&str>| TagFilter {
            key: key.to_owned(),
            value: value.map(str::to_owned),
        };
        let prod = filter("env", Some("prod"));
        assert_eq!(tags(&engine, &[], std::slice::from_ref(&prod)).len(), 3);
        assert_eq!(tags(&engine, &[], &[prod, filter("team", None)]), ["env=prod", "team=core"]);
        assert!(tags(&engine, &[], &[filter("env", Some("test"))]).is_empty());
    }

    #[test]
    fn an_unknown_resource_changes_none() {
        let engine = engine();
        let key = key(&engine, &[]);
        let tagged = engine.tag_resources(ResourceType::Key, &[&key, "key-0"], &[pair("a", "b")]);
        assert_eq!(tagged, Err(Fault::key_not_found()));
        assert!(tags(&engine, &[&key], &[]).is_empty());
    }

    #[test]
    fn a_resource_has_up_to_twenty_tags() {
        let engine = engine();
        let key = key(&engine, &[]);
        let twenty: Vec<_> = (0..20).map(|n| pair(&format!("tag{n}"), "")).collect();
        let tag = |tags: &[TagPair]| engine.tag_resources(ResourceType::Key, &[&key], tags);
        tag(&twenty).expect("twenty are allowed");
        tag(&[pair("tag7", "new")]).expect("a new value is no new tag");
        assert_eq!(tag(&[pair("tag20", "")]), Err(Fault::limit_exceeded()));
    }

    #[test]
    fn tags_and_tokens_outside_the_rules_are_refused() {
        let engine = engine();
        let key = key(&engine, &[]);
        let tag = |pair| engine.tag_resources(ResourceType::Key, &[&key], &[pair]);
        assert_eq!(tag(pair("", "x")), Err(Fault::invalid("TagKey")));
        assert_eq!(tag(pair(&"x".repeat(129), "x")), Err(Fault::invalid("TagKey")));
        assert_eq!(tag(pair("x", &"x".repeat(129))), Err(Fault::invalid("TagValue")));
        for token in ["", "!", "eA"] {
            let page = engine.list_tag_resources(ResourceType::Key, &[], &[], Some(token), 1);
            assert_eq!(page, Err(Fault::invalid("NextToken")), "{token}");
        }
        assert_eq!(ResourceType::parse("certificate"), Err(Fault::invalid("ResourceType")));
        assert_eq!(ResourceType::parse(""), Err(Fault::missing("ResourceType")));
        for resource_type in [ResourceType::Key, ResourceType::Secret] {
            assert_eq!(ResourceType::parse(resource_type.as_str()), Ok(resource_type));
        }
    }

    fn tags(engine: &Engine, keys: &[&str], filters: &[TagFilter]) -> Vec<String> {
        let page = engine.list_tag_resources(ResourceType::Key, keys, filters, None, 100);
        let tags = page.expect("the keys exist").tags;
        tags.iter().map(|tag| format!("{}={}", tag.key, tag.value)).collect()
    }

    fn key(engine: &Engine, tags: &[(&str, &str)]) -> String {
        let new = NewKey { tags: pairs(tags), ..NewKey::default() };
        engine.create_key(new).expect("the key is valid").key_id
    }

    fn secret(engine: &Engine, name: &str, tags: &[(&str, &str)]) {
        let version = NewSecretVersion {
            version_id: "v1".to_owned(),
            data: "data".to_owned().into(),
            data_type: SecretDataType::Text,
        };
        let (name, description) = (name.to_owned(), String::new());
        let new = NewSecret { name, description, version, tags: pairs(tags) };
        engine.create_secret(new).expect("the secret is valid");
    }

    fn pairs(tags: &[(&str, &str)]) -> Vec<TagPair> {
        tags.iter().map(|(key, value)| pair(key, value)).collect()
    }

    fn pair(key: &str, value: &str) -> TagPair {
        TagPair { key: key.to_owned(), value: value.to_owned() }
    }
}
