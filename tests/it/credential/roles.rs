//! Roles that STS gives: the exact requests, and what becomes of the answers.

use std::collections::BTreeMap;
use std::time::Duration;

use alibabacloud_kms::credential::{OidcRole, RamRole, Role, Sts};
use alibabacloud_kms::{Credential, ProvideCredential};
use mockito::{Matcher, Server};

use super::world::{Home, IN_AN_HOUR, TempFile, World, error_of, id_of, issued};

const ROLE: &str = "acs:ram::1234567890123456:role/app";
const PROVIDER: &str = "acs:ram::1234567890123456:oidc-provider/ack";

fn role() -> Role {
    Role::new(ROLE).and_then(|role| role.session_name("billing")).expect("a role")
}

fn assumed(id: &str) -> String {
    format!(
        r#"{{"RequestId":"r","AssumedRoleUser":{{"Arn":"a"}},"Credentials":{}}}"#,
        issued(id, IN_AN_HOUR)
    )
}

#[tokio::test]
async fn assume_role_is_this_request() {
    let mut server = Server::new_async().await;
    let world = World::new(&server);
    server.mock("POST", "/").with_body(assumed("role-key")).create_async().await;
    let role = role()
        .duration(Duration::from_secs(900))
        .and_then(|role| role.policy(r#"{"Version": "1"}"#))
        .expect("a role");
    let provider = RamRole::new(role, Credential::access_key("id", "secret"), &world.environment())
        .external_id("order 7/€")
        .expect("an external id")
        .cached();
    assert_eq!(id_of(provider.provide().await), "role-key");
    assert_eq!(
        world.requests(),
        ["POST https://sts.aliyuncs.com/\n\
          accept: application/json\n\
          authorization: ACS3-HMAC-SHA256 Credential=id,SignedHeaders=content-type;host;\
          x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,\
          Signature=a6467535f6b2a66eecb89598b78072a997897c6637639f6b21404863b1d5ab6a\n\
          content-type: application/x-www-form-urlencoded\n\
          host: sts.aliyuncs.com\n\
          user-agent: alibabacloud-kms-rust/0.1.0\n\
          x-acs-action: AssumeRole\n\
          x-acs-content-sha256: dd9a63b121658a70f44aaab9565df29f2e2039c50338c2eb7fdfc3878bfebaf5\n\
          x-acs-date: 2026-11-23T08:00:00Z\n\
          x-acs-signature-nonce: nonce-1\n\
          x-acs-version: 2015-04-01\n\
          RoleArn=acs%3Aram%3A%3A1234567890123456%3Arole%2Fapp&RoleSessionName=billing&\
          DurationSeconds=900&Policy=%7B%22Version%22%3A%20%221%22%7D&ExternalId=order%207%2F%E2%82%AC"]
    );
}

#[tokio::test]
async fn assume_role_with_oidc_is_this_request() {
    let mut server = Server::new_async().await;
    let world = World::new(&server);
    let query = Matcher::UrlEncoded("Action".into(), "AssumeRoleWithOIDC".into());
    let mock = server.mock("POST", "/").match_query(query);
    mock.with_body(assumed("role-key")).create_async().await;
    let file = TempFile::new("golden", "header.body.signature\n");
    let provider = OidcRole::new(role(), PROVIDER, file.path(), &world.environment())
        .expect("a role")
        .sts(Sts::vpc("cn-hangzhou").expect("a region"))
        .cached();
    assert_eq!(id_of(provider.provide().await), "role-key");
    assert_eq!(
        world.requests(),
        ["POST https://sts-vpc.cn-hangzhou.aliyuncs.com/?Action=AssumeRoleWithOIDC&Format=JSON&\
          Timestamp=2026-11-23T08%3A00%3A00Z&Version=2015-04-01\n\
          accept: application/json\n\
          content-type: application/x-www-form-urlencoded\n\
          host: sts-vpc.cn-hangzhou.aliyuncs.com\n\
          user-agent: alibabacloud-kms-rust/0.1.0\n\
          OIDCToken=header.body.signature&\
          OIDCProviderArn=acs%3Aram%3A%3A1234567890123456%3Aoidc-provider%2Fack&\
          RoleArn=acs%3Aram%3A%3A1234567890123456%3Arole%2Fapp&RoleSessionName=billing&\
          DurationSeconds=3600"]
    );
}

/// What the official Python package 1.0.12 asks STS for, with the same settings.
const RECORDED: &str = include_str!("../../data/vectors/sts.json");

/// The parameters of a request, wherever they stand.
fn parameters(request: &str) -> BTreeMap<String, String> {
    let (head, form) = request.rsplit_once('\n').expect("lines");
    let uri = head.lines().next().and_then(|line| line.split(' ').nth(1)).expect("a URI");
    let query = uri.split_once('?').map_or("", |(_, query)| query);
    let pairs = query.split('&').chain(form.split('&')).filter(|pair| !pair.is_empty());
    let decoded = |text: &str| {
        let text = percent_encoding::percent_decode_str(text).decode_utf8();
        text.expect("UTF-8").into_owned()
    };
    let pairs = pairs.map(|pair| pair.split_once('=').expect("a pair"));
    pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
}

#[tokio::test]
async fn sts_is_asked_for_what_the_official_client_asks_for() {
    let recorded: serde_json::Value = serde_json::from_str(RECORDED).expect("JSON");
    let mut server = Server::new_async().await;
    server.mock("POST", Matcher::Any).with_body(assumed("key")).create_async().await;
    let world = World::new(&server);
    let environment = world.environment();
    let role = role()
        .duration(Duration::from_secs(900))
        .and_then(|role| role.policy(r#"{"Version": "1"}"#))
        .expect("a role");
    let file = TempFile::new("recorded", "header.body.signature");
    let oidc = OidcRole::new(role.clone(), PROVIDER, file.path(), &environment).expect("a role");
    let oidc = oidc.sts(Sts::vpc("cn-hangzhou").expect("a region")).cached();
    let ram = RamRole::new(role, Credential::access_key("id", "secret"), &environment)
        .external_id("order 7/€")
        .expect("an external id")
        .sts(Sts::region("cn-hangzhou").expect("a region"))
        .cached();
    oidc.provide().await.expect("a credential");
    ram.provide().await.expect("a credential");
    let requests = world.requests();
    for (request, name) in requests.iter().zip(["assume_role_with_oidc", "assume_role"]) {
        let recorded = &recorded[name];
        let host = recorded["host"].as_str().expect("a host");
        assert!(request.contains(&format!("\nhost: {host}\n")), "{request}");
        let mut expected: BTreeMap<String, String> =
            serde_json::from_value(recorded["parameters"].clone()).expect("texts");
        if name == "assume_role" {
            // The official client signs with the older signature, whose parts are parameters; in ours
            // the action and the version are headers too.
            for part in ["AccessKeyId", "Format", "Timestamp"] {
                expected.remove(part);
            }
            expected.retain(|name, _| !name.starts_with("Signature"));
            let action = expected.remove("Action").expect("an action");
            let version = expected.remove("Version").expect("a version");
            assert!(request.contains(&format!("\nx-acs-action: {action}\n")));
            assert!(request.contains(&format!("\nx-acs-version: {version}\n")));
        }
        assert_eq!(parameters(request), expected, "{name}");
    }
}

#[tokio::test]
async fn the_token_is_read_anew_for_each_request() {
    let mut server = Server::new_async().await;
    server.mock("POST", Matcher::Any).with_body(assumed("key")).create_async().await;
    let world = World::new(&server);
    let file = TempFile::new("rotated", "token-1");
    let provider = OidcRole::new(role(), PROVIDER, file.path(), &world.environment());
    let provider = provider.expect("a role").cached();
    provider.provide().await.expect("a credential");
    std::fs::write(file.path(), "token-2").expect("a file");
    let refused = provider.provide().await.expect("a credential").identity();
    assert!(provider.refused(refused.expect("an identity")));
    provider.provide().await.expect("a credential");
    let requests = world.requests();
    assert!(requests[0].contains("OIDCToken=token-1&"));
    assert!(requests[1].contains("OIDCToken=token-2&"));
}

#[tokio::test]
async fn a_token_file_that_is_not_there_or_empty_is_an_error_that_names_it() {
    let world = World::at("127.0.0.1:1");
    for content in [None, Some(" \n"), Some("a\u{0}b")] {
        let file = TempFile::new("broken", content.unwrap_or_default());
        if content.is_none() {
            std::fs::remove_file(file.path()).expect("the file");
        }
        let provider = OidcRole::new(role(), PROVIDER, file.path(), &world.environment());
        let error = error_of(provider.expect("a role").cached().provide().await);
        if content != Some("a\u{0}b") {
            assert!(error.to_string().contains(&file.path().display().to_string()));
            assert_eq!(world.requests().len(), 0);
        }
    }
}

#[tokio::test]
async fn a_role_signs_for_the_next_and_a_source_that_is_refused_is_asked_once_more() {
    let mut server = Server::new_async().await;
    let of_first = Matcher::UrlEncoded("RoleArn".into(), "acs:ram::1:role/first".into());
    let of_second = Matcher::UrlEncoded("RoleArn".into(), "acs:ram::1:role/second".into());
    let first = server.mock("POST", "/").match_body(of_first);
    let first = first.with_body(assumed("first-key")).expect(2).create_async().await;
    let refusing = server.mock("POST", "/").match_body(of_second.clone());
    let refusing = refusing
        .match_header("x-acs-accesskey-id", "first-key")
        .with_status(403)
        .with_body(r#"{"Code":"InvalidSecurityToken.Expired","Message":"no","RequestId":"r"}"#)
        .expect(2)
        .create_async()
        .await;
    let world = World::new(&server);
    let environment = world.environment();
    let role = |name: &str| Role::new(format!("acs:ram::1:role/{name}")).expect("a role");
    let source = RamRole::new(role("first"), Credential::access_key("id", "secret"), &environment);
    let chained = RamRole::new(role("second"), source.cached(), &environment).cached();
    error_of(chained.provide().await);
    first.assert_async().await;
    refusing.assert_async().await;
    refusing.remove_async().await;
    let giving = server.mock("POST", "/").match_body(of_second);
    giving.with_body(assumed("second-key")).create_async().await;
    assert_eq!(id_of(chained.provide().await), "second-key");
}

#[test]
fn whoever_may_do_something_else_is_somebody_else() {
    let environment = World::at("127.0.0.1:1").environment();
    let source = || Credential::access_key("id", "secret");
    let ram = |role: Role| RamRole::new(role, source(), &environment);
    let other = || Role::new("acs:ram::1:role/other").expect("a role");
    let identities = [
        ram(role()).cached().identity(),
        ram(other()).cached().identity(),
        ram(role().policy("{}").expect("a policy")).cached().identity(),
        ram(role()).external_id("42").expect("an id").cached().identity(),
        RamRole::new(role(), Credential::access_key("id", "other"), &environment)
            .cached()
            .identity(),
        RamRole::new(role(), ram(role()).cached(), &environment).cached().identity(),
        OidcRole::new(role(), PROVIDER, "f", &environment).expect("a role").cached().identity(),
        OidcRole::new(role(), PROVIDER, "g", &environment).expect("a role").cached().identity(),
        source().identity(),
    ];
    for (index, one) in identities.iter().enumerate() {
        assert!(one.is_some());
        assert!(identities[index + 1..].iter().all(|other| other != one), "{index}");
    }
    assert_eq!(ram(role()).cached().identity(), identities[0]);
}

#[tokio::test]
async fn the_variables_say_where_sts_is() {
    for (region, vpc, host) in [
        ("", "", "sts.aliyuncs.com"),
        ("", "true", "sts.aliyuncs.com"),
        ("cn-beijing", "", "sts.cn-beijing.aliyuncs.com"),
        ("cn-beijing", "TRUE", "sts-vpc.cn-beijing.aliyuncs.com"),
    ] {
        let mut server = Server::new_async().await;
        server.mock("POST", Matcher::Any).with_body(assumed("key")).create_async().await;
        let mut world = World::new(&server);
        world.set("ALIBABA_CLOUD_STS_REGION", region);
        world.set("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED", vpc);
        let source = Credential::access_key("id", "secret");
        let provider = RamRole::new(role(), source, &world.environment()).cached();
        provider.provide().await.expect("a credential");
        assert!(world.requests()[0].starts_with(&format!("POST https://{host}/\n")));
    }
    let mut world = World::at("127.0.0.1:1");
    world.set("ALIBABA_CLOUD_STS_REGION", "no region");
    let source = Credential::access_key("id", "secret");
    let provider = RamRole::new(role(), source, &world.environment()).cached();
    let error = error_of(provider.provide().await);
    assert!(error.to_string().contains("ALIBABA_CLOUD_STS_REGION"));
    assert_eq!(world.requests().len(), 0);
}

#[tokio::test]
async fn a_variable_that_is_wrong_is_named_before_anything_is_asked() {
    let home = Home::new("oidc-wrong");
    home.put("token", "token");
    let token = home.path().join("token").display().to_string();
    let right = [
        ("ALIBABA_CLOUD_ROLE_ARN", ROLE),
        ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", PROVIDER),
        ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", &*token),
        ("ALIBABA_CLOUD_ROLE_SESSION_NAME", "billing"),
    ];
    for (name, wrong) in [
        ("ALIBABA_CLOUD_ROLE_ARN", Some("app")),
        ("ALIBABA_CLOUD_ROLE_ARN", Some("acs:ram::1:role/a\u{200b}b")),
        ("ALIBABA_CLOUD_ROLE_ARN", Some("acs:ram::1:role/ä")),
        ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", Some("ack")),
        ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", Some("acs:ram::1:oidc-provider/a\u{1}b")),
        ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", Some("/nonexistent/token")),
        ("ALIBABA_CLOUD_ROLE_ARN", None),
        ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", None),
        ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", None),
    ] {
        let mut world = World::at("127.0.0.1:1");
        for (name, value) in right {
            world.set(name, value);
        }
        world.set(name, wrong.unwrap_or_default());
        let provider = OidcRole::from_environment(&world.environment()).cached();
        let error = error_of(provider.provide().await);
        assert!(error.to_string().contains(name), "{error}");
        assert_eq!(world.requests().len(), 0);
    }
}
