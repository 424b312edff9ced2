//! Roles that STS gives: the exact requests, and what becomes of the answers.

use std::path::PathBuf;
use std::time::Duration;

use alibabacloud_kms::credential::{OidcRole, RamRole, Role, Sts};
use alibabacloud_kms::{Credential, ProvideCredential};
use mockito::Matcher;

use super::world::{IN_AN_HOUR, World, id_of, issued};

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

/// A file with a token that is removed with its directory.
struct TokenFile(PathBuf);

impl TokenFile {
    fn new(name: &str, token: &str) -> Self {
        let path = std::env::temp_dir().join(format!("kms-oidc-{}-{name}", std::process::id()));
        std::fs::write(&path, token).expect("a file");
        Self(path)
    }
}

impl Drop for TokenFile {
    fn drop(&mut self) {
        // It may have been removed by the test.
        let _ = std::fs::remove_file(&self.0);
    }
}

#[tokio::test]
async fn assume_role_is_this_request() {
    let mut world = World::new().await;
    world.server.mock("POST", "/").with_body(assumed("role-key")).create_async().await;
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
    let mut world = World::new().await;
    let query = Matcher::UrlEncoded("Action".into(), "AssumeRoleWithOIDC".into());
    let mock = world.server.mock("POST", "/").match_query(query);
    mock.with_body(assumed("role-key")).create_async().await;
    let file = TokenFile::new("golden", "header.body.signature\n");
    let provider = OidcRole::new(role(), PROVIDER, &file.0, &world.environment())
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
