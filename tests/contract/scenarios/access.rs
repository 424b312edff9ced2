//! Access points, their policies and network rules, and client keys.

use serde_json::{Value, json};

use crate::world::{World, text};

const INVALID: &str = "InvalidParameter";
const NOT_FOUND: &str = "Forbidden.ResourceNotFound";
const EXISTS: &str = "Rejected.ResourceExist";

/// The requests that make a rule, a policy and an access point.
fn requests(world: &World) -> [Value; 3] {
    let [rule, policy, point] = ["rule", "policy", "app"].map(|of| world.name(of));
    [
        json!({"Name": rule, "Type": "Private", "SourcePrivateIp": "10.0.0.0/8"}),
        json!({"Name": policy, "Resources": r#"["key/*"]"#,
            "Permissions": r#"["RbacPermission/Template/CryptoServiceKeyUser"]"#,
            "AccessControlRules": json!({"NetworkRules": [rule]}).to_string()}),
        json!({"Name": point, "Policies": json!([policy]).to_string()}),
    ]
}

pub(super) async fn access_points_have_policies_and_rules(world: &World) {
    let made = requests(world);
    let kinds = [
        ("NetworkRule", "ListNetworkRules", "NetworkRules", "SourcePrivateIp"),
        ("Policy", "ListPolicies", "Policies", "Permissions"),
        (
            "ApplicationAccessPoint",
            "ListApplicationAccessPoints",
            "ApplicationAccessPoints",
            "Policies",
        ),
    ];
    let none = json!({"Name": world.name("none")});
    for ((kind, list, listed, field), request) in kinds.iter().zip(&made) {
        let [create, describe, update] =
            ["Create", "Describe", "Update"].map(|what| format!("{what}{kind}"));
        world.ok(&create, request.clone()).await;
        world.refused(&create, request.clone(), 409, EXISTS).await;
        let mut wrong = request.clone();
        wrong["Name"] = "a b".into();
        world.refused(&create, wrong, 400, INVALID).await;
        let name = &request["Name"];
        let described = world.ok(&describe, json!({"Name": name})).await;
        assert!(text(&described["Arn"]).ends_with(&text(name)), "{described}");
        world.ok(&update, json!({"Name": name, "Description": "text"})).await;
        let mut wrong = json!({"Name": name});
        wrong[*field] = "nonsense".into();
        world.refused(&update, wrong, 400, INVALID).await;
        world.refused(&update, none.clone(), 404, NOT_FOUND).await;
        world.refused(&describe, none.clone(), 404, NOT_FOUND).await;
        let page = world.ok(list, json!({})).await;
        assert!(page[*listed].to_string().contains(&name.to_string()), "{page}");
        world.refused(list, json!({"PageSize": 101}), 400, INVALID).await;
    }
    for ((kind, ..), request) in kinds.iter().zip(&made).rev() {
        let delete = format!("Delete{kind}");
        world.ok(&delete, json!({"Name": request["Name"]})).await;
        world.refused(&delete, none.clone(), 404, NOT_FOUND).await;
    }
}

pub(super) async fn client_keys_are_made_for_access_points(world: &World) {
    let [rule, policy, point] = requests(world);
    let name = point["Name"].clone();
    for (create, request) in [
        ("CreateNetworkRule", rule),
        ("CreatePolicy", policy),
        ("CreateApplicationAccessPoint", point),
    ] {
        world.ok(create, request).await;
    }
    let create = |point: &Value, password: &str| json!({"AapName": point, "Password": password});
    let made = world.ok("CreateClientKey", create(&name, "password-1")).await;
    world.refused("CreateClientKey", create(&name, "short"), 400, INVALID).await;
    let none = json!(world.name("none"));
    world.refused("CreateClientKey", create(&none, "password-1"), 404, NOT_FOUND).await;
    let id = json!({"ClientKeyId": made["ClientKeyId"]});
    let got = world.ok("GetClientKey", id.clone()).await;
    assert_eq!(got["AapName"], name);
    let listed = world.ok("ListClientKeys", json!({"AapName": name})).await;
    assert_eq!(listed["ClientKeys"][0]["ClientKeyId"], made["ClientKeyId"]);
    world.ok("DeleteClientKey", id.clone()).await;
    for action in ["GetClientKey", "DeleteClientKey"] {
        world.refused(action, id.clone(), 404, NOT_FOUND).await;
    }
}
