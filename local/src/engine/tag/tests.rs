//! Setting, listing and removing tags.

use std::time::Duration;

use super::super::testing::{engine, engine_and_clock};
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
    assert_eq!((page.tags[0].resource_id.as_str(), page.tags[0].value.as_str()), ("db", "core"));
    assert_eq!(tags(&engine, &[&other], &[]), ["env=test"]);
}

#[test]
fn tags_go_with_a_secret_when_its_deletion_is_due() {
    let (engine, clock) = engine_and_clock();
    secret(&engine, "db", &[("team", "core")]);
    engine.delete_secret("db", Some(7)).expect("it is there");
    let listed = || {
        let page = engine.list_tag_resources(ResourceType::Secret, &[], &[], None, 10);
        page.expect("the page is valid").tags.len()
    };
    clock.advance(Duration::from_secs(7 * 24 * 60 * 60 - 1));
    assert_eq!(listed(), 1);
    clock.advance(Duration::from_secs(1));
    assert_eq!(listed(), 0);
    assert!(engine.read().secret_versions.is_empty());
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

#[test]
fn tags_are_removed_by_key_or_all_at_once() {
    let engine = engine();
    let other = key(&engine, &[("env", "test")]);
    let key = key(&engine, &[("env", "dev"), ("team", "core"), ("x", "y")]);
    let kind = ResourceType::Key;
    let untag = |keys: Option<&[String]>| engine.untag_resources(kind, &[&key], keys);
    untag(Some(&["env".to_owned(), "none".to_owned()])).expect("the key exists");
    assert_eq!(tags(&engine, &[&key], &[]), ["team=core", "x=y"]);
    let own = engine.list_key_tags(&key).expect("the key exists");
    assert_eq!(own.len(), 2);
    untag(None).expect("the key exists");
    assert!(tags(&engine, &[&key], &[]).is_empty());
    assert_eq!(tags(&engine, &[&other], &[]), ["env=test"]);
    assert_eq!(untag(Some(&["acs:x".to_owned()])), Err(Fault::invalid("TagKey")));
    let missing = engine.untag_resources(kind, &[&other, "key-0"], None);
    assert_eq!(missing, Err(Fault::key_not_found()));
    assert_eq!(tags(&engine, &[&other], &[]), ["env=test"]);
    assert_eq!(engine.list_key_tags("key-0"), Err(Fault::key_not_found()));
}

#[test]
fn reserved_and_odd_tag_keys_are_refused_and_those_of_the_list_are_not() {
    let engine = engine();
    let key = key(&engine, &[]);
    let tag = |key_: &str, value: &str| {
        engine.tag_resources(ResourceType::Key, &[&key], &[pair(key_, value)])
    };
    for name in ["acs:x", "aliyun", "aliyunx", "a*b", "a\tb"] {
        assert_eq!(tag(name, "x"), Err(Fault::invalid("TagKey")), "{name}");
    }
    assert_eq!(tag("x", "a*b"), Err(Fault::invalid("TagValue")));
    for name in ["a/b\\c_d-e.f+g=h:i@j", "环境", "xacs:", "x aliyun"] {
        assert_eq!(tag(name, name), Ok(()), "{name}");
    }
}

#[test]
fn one_request_names_up_to_fifty_resources_and_twenty_tags() {
    let engine = engine();
    let key = key(&engine, &[]);
    let many = vec![&*key; 51];
    let tagged = engine.tag_resources(ResourceType::Key, &many, &[pair("a", "b")]);
    assert_eq!(tagged, Err(Fault::invalid("ResourceId")));
    let tags: Vec<_> = (0..21).map(|n| pair(&format!("tag{n}"), "")).collect();
    let tagged = engine.tag_resources(ResourceType::Key, &[&key], &tags);
    assert_eq!(tagged, Err(Fault::invalid("Tag")));
    engine.tag_resources(ResourceType::Key, &many[1..], &[pair("a", "b")]).expect("fifty");
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
    let new = NewSecret { tags: pairs(tags), ..NewSecret::generic(name, version) };
    engine.create_secret(new).expect("the secret is valid");
}

fn pairs(tags: &[(&str, &str)]) -> Vec<TagPair> {
    tags.iter().map(|(key, value)| pair(key, value)).collect()
}

fn pair(key: &str, value: &str) -> TagPair {
    TagPair { key: key.to_owned(), value: value.to_owned() }
}
