//! The shared gateway's requests and errors, against a mock server.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use alibabacloud_kms::api::asymmetric::GetPublicKeyRequest;
use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::api::key::{CreateKeyRequest, DescribeKeyRequest, ListKeysRequest};
use alibabacloud_kms::api::secret::{
    BatchGetSecretValueRequest, CreateSecretRequest, GetSecretValueRequest, SecretToGet,
};
use alibabacloud_kms::api::tag::{ListTagResourcesRequest, Tag, TagResourcesRequest};
use alibabacloud_kms::api::values::KeyState;
use alibabacloud_kms::api::values::SecretType;
use alibabacloud_kms::{
    Clock, Credential, Error, ErrorKind, ExposeSecret, Gateway, InstanceGateway, KmsClient,
    OpenApiGateway, Outcome,
};
use mockito::{Matcher, Mock, Server, ServerGuard};

async fn server_and_client() -> (ServerGuard, KmsClient) {
    let server = Server::new_async().await;
    let client = client(&server, Credential::access_key("LTAI-test", "secret"));
    (server, client)
}

fn client(server: &ServerGuard, credential: Credential) -> KmsClient {
    let endpoint = server.url().parse().expect("an endpoint");
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_420_800);
    KmsClient::builder()
        .shared(OpenApiGateway::new(endpoint, credential))
        .clock(Clock::fixed(date))
        .build()
        .expect("a client")
}

fn action(server: &mut ServerGuard, name: &str) -> Mock {
    server
        .mock("POST", Matcher::Any)
        .match_header("x-acs-action", name)
        .match_header("x-acs-version", "2016-01-20")
}

