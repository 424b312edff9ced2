//! Instances and the account: fixed answers of a local gateway.

use serde_json::json;

use crate::world::{World, text};

const NOT_FOUND: &str = "Forbidden.ResourceNotFound";

pub(super) async fn the_instance_is_described(world: &World) {
    let default = world.ok("GetDefaultKmsInstance", json!({})).await;
    let id = text(&default["DefaultKmsInstanceId"]);
    let listed = world.ok("ListKmsInstances", json!({})).await;
    assert_eq!(listed["KmsInstances"]["KmsInstance"][0]["KmsInstanceId"], id);
    let of = json!({"KmsInstanceId": id});
    let none = json!({"KmsInstanceId": "kst-none"});
    let described = world.ok("GetKmsInstance", of.clone()).await;
    assert_eq!(described["KmsInstance"]["Status"], "Connected");
    let quotas = world.ok("GetKmsInstanceQuotaInfos", of.clone()).await;
    assert_eq!(quotas["KmsInstanceQuotaInfos"].as_array().map(Vec::len), Some(3));
    for action in ["GetKmsInstance", "GetKmsInstanceQuotaInfos", "ReleaseKmsInstance"] {
        world.refused(action, none.clone(), 404, NOT_FOUND).await;
    }
    world.ok("ReleaseKmsInstance", of).await;
    let connect = |id: &str| {
        json!({"KmsInstanceId": id, "KMProvider": "Aliyun", "VpcId": "vpc-1",
            "VSwitchIds": "vsw-1", "ZoneIds": "cn-hangzhou-a,cn-hangzhou-b"})
    };
    world.ok("ConnectKmsInstance", connect(&id)).await;
    world.refused("ConnectKmsInstance", connect("kst-none"), 404, NOT_FOUND).await;
    let bind = |id: &str| json!({"KmsInstanceId": id, "BindVpcs": "[]"});
    world.ok("UpdateKmsInstanceBindVpc", bind(&id)).await;
    world.refused("UpdateKmsInstanceBindVpc", bind("kst-none"), 404, NOT_FOUND).await;
    world.refused("ListKmsInstances", json!({"PageSize": 101}), 400, "InvalidParameter").await;
}

pub(super) async fn the_account_is_enabled(world: &World) {
    let status = world.ok("DescribeAccountKmsStatus", json!({})).await;
    assert_eq!(status["AccountStatus"], "Enabled");
    world.ok("OpenKmsService", json!({})).await;
    let regions = world.ok("DescribeRegions", json!({})).await;
    assert_eq!(regions["Regions"]["Region"][0]["RegionId"], "cn-hangzhou");
}
