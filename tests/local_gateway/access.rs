//! Access points, their policies, network rules and client keys; instances and the account.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use alibabacloud_kms::api::account::{DescribeAccountKmsStatusRequest, OpenKmsServiceRequest};
use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::api::instance::{
    GetDefaultKmsInstanceRequest, GetKmsInstanceQuotaInfosRequest, GetKmsInstanceRequest,
    ListKmsInstancesRequest,
};
use alibabacloud_kms::api::network::{
    CreateApplicationAccessPointRequest, CreateClientKeyRequest, CreateNetworkRuleRequest,
    DeleteApplicationAccessPointRequest, DeleteClientKeyRequest, DeleteNetworkRuleRequest,
    DescribeApplicationAccessPointRequest, DescribeNetworkRuleRequest, GetClientKeyRequest,
    ListApplicationAccessPointsRequest, ListClientKeysRequest, ListNetworkRulesRequest,
    UpdateApplicationAccessPointRequest, UpdateNetworkRuleRequest,
};
use alibabacloud_kms::api::policy::{
    CreatePolicyRequest, DeletePolicyRequest, DescribePolicyRequest, ListPoliciesRequest,
    UpdatePolicyRequest,
};
use alibabacloud_kms::{ClientKey, Clock, ExposeSecret, InstanceGateway, KmsClient};
use alibabacloud_kms_local::{DEFAULT_KEY, LocalGateway};

use crate::signatures::{Signed, Signer};
use crate::{builder, client, gateway, refusal};

const KEY_USER: &str = r#"["RbacPermission/Template/CryptoServiceKeyUser"]"#;
const PASSWORD: &str = "password-1";