#[tokio::test]
async fn a_request_has_its_parameters_in_the_query_and_the_headers_of_acs3() {
    let (mut server, client) = server_and_client().await;
    let authorization = "^ACS3-HMAC-SHA256 Credential=LTAI-test,SignedHeaders=host;x-acs-action;\
                         x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,\
                         Signature=[0-9a-f]{64}$";
    let mock = action(&mut server, "DescribeKey")
        .match_query(Matcher::Exact("KeyId=alias%2Fa%20b~%2A".into()))
        .match_header("x-acs-date", "2026-11-23T08:00:00Z")
        .match_header("x-acs-signature-nonce", Matcher::Regex("^[0-9a-f]{32}$".into()))
        .match_header("accept", "application/json")
        .match_header("user-agent", Matcher::Regex("^alibabacloud-kms-rust/".into()))
        .match_header("authorization", Matcher::Regex(authorization.into()))
        .match_header("content-type", Matcher::Missing)
        .match_body(Matcher::Exact(String::new()))
        .with_header("x-acs-trace-id", "trace")
        .with_body(r#"{"KeyMetadata":{"KeyId":"k","KeyState":"Enabled","New":1},"RequestId":"r"}"#)
        .create_async()
        .await;
    let pending = client.describe_key(DescribeKeyRequest::new("alias/a b~*"));
    let reply = pending.reply().await.expect("an answer");
    mock.assert_async().await;
    assert_eq!((reply.gateway(), reply.request_id()), (Gateway::Shared, Some("r")));
    assert_eq!((reply.status().as_u16(), reply.attempts()), (200, 1));
    assert_eq!(reply.headers()["x-acs-trace-id"], "trace");
    let response = reply.into_response::<DescribeKeyRequest>().expect("its response");
    let metadata = response.key_metadata;
    assert_eq!(metadata.key_state, Some(KeyState::Enabled));
    assert_eq!(metadata.arn, None);
}

#[tokio::test]
async fn secret_data_travels_in_the_form_and_never_in_the_url() {
    let (mut server, client) = server_and_client().await;
    let mock = action(&mut server, "CreateSecret")
        .match_query(Matcher::Exact("SecretName=db&VersionId=v1".into()))
        .match_header("content-type", "application/x-www-form-urlencoded")
        .match_body(Matcher::Exact("SecretData=pass%20word%26%E4%B8%AD".into()))
        .with_body(r#"{"SecretName":"db","VersionId":"v1","RequestId":"r"}"#)
        .create_async()
        .await;
    let request = CreateSecretRequest::new("db", "v1", "pass word&中");
    let response = client.create_secret(request).await.expect("an answer");
    mock.assert_async().await;
    assert_eq!(response.secret_name, "db");
}

#[tokio::test]
async fn lists_are_flattened_and_wrapped_lists_are_flat_for_the_user() {
    let (mut server, client) = server_and_client().await;
    let tagged = action(&mut server, "TagResources")
        .match_query(Matcher::Exact(
            "RegionId=cn&ResourceType=key&ResourceId.1=a&ResourceId.2=b&Tag.1.Key=t&Tag.1.Value="
                .into(),
        ))
        .with_body(r#"{"RequestId":"r"}"#)
        .create_async()
        .await;
    let tag = Tag::new().key("t").value("");
    let request = TagResourcesRequest::new("cn", "key", ["a", "b"], [tag]);
    client.tag_resources(request).await.expect("an answer");
    tagged.assert_async().await;

    action(&mut server, "ListTagResources")
        .with_body(
            r#"{"TagResources":{"TagResource":[{"ResourceId":"a","TagKey":"t","TagValue":""}]},
                "NextToken":null,"RequestId":"r"}"#,
        )
        .create_async()
        .await;
    let listed = client.list_tag_resources(ListTagResourcesRequest::new("cn", "key"));
    let listed = listed.await.expect("an answer");
    assert_eq!(listed.tag_resources.len(), 1);
    assert_eq!(listed.tag_resources[0].tag_key.as_deref(), Some("t"));
    assert_eq!(listed.next_token, None);

    action(&mut server, "ListKeys")
        .match_query(Matcher::Exact("PageNumber=2".into()))
        .with_body(
            r#"{"Keys":{"Key":[{"KeyId":"a"},{"KeyId":"b"}]},"TotalCount":"12","RequestId":"r"}"#,
        )
        .create_async()
        .await;
    let keys = client.list_keys(ListKeysRequest::new().page_number(2)).await.expect("an answer");
    let ids: Vec<&str> = keys.keys.iter().map(|key| key.key_id.as_str()).collect();
    assert_eq!((ids, keys.total_count), (vec!["a", "b"], 12));
}

#[tokio::test]
async fn a_temporary_credential_brings_its_token_and_a_bearer_token_no_signature() {
    let mut server = Server::new_async().await;
    let sts = action(&mut server, "GetSecretValue")
        .match_query(Matcher::Exact("SecretName=s".into()))
        .match_header("x-acs-accesskey-id", "STS.id")
        .match_header("x-acs-security-token", "token")
        .match_header("authorization", Matcher::Regex("x-acs-security-token".into()))
        .with_body(r#"{"SecretName":"s","SecretData":"data","VersionId":"v","RequestId":"r"}"#)
        .create_async()
        .await;
    let client = client(&server, Credential::sts("STS.id", "secret", "token"));
    let response = client.get_secret_value(GetSecretValueRequest::new("s")).await.expect("sts");
    sts.assert_async().await;
    assert_eq!(response.secret_data.expose_secret(), "data");

    let bearer = action(&mut server, "GetSecretValue")
        .match_query(Matcher::Exact("SecretName=s&SignatureType=BEARERTOKEN".into()))
        .match_header("x-acs-bearer-token", "bearer")
        .match_header("authorization", Matcher::Missing)
        .with_body(r#"{"SecretName":"s","SecretData":"data","VersionId":"v","RequestId":"r"}"#)
        .create_async()
        .await;
    let call = client.get_secret_value(GetSecretValueRequest::new("s"));
    call.credential(Credential::bearer("bearer")).await.expect("the call's own credential");
    bearer.assert_async().await;
}

/// Answers `DescribeKey` with this and gives the error.
async fn error_of(status: usize, body: &str) -> Error {
    let (mut server, client) = server_and_client().await;
    action(&mut server, "DescribeKey").with_status(status).with_body(body).create_async().await;
    let call = client.describe_key(DescribeKeyRequest::new("k")).max_attempts(1);
    call.await.expect_err("an error")
}

#[tokio::test]
async fn a_refusal_has_all_that_the_service_said() {
    let error = error_of(
        403,
        r#"{"Code":"Forbidden.NoPermission","Message":"no","RequestId":"r","HostId":"kms.h",
            "Recommend":"https://api.aliyun.com/x",
            "AccessDeniedDetail":{"PolicyType":"AccountLevelIdentityBasedPolicy","N":1}}"#,
    )
    .await;
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Service, Outcome::Answered));
    assert!(!error.is_retryable() && !error.is_throttled());
    let service = error.service().expect("the service's words");
    assert_eq!(service.code(), Some("Forbidden.NoPermission"));
    assert_eq!(service.message(), Some("no"));
    assert_eq!(service.request_id(), Some("r"));
    assert_eq!(service.status().map(|status| status.as_u16()), Some(403));
    assert_eq!(service.host_id(), Some("kms.h"));
    assert_eq!(service.recommendation(), Some("https://api.aliyun.com/x"));
    let detail = service.access_denied_detail().expect("a detail");
    assert_eq!(detail["PolicyType"], "AccountLevelIdentityBasedPolicy");
    assert_eq!(detail["N"], "1");
}

#[tokio::test]
async fn an_xml_refusal_is_read_too() {
    let xml = "<?xml version='1.0'?><Error><RequestId>r</RequestId><Code>Forbidden.X</Code>\
               <Message>a &lt; b</Message></Error>";
    let error = error_of(400, xml).await;
    assert_eq!((error.code(), error.request_id()), (Some("Forbidden.X"), Some("r")));
    assert_eq!(error.service().and_then(|service| service.message()), Some("a < b"));
}

#[tokio::test]
async fn what_a_signature_refusal_echoes_is_never_shown() {
    let error = error_of(
        400,
        r#"{"Code":"SignatureDoesNotMatch","RequestId":"r",
            "Message":"server string to sign is:ACS3-HMAC-SHA256\nKeyId=echoed-parameter"}"#,
    )
    .await;
    assert_eq!(error.code(), Some("SignatureDoesNotMatch"));
    assert!(!format!("{error} {error:?}").contains("echoed-parameter"));
}

