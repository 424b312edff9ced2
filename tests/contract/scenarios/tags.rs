//! Tags, in both ways of naming them.

use serde_json::{Value, json};

use crate::world::World;

const INVALID: &str = "InvalidParameter";

fn of(world: &World, resources: &Value) -> Value {
    json!({"RegionId": world.region(), "ResourceType": "key", "ResourceId": resources})
}

pub(super) async fn a_page_has_200_tags(world: &World) {
    let mut keys = Vec::new();
    for _ in 0..11 {
        keys.push(world.key(json!({})).await);
    }
    let keys = json!(keys);
    let mut tag = of(world, &keys);
    tag["Tag"] = (0..20).map(|n| json!({"Key": format!("k{n}"), "Value": ""})).collect();
    world.ok("TagResources", tag).await;
    let page = world.ok("ListTagResources", of(world, &keys)).await;
    assert_eq!(page["TagResources"]["TagResource"].as_array().map(Vec::len), Some(200));
    let mut next = of(world, &keys);
    next["NextToken"] = page["NextToken"].clone();
    let page = world.ok("ListTagResources", next).await;
    assert_eq!(page["TagResources"]["TagResource"].as_array().map(Vec::len), Some(20));
}

pub(super) async fn resources_have_tags(world: &World) {
    let key = world.key(json!({})).await;
    let name = world.name("tagged");
    let secret = json!({"SecretName": name, "VersionId": "v1", "SecretData": "data"});
    world.secret(secret).await;
    let tags = r#"[{"TagKey":"a","TagValue":"1"}]"#;
    for resource in [json!({"KeyId": key}), json!({"SecretName": name})] {
        let mut tag = resource.clone();
        tag["Tags"] = tags.into();
        world.ok("TagResource", tag.clone()).await;
        tag["Tags"] = r#"[{"TagKey":"acs:a","TagValue":"1"}]"#.into();
        world.refused("TagResource", tag, 400, INVALID).await;
    }
    let listed = world.ok("ListResourceTags", json!({"KeyId": key})).await;
    assert_eq!(listed["Tags"]["Tag"][0]["TagKey"], "a");
    let mut tag = of(world, &json!([key]));
    tag["Tag"] = json!([{"Key": "b", "Value": "2"}]);
    world.ok("TagResources", tag.clone()).await;
    let listed = world.ok("ListTagResources", of(world, &json!([key]))).await;
    assert_eq!(listed["TagResources"]["TagResource"].as_array().map(Vec::len), Some(2));
    tag["ResourceType"] = "other".into();
    world.refused("TagResources", tag, 400, INVALID).await;
    let wrong = json!({"RegionId": world.region(), "ResourceType": "other"});
    world.refused("ListTagResources", wrong, 400, INVALID).await;
    let mut untag = of(world, &json!([key]));
    untag["TagKey"] = json!(["b"]);
    world.ok("UntagResources", untag.clone()).await;
    untag["ResourceType"] = "other".into();
    world.refused("UntagResources", untag, 400, INVALID).await;
    world.ok("UntagResource", json!({"KeyId": key, "TagKeys": r#"["a"]"#})).await;
    world.refused("UntagResource", json!({"KeyId": key, "TagKeys": "[1]"}), 400, INVALID).await;
    let listed = world.ok("ListResourceTags", json!({"KeyId": key})).await;
    assert!(listed["Tags"]["Tag"][0].is_null());
}