fn code(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// An access point with its policy and network rule.
async fn access_point(client: &KmsClient) {
    let rule = CreateNetworkRuleRequest::new("rule", "Private").source_private_ip("10.0.0.0/8");
    client.create_network_rule(rule).await.expect("the rule is new");
    let policy = CreatePolicyRequest::new("policy", KEY_USER, r#"["key/*","secret/*"]"#)
        .access_control_rules(r#"{"NetworkRules":["rule"]}"#);
    client.create_policy(policy).await.expect("the policy is new");
    let point = CreateApplicationAccessPointRequest::new("app", r#"["policy"]"#);
    client.create_application_access_point(point).await.expect("the access point is new");
}

#[tokio::test]
async fn access_points_policies_and_rules_are_kept_and_checked() {
    let gateway = gateway().await;
    let client = client(&gateway);
    access_point(&client).await;
    let point = || DescribeApplicationAccessPointRequest::new("app");
    let update = UpdateApplicationAccessPointRequest::new("app").description("changed");
    client.update_application_access_point(update).await.expect("it is there");
    let described = client.describe_application_access_point(point()).await.expect("it is there");
    assert_eq!(described.policies.as_deref(), Some(r#"["policy"]"#));
    assert_eq!(described.description.as_deref(), Some("changed"));
    let update = UpdatePolicyRequest::new("policy").resources(r#"["key/key-1"]"#);
    client.update_policy(update).await.expect("it is there");
    let policy = client.describe_policy(DescribePolicyRequest::new("policy")).await;
    let policy = policy.expect("it is there");
    assert_eq!(policy.resources, ["key/key-1"]);
    assert_eq!(policy.permissions.len(), 1);
    assert!(policy.access_control_rules.expect("it is kept").contains("rule"));
    let update = UpdateNetworkRuleRequest::new("rule").source_private_ip("10.0.0.1");
    client.update_network_rule(update).await.expect("it is there");
    let rule = client.describe_network_rule(DescribeNetworkRuleRequest::new("rule")).await;
    assert_eq!(rule.expect("it is there").source_private_ip.as_deref(), Some("10.0.0.1"));

    let points = client.list_application_access_points(ListApplicationAccessPointsRequest::new());
    assert_eq!(points.await.expect("a list").application_access_points[0].name, "app");
    let policies = client.list_policies(ListPoliciesRequest::new()).await.expect("a list");
    assert_eq!(policies.policies[0].name, "policy");
    let rules = client.list_network_rules(ListNetworkRulesRequest::new()).await.expect("a list");
    assert_eq!(rules.network_rules[0].name, "rule");

    let exists = code(409, "Rejected.ResourceExist");
    let again = CreateNetworkRuleRequest::new("rule", "Private");
    assert_eq!(refusal(client.create_network_rule(again).await), exists);
    let again = CreateApplicationAccessPointRequest::new("app", r#"["policy"]"#);
    assert_eq!(refusal(client.create_application_access_point(again).await), exists);
    let again = CreatePolicyRequest::new("policy", KEY_USER, r#"["key/*"]"#);
    assert_eq!(refusal(client.create_policy(again).await), exists);
    let invalid = code(400, "InvalidParameter");
    for (permissions, resources, rules, expected) in [
        ("[]", r#"["key/*"]"#, "", &invalid),
        (r#"["Everything"]"#, r#"["key/*"]"#, "", &invalid),
        (KEY_USER, r#"["alias/a"]"#, "", &invalid),
        (KEY_USER, "key/*", "", &invalid),
        (KEY_USER, r#"["key/*"]"#, "{}", &invalid),
        (
            KEY_USER,
            r#"["key/*"]"#,
            r#"{"NetworkRules":["none"]}"#,
            &code(404, "Forbidden.ResourceNotFound"),
        ),
    ] {
        let request =
            CreatePolicyRequest::new("other", permissions, resources).access_control_rules(rules);
        assert_eq!(&refusal(client.create_policy(request).await), expected, "{permissions}");
    }
    let wrong = CreateNetworkRuleRequest::new("other", "Public");
    assert_eq!(refusal(client.create_network_rule(wrong).await), invalid);
    let wrong = CreateNetworkRuleRequest::new("other", "Private").source_private_ip("10.0.0");
    assert_eq!(refusal(client.create_network_rule(wrong).await), invalid);
    let none = CreateApplicationAccessPointRequest::new("other", r#"["none"]"#);
    let none = client.create_application_access_point(none).await;
    assert_eq!(refusal(none), code(404, "Forbidden.ResourceNotFound"));

    let delete = DeleteApplicationAccessPointRequest::new("app");
    client.delete_application_access_point(delete).await.expect("it is there");
    client.delete_policy(DeletePolicyRequest::new("policy")).await.expect("it is there");
    client.delete_network_rule(DeleteNetworkRuleRequest::new("rule")).await.expect("it is there");
    let gone = client.describe_application_access_point(point()).await;
    assert_eq!(refusal(gone), code(404, "Forbidden.ResourceNotFound"));
}

#[tokio::test]
async fn a_created_client_key_opens_the_gateway_until_it_is_deleted_or_over() {
    const YEARS: u64 = 5 * 365 * 86_400;
    let seconds = Arc::new(AtomicU64::new(1_795_420_800));
    let now = Arc::clone(&seconds);
    let clock = Clock::new(move || {
        SystemTime::UNIX_EPOCH + Duration::from_secs(now.load(Ordering::SeqCst))
    });
    let gateway = LocalGateway::builder().clock(clock.clone()).start().await;
    let gateway = gateway.expect("the gateway starts");
    let client = builder(&gateway).clock(clock.clone()).build().expect("it is built");
    access_point(&client).await;
    let create = async || {
        let request = CreateClientKeyRequest::new("app", PASSWORD);
        let created = client.create_client_key(request).await.expect("it is created");
        let data = created.private_key_data.expose_secret();
        let id = created.client_key_id;
        let json = format!(r#"{{"KeyId":"{id}","PrivateKeyData":"{data}"}}"#);
        let key = ClientKey::from_content(&json.into(), &PASSWORD.into());
        key.expect("the password opens it")
    };
    let encrypt = async |key: &ClientKey| {
        let instance = InstanceGateway::new(gateway.endpoint(), key.clone());
        let client = KmsClient::builder().instance(instance).clock(clock.clone()).build();
        client.expect("it is built").encrypt(EncryptRequest::new(DEFAULT_KEY, "")).await
    };
    let unknown = code(404, "Unauthorized");

    let (one, two) = (create().await, create().await);
    encrypt(&one).await.expect("it opens the gateway");
    encrypt(&two).await.expect("it opens the gateway");
    let get = GetClientKeyRequest::new(one.key_id());
    let shown = client.get_client_key(get.clone()).await.expect("it is there");
    assert_eq!(shown.aap_name.as_deref(), Some("app"));
    assert_eq!(shown.not_after.as_deref(), Some("2031-11-22T08:00:00Z"));
    let list = ListClientKeysRequest::new().aap_name("app");
    let listed = client.list_client_keys(list).await.expect("a list");
    assert_eq!(listed.client_keys.len(), 2);

    let delete = || client.delete_client_key(DeleteClientKeyRequest::new(one.key_id()));
    delete().await.expect("it is there");
    assert_eq!(refusal(delete().await), code(404, "Forbidden.ResourceNotFound"));
    assert_eq!(refusal(client.get_client_key(get).await), code(404, "Forbidden.ResourceNotFound"));
    assert_eq!(refusal(encrypt(&one).await), unknown);
    seconds.fetch_add(YEARS - 1, Ordering::SeqCst);
    encrypt(&two).await.expect("it is valid for five years");
    seconds.fetch_add(1, Ordering::SeqCst);
    assert_eq!(refusal(encrypt(&two).await), unknown);

    let three = create().await;
    encrypt(&three).await.expect("it opens the gateway");
    let delete = DeleteApplicationAccessPointRequest::new("app");
    client.delete_application_access_point(delete).await.expect("it is there");
    assert_eq!(refusal(encrypt(&three).await), unknown);
}

#[tokio::test]
async fn a_created_client_key_signs_requests_of_the_rpc_dialect_too() {
    let gateway = gateway().await;
    let client = client(&gateway);
    access_point(&client).await;
    let request = CreateClientKeyRequest::new("app", PASSWORD);
    let created = client.create_client_key(request).await.expect("it is created");
    let json = format!(
        r#"{{"KeyId":"{}","PrivateKeyData":"{}"}}"#,
        created.client_key_id,
        created.private_key_data.expose_secret()
    );
    let key = ClientKey::from_content(&json.into(), &PASSWORD.into()).expect("it opens");
    let request = || Signed::new(&Signer::ClientKey(key.clone()), "POST", "ListKeys");
    assert_eq!(request().send(&gateway, &[]).await.0, 200);
    let delete = DeleteClientKeyRequest::new(key.key_id());
    client.delete_client_key(delete).await.expect("it is there");
    let (status, body) = request().send(&gateway, &[]).await;
    assert_eq!(status, 404);
    assert!(body.contains("InvalidAccessKeyId.NotFound"), "{body}");
}

#[tokio::test]
async fn client_keys_that_cannot_be_are_refused() {
    let gateway = gateway().await;
    let client = client(&gateway);
    access_point(&client).await;
    let new = |point: &str, password: &str| CreateClientKeyRequest::new(point, password);
    let invalid = code(400, "InvalidParameter");
    let (early, late) = ("2026-11-23T08:00:00Z", "2027-11-23T08:00:00Z");
    for (request, expected) in [
        (new("app", "abcdefgh"), &invalid),
        (new("app", "short-1"), &invalid),
        (new("none", PASSWORD), &code(404, "Forbidden.ResourceNotFound")),
        (new("app", PASSWORD).not_after(late), &code(400, "MissingParameter")),
        (new("app", PASSWORD).not_before(late).not_after(early), &invalid),
        (new("app", PASSWORD).not_before("tomorrow"), &invalid),
    ] {
        assert_eq!(&refusal(client.create_client_key(request).await), expected);
    }
}

#[tokio::test]
async fn instances_and_the_account_are_fixed_answers() {
    let gateway = gateway().await;
    let client = client(&gateway);
    let status = client.describe_account_kms_status(DescribeAccountKmsStatusRequest::new()).await;
    let status = status.expect("it is open").account_status;
    assert_eq!(status.as_str(), "Enabled");
    client.open_kms_service(OpenKmsServiceRequest::new()).await.expect("it is open");
    let listed = client.list_kms_instances(ListKmsInstancesRequest::new()).await.expect("a list");
    let id = listed.kms_instances[0].kms_instance_id.clone();
    let default = client.get_default_kms_instance(GetDefaultKmsInstanceRequest::new()).await;
    assert_eq!(default.expect("there is one").default_kms_instance_id, Some(id.clone()));
    let instance = client.get_kms_instance(GetKmsInstanceRequest::new(id)).await;
    let status = instance.expect("it is there").kms_instance.status;
    assert_eq!(status.expect("it has a status").as_str(), "Connected");
    let quotas = GetKmsInstanceQuotaInfosRequest::new().resource_type("KeyNum");
    let quotas = client.get_kms_instance_quota_infos(quotas).await.expect("there are quotas");
    assert_eq!(quotas.kms_instance_quota_infos[0].resource_quota, Some(1000));
    let other = client.get_kms_instance(GetKmsInstanceRequest::new("kst-other")).await;
    assert_eq!(refusal(other), code(404, "Forbidden.ResourceNotFound"));
}