/// The nonces of the requests to one action, and a server that answers them alike.
async fn counted(
    server: &mut ServerGuard,
    name: &str,
    status: usize,
    body: &'static str,
) -> Arc<Mutex<Vec<String>>> {
    let nonces = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&nonces);
    action(server, name)
        .with_status(status)
        .with_header("x-acs-retry-after", "1")
        .with_body_from_request(move |request| {
            let nonce = request.header("x-acs-signature-nonce")[0].to_str().expect("a text");
            seen.lock().expect("no panic before").push(nonce.to_owned());
            body.into()
        })
        .create_async()
        .await;
    nonces
}

#[tokio::test]
async fn three_attempts_mean_three_requests_each_signed_anew() {
    let (mut server, client) = server_and_client().await;
    let refusal = r#"{"Code":"ServiceUnavailableTemporary","Message":"m","RequestId":"r"}"#;
    let nonces = counted(&mut server, "Encrypt", 503, refusal).await;
    let error = client.encrypt(EncryptRequest::new("k", "t")).await.expect_err("an outage");
    assert_eq!(error.attempts(), 3);
    assert!(error.is_retryable());
    let nonces = nonces.lock().expect("no panic before");
    let distinct: HashSet<&String> = nonces.iter().collect();
    assert_eq!((nonces.len(), distinct.len()), (3, 3));
}

#[tokio::test]
async fn an_action_that_is_not_idempotent_is_repeated_after_throttling_only() {
    let (mut server, client) = server_and_client().await;
    let fault = r#"{"Code":"InternalFailure","Message":"m","RequestId":"r"}"#;
    let nonces = counted(&mut server, "CreateKey", 500, fault).await;
    let request = || CreateKeyRequest::new().dkms_instance_id("kst").rotation_interval("365d");
    let error = client.create_key(request()).await.expect_err("a fault");
    assert_eq!((error.attempts(), nonces.lock().expect("no panic").len()), (1, 1));
    assert!(!error.is_retryable());

    server.reset();
    let throttled = r#"{"Code":"Throttling.User","Message":"m","RequestId":"r"}"#;
    let nonces = counted(&mut server, "CreateKey", 400, throttled).await;
    let error = client.create_key(request()).await.expect_err("throttled");
    assert_eq!((error.attempts(), nonces.lock().expect("no panic").len()), (3, 3));
    assert!(error.is_throttled() && error.is_retryable());
    assert_eq!(error.retry_after(), Some(Duration::from_millis(1)));
}

