//! Aliases.

use serde_json::json;

use crate::world::World;

pub(super) async fn an_alias_names_one_key_at_a_time(world: &World) {
    let (key, other) = (world.key(json!({})).await, world.key(json!({})).await);
    let alias = format!("alias/{}", world.name("app"));
    let of = |key: &str| json!({"AliasName": alias, "KeyId": key});
    world.ok("CreateAlias", of(&key)).await;
    world.undo("DeleteAlias", json!({"AliasName": alias}));
    world.refused("CreateAlias", of(&other), 400, "AliasAlreadyExists").await;
    world
        .refused("CreateAlias", json!({"AliasName": "app", "KeyId": key}), 400, "InvalidParameter")
        .await;
    world.ok("UpdateAlias", of(&other)).await;
    let described = world.ok("DescribeKey", json!({"KeyId": alias})).await;
    assert_eq!(described["KeyMetadata"]["KeyId"], other);
    let listed = world.ok("ListAliasesByKeyId", json!({"KeyId": other})).await;
    assert_eq!(listed["Aliases"]["Alias"][0]["AliasName"], alias);
    let listed = world.ok("ListAliases", json!({"PageSize": 100})).await;
    assert!(listed["TotalCount"].as_u64() >= Some(1));
    world.refused("ListAliases", json!({"PageSize": 101}), 400, "InvalidParameter").await;
    let schedule = json!({"KeyId": key, "PendingWindowInDays": 7});
    world.ok("ScheduleKeyDeletion", schedule).await;
    world.refused("UpdateAlias", of(&key), 409, "Rejected.PendingDeletion").await;
    let new = json!({"AliasName": format!("{alias}-new"), "KeyId": key});
    world.refused("CreateAlias", new, 409, "Rejected.StateModifiedFailed").await;
    world.ok("CancelKeyDeletion", json!({"KeyId": key})).await;
    world.ok("DeleteAlias", json!({"AliasName": alias})).await;
    let gone = "Forbidden.AliasNotFound";
    world.refused("DeleteAlias", json!({"AliasName": alias}), 404, gone).await;
    world.refused("UpdateAlias", of(&key), 404, gone).await;
    world.refused("DescribeKey", json!({"KeyId": alias}), 404, gone).await;
}