#[tokio::test]
async fn a_call_may_say_that_it_is_idempotent_and_how_often_to_try() {
    let (mut server, client) = server_and_client().await;
    let fault = r#"{"Code":"InternalFailure","Message":"m","RequestId":"r"}"#;
    let nonces = counted(&mut server, "CreateKey", 500, fault).await;
    let request = CreateKeyRequest::new().dkms_instance_id("kst").rotation_interval("365d");
    let error = client.create_key(request).idempotent(true).max_attempts(2).await;
    assert_eq!(error.expect_err("a fault").attempts(), 2);
    assert_eq!(nonces.lock().expect("no panic").len(), 2);
}

#[tokio::test]
async fn what_the_shared_gateway_must_have_is_missed_before_any_io() {
    let (mut server, client) = server_and_client().await;
    let never = server.mock("POST", Matcher::Any).expect(0).create_async().await;
    let request = GetPublicKeyRequest::new("key");
    let error = client.get_public_key(request).await.expect_err("no key version");
    assert_eq!((error.kind(), error.code()), (ErrorKind::Encode, Some("MissingParameter")));
    never.assert_async().await;
}

#[tokio::test]
async fn an_instance_with_a_credential_speaks_rpc_and_transfers_nothing() {
    let mut server = Server::new_async().await;
    let endpoint = server.url().parse().expect("an endpoint");
    let instance =
        InstanceGateway::with_credential(endpoint, Credential::access_key("LTAI-test", "secret"));
    let client = KmsClient::builder().instance(instance).build().expect("a client");
    let mock = action(&mut server, "Encrypt")
        .match_query(Matcher::Exact("KeyId=k&Plaintext=t".into()))
        .match_header("x-kms-apiname", Matcher::Missing)
        .with_body(r#"{"KeyId":"k","KeyVersionId":"v","CiphertextBlob":"YQ==","RequestId":"r"}"#)
        .create_async()
        .await;
    let reply = client.encrypt(EncryptRequest::new("k", "t")).reply().await.expect("an answer");
    mock.assert_async().await;
    assert_eq!(reply.gateway(), Gateway::Instance);
}

#[tokio::test]
async fn a_batch_gives_the_secrets_that_it_could_and_why_not_the_others() {
    let (mut server, client) = server_and_client().await;
    let list = "%5B%7B%22SecretName%22%3A%22a%22%7D%2C%7B%22SecretName%22%3A%22b%22%7D%5D";
    let mock = action(&mut server, "BatchGetSecretValue")
        .match_query(Matcher::Exact(format!("SecretsList={list}")))
        .with_body(
            r#"{"SecretValues":[{"SecretName":"a","SecretData":"data","SecretType":"NewType",
                  "VersionId":"v","VersionStages":{"VersionStage":["ACSCurrent"]}}],
                "Errors":[{"SecretName":"b","Code":"Forbidden.ResourceNotFound","HttpStatus":404}],
                "RequestId":"r"}"#,
        )
        .create_async()
        .await;
    let request = BatchGetSecretValueRequest::new().secrets_list(["a", "b"].map(SecretToGet::new));
    let batch = client.batch_get_secret_value(request).await.expect("an answer");
    mock.assert_async().await;
    let [value] = &batch.secret_values[..] else { panic!("one value: {batch:?}") };
    assert_eq!(value.secret_data.expose_secret(), "data");
    assert_eq!(value.version_stages, ["ACSCurrent"]);
    let kept = SecretType::Other("NewType".to_owned());
    assert_eq!(value.secret_type, Some(kept), "what is not known is kept");
    let [failure] = &batch.errors[..] else { panic!("one failure: {batch:?}") };
    assert_eq!(failure.secret_name, "b");
    assert_eq!(failure.code.as_deref(), Some("Forbidden.ResourceNotFound"));
    assert_eq!(failure.http_status, Some(404));
}
