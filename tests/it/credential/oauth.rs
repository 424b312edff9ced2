//! People who signed in with the aliyun CLI: tokens that are renewed, written back, and never lost.

use std::future::ready;
use std::path::PathBuf;
use std::time::Duration;

use alibabacloud_kms::credential::{Cached, CliProfile, DefaultChain, Environment};
use alibabacloud_kms::{Body, ExposeSecret as _, ProvideCredential as _};
use alibabacloud_kms_tests::canary::SECURITY_TOKEN;
use http::{Request, Response};
use mockito::{Matcher, Mock, Server, ServerGuard};
use serde_json::Value;
use tower::service_fn;

use super::world::{CLI_FILE, Home, IN_AN_HOUR, World, config, error_of, id_of, issued};

/// The access token ended long ago.
const SIGNED_IN: &str = r#""mode":"OAuth","oauth_site_type":"CN","oauth_access_token":"access-1",
    "oauth_access_token_expire":1,"oauth_refresh_token":"refresh-1""#;

fn profile(world: &World) -> Cached<CliProfile> {
    CliProfile::new(&world.environment()).cached()
}

fn tokens(number: u32) -> String {
    format!(
        r#"{{"access_token":"access-{number}","refresh_token":"refresh-{number}",
        "expires_in":7200,"token_type":"Bearer"}}"#
    )
}

/// Renews this refresh token to the next one.
async fn renewal(server: &mut ServerGuard, number: u32) -> Mock {
    let form = Matcher::UrlEncoded("refresh_token".into(), format!("refresh-{number}"));
    let mock = server.mock("POST", "/v1/token").match_body(form);
    mock.with_body(tokens(number + 1)).expect(1).create_async().await
}

async fn exchange(server: &mut ServerGuard, number: u32, status: usize, id: &str) -> Mock {
    let mock = server.mock("POST", "/v1/exchange").with_status(status);
    let mock = mock.match_header("authorization", &*format!("Bearer access-{number}"));
    mock.with_body(issued(id, IN_AN_HOUR)).expect_at_least(1).create_async().await
}

/// The environment of a user whose renewals get this answer, and whose exchanges give a key.
///
/// There is no socket, so nothing but the reads of the file holds up a paused clock.
fn renewed_with(home: &Home, status: u16, body: &str) -> Environment {
    let body = body.to_owned();
    answered(home, move |path| match path {
        "/v1/token" => (status, body.clone()),
        _ => (200, issued("key", IN_AN_HOUR)),
    })
}

/// The environment of a user whose requests get the status and body for their path.
fn answered(
    home: &Home,
    answer: impl Fn(&str) -> (u16, String) + Clone + Send + Sync + 'static,
) -> Environment {
    let service = service_fn(move |request: Request<Body>| {
        let (status, body) = answer(request.uri().path());
        ready(Response::builder().status(status).body(Body::new(body)))
    });
    home.of(World::at("127.0.0.1:1")).environment().with_http(service)
}

fn field(home: &Home, name: &str) -> Value {
    let config: Value = serde_json::from_str(&home.text(CLI_FILE)).expect("JSON");
    config["profiles"][0][name].clone()
}

#[tokio::test]
async fn the_requests_are_these() {
    let mut server = Server::new_async().await;
    let mocks = [renewal(&mut server, 1).await, exchange(&mut server, 2, 200, "key").await];
    let home = Home::from_profile("oauth-requests", SIGNED_IN);
    let world = home.of(World::new(&server));
    assert_eq!(id_of(profile(&world).provide().await), "key");
    assert_eq!(
        world.requests(),
        [
            "POST https://oauth.aliyun.com/v1/token\n\
             content-type: application/x-www-form-urlencoded\n\
             user-agent: alibabacloud-kms-rust/0.1.0\n\
             grant_type=refresh_token&refresh_token=refresh-1&client_id=4038181954557748008&\
             Timestamp=2026-11-23T08%3A00%3A00Z",
            "POST https://oauth.aliyun.com/v1/exchange\n\
             authorization: Bearer access-2\n\
             content-type: application/json\n\
             user-agent: alibabacloud-kms-rust/0.1.0\n",
        ]
    );
    for mock in mocks {
        mock.assert_async().await;
    }
}

#[tokio::test]
async fn names_in_small_letters_are_understood() {
    let mut server = Server::new_async().await;
    renewal(&mut server, 1).await;
    let body = issued("key", IN_AN_HOUR)
        .replace("AccessKey", "accessKey")
        .replace("Security", "security")
        .replace("Expiration", "expiration");
    server.mock("POST", "/v1/exchange").with_body(body).create_async().await;
    let home = Home::from_profile("oauth-small", SIGNED_IN);
    assert_eq!(id_of(profile(&home.of(World::new(&server))).provide().await), "key");
}

#[tokio::test]
async fn renewed_tokens_are_in_the_file_even_if_no_key_could_be_had() {
    let mut server = Server::new_async().await;
    renewal(&mut server, 1).await;
    let failing = exchange(&mut server, 2, 500, "").await;
    let home = Home::from_profile("oauth-kept", SIGNED_IN);
    let world = home.of(World::new(&server));
    let error = error_of(profile(&world).provide().await);
    assert_eq!(error.status().map(|status| status.as_u16()), Some(500));
    assert_eq!(field(&home, "oauth_refresh_token"), "refresh-2");
    assert_eq!(field(&home, "oauth_access_token"), "access-2");
    assert_eq!(field(&home, "oauth_access_token_expire"), 1_795_420_800 + 7200);
    assert_eq!(field(&home, "access_key_id"), Value::Null);
    // Another process needs no renewal.
    failing.remove_async().await;
    exchange(&mut server, 2, 200, "key").await;
    assert_eq!(id_of(profile(&world).provide().await), "key");
    assert_eq!(field(&home, "access_key_id"), "key");
    assert_eq!(field(&home, "sts_expiration"), 1_795_420_800 + 3600);
}

#[tokio::test]
async fn tokens_that_cannot_be_written_are_kept_in_memory() {
    renew_without_writing().await;
}

/// Renews tokens whose file is read-only, and gives a key with them later.
pub(crate) async fn renew_without_writing() {
    let mut server = Server::new_async().await;
    let once = renewal(&mut server, 1).await;
    let failing = exchange(&mut server, 2, 500, "").await;
    let home = Home::from_profile("oauth-memory", SIGNED_IN);
    let file = home.path().join(CLI_FILE);
    let mut permissions = std::fs::metadata(&file).expect("the file").permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&file, permissions).expect("permissions");
    let world = home.of(World::new(&server));
    // Not cached: a load that failed rests for a while.
    let provider = CliProfile::new(&world.environment());
    let load = || alibabacloud_kms::credential::LoadCredential::load(&provider);
    load().await.expect_err("no key");
    failing.remove_async().await;
    exchange(&mut server, 2, 200, "key").await;
    assert_eq!(id_of(load().await.map(|loaded| loaded.credential)), "key");
    assert_eq!(field(&home, "oauth_refresh_token"), "refresh-1");
    once.assert_async().await;
}

/// The file after another process has renewed the tokens.
fn renewed_by_another() -> String {
    let fields = SIGNED_IN
        .replace("access-1", "access-9")
        .replace("refresh-1", "refresh-9")
        .replace("_expire\":1", "_expire\":4070908800");
    config(&format!(r#""name":"default",{fields}"#))
}

#[tokio::test]
async fn what_another_process_renewed_meanwhile_is_used() {
    let mut server = Server::new_async().await;
    let home = Home::from_profile("oauth-race", SIGNED_IN);
    let file = home.path().join(CLI_FILE);
    let late = server.mock("POST", "/v1/token").with_status(400);
    let late = late.with_body_from_request(move |_| {
        std::fs::write(&file, renewed_by_another()).expect("a file");
        br#"{"error":"invalid_grant"}"#.to_vec()
    });
    late.expect(1).create_async().await;
    exchange(&mut server, 9, 200, "key").await;
    assert_eq!(id_of(profile(&home.of(World::new(&server))).provide().await), "key");
    assert_eq!(field(&home, "oauth_refresh_token"), "refresh-9");
}

#[tokio::test(start_paused = true)]
async fn what_another_process_is_still_writing_is_waited_for() {
    let home = Home::from_profile("oauth-late", SIGNED_IN);
    let file = home.path().join(CLI_FILE);
    let environment = renewed_with(&home, 400, r#"{"error":"invalid_grant"}"#);
    let provider = CliProfile::new(&environment).cached();
    let writing = async {
        tokio::time::sleep(Duration::from_millis(250)).await;
        assert_eq!(field(&home, "oauth_refresh_token"), "refresh-1");
        std::fs::write(&file, renewed_by_another()).expect("a file");
    };
    let (result, ()) = tokio::join!(provider.provide(), writing);
    assert_eq!(id_of(result), "key");
    assert_eq!(field(&home, "oauth_refresh_token"), "refresh-9");
}

#[tokio::test(start_paused = true)]
async fn no_other_account_replaces_one_that_has_signed_in() {
    let sso = |end: u32| {
        format!(
            r#""mode":"CloudSSO","cloud_sso_sign_in_url":"https://sso.example/x/login",
            "cloud_sso_account_id":"1","cloud_sso_access_config":"ac","access_token":"token",
            "cloud_sso_access_token_expire":{end}"#
        )
    };
    let lasting = SIGNED_IN.replace("_expire\":1", "_expire\":4070908800");
    let none = r#""mode":"OAuth""#;
    for (fields, status, body, sign_in) in [
        (SIGNED_IN, 400, "", true),
        (SIGNED_IN, 401, "", true),
        (SIGNED_IN, 404, "", false),
        (SIGNED_IN, 200, r#"{"refresh_token":"x"}"#, true),
        (&lasting, 401, "", true),
        (&lasting, 404, "", false),
        (none, 200, "", true),
        (&sso(4_070_908_800), 403, "", true),
        (&sso(4_070_908_800), 404, "", false),
        (&sso(4_070_908_800), 407, "<html>", false),
        (&sso(4_070_908_800), 302, "", false),
        (&sso(1), 200, "", true),
    ] {
        let home = Home::from_profile("oauth-ended", fields);
        let ini = "type = access_key\naccess_key_id = ini\naccess_key_secret = secret";
        home.put(".alibabacloud/credentials", format!("[default]\n{ini}"));
        let environment = answered(&home, move |_| (status, body.to_owned()));
        let chain = DefaultChain::from_environment(&environment);
        let result = chain.provide().await;
        let shown = format!("{:?}", error_of(result));
        assert!(shown.contains("cli_profile"), "{shown}");
        assert_eq!(shown.contains("aliyun configure"), sign_in, "{status}: {shown}");
        assert!(status == 200 || shown.contains(&status.to_string()), "{shown}");
    }
}

#[tokio::test]
async fn a_new_sign_in_is_not_overwritten() {
    let mut server = Server::new_async().await;
    renewal(&mut server, 1).await;
    let home = Home::from_profile("oauth-anew", SIGNED_IN);
    let file = home.path().join(CLI_FILE);
    let anew = config(&format!(r#""name":"default",{}"#, SIGNED_IN.replace("refresh-1", "anew")));
    let (path, text): (PathBuf, String) = (file, anew.clone());
    let signing_in = server.mock("POST", "/v1/exchange").with_body_from_request(move |_| {
        std::fs::write(&path, &text).expect("a file");
        issued("key", IN_AN_HOUR).into_bytes()
    });
    signing_in.create_async().await;
    assert_eq!(id_of(profile(&home.of(World::new(&server))).provide().await), "key");
    assert_eq!(home.text(CLI_FILE), anew);
}

#[tokio::test]
async fn a_key_in_the_file_is_used_until_it_is_refused() {
    let mut server = Server::new_async().await;
    renewal(&mut server, 1).await;
    exchange(&mut server, 2, 200, "another").await;
    let kept = r#""access_key_id":"kept","access_key_secret":"s","sts_token":"t""#;
    let fields = format!(r#"{SIGNED_IN},{kept},"sts_expiration":1795424400"#);
    let home = Home::from_profile("oauth-key", &fields);
    let world = home.of(World::new(&server));
    let provider = profile(&world);
    let first = provider.provide().await.expect("a credential");
    assert!(world.requests().is_empty());
    assert!(provider.refused(first.identity().expect("an identity")));
    assert_eq!(id_of(provider.provide().await), "another");
    assert_eq!(field(&home, "access_key_id"), "another");
    // The CLI, and every process that begins, uses it now.
    let asked = world.requests().len();
    assert_eq!(id_of(profile(&world).provide().await), "another");
    assert_eq!(world.requests().len(), asked);
}

#[tokio::test]
async fn a_key_that_ends_within_the_minute_is_not_used() {
    let mut server = Server::new_async().await;
    renewal(&mut server, 1).await;
    exchange(&mut server, 2, 200, "another").await;
    let kept = r#""access_key_id":"kept","access_key_secret":"s","sts_token":"t""#;
    let fields = format!(r#"{SIGNED_IN},{kept},"sts_expiration":{}"#, 1_795_420_800 + 60);
    let home = Home::from_profile("oauth-ending", &fields);
    assert_eq!(id_of(profile(&home.of(World::new(&server))).provide().await), "another");
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_fails_says_whether_to_sign_in_again() {
    for (status, body, sign_in) in [
        (400, r#"{"error":"invalid_grant"}"#, true),
        (401, "", true),
        (403, "<html>", true),
        (404, "", false),
        (429, "", false),
        (500, "", false),
        (503, "<html>", false),
        (200, "", false),
        (200, "[]", false),
        (200, r#"{"access_token":["x"]}"#, false),
        (200, r#"{"refresh_token":"x"}"#, true),
    ] {
        let body = body.replace('x', SECURITY_TOKEN);
        let home = Home::from_profile("oauth-renewal", SIGNED_IN);
        let before = home.text(CLI_FILE);
        let provider = CliProfile::new(&renewed_with(&home, status, &body)).cached();
        let error = error_of(provider.provide().await);
        let shown = format!("{error:?}");
        assert_eq!(shown.contains("aliyun configure"), sign_in, "{status}: {shown}");
        assert!(!shown.contains(SECURITY_TOKEN) && !shown.contains("refresh-1"), "{shown}");
        assert_eq!(home.text(CLI_FILE), before);
    }
}

#[tokio::test]
async fn nobody_is_asked_without_tokens_that_are_valid() {
    let sso = r#""mode":"CloudSSO","cloud_sso_sign_in_url":"https://sso.example/x/login",
        "cloud_sso_account_id":"1","cloud_sso_access_config":"ac","access_token":"token""#;
    for fields in [
        r#""mode":"OAuth""#.to_owned(),
        r#""mode":"OAuth","oauth_access_token":"","oauth_refresh_token":"""#.to_owned(),
        sso.to_owned(),
        format!(r#"{sso},"cloud_sso_access_token_expire":0"#),
        format!(r#"{sso},"cloud_sso_access_token_expire":1795420800"#),
    ] {
        let home = Home::from_profile("oauth-none", &fields);
        let world = home.of(World::at("127.0.0.1:1"));
        let error = error_of(profile(&world).provide().await);
        assert!(format!("{error:?}").contains("aliyun configure"), "{error:?}");
        assert!(world.requests().is_empty());
    }
}

#[tokio::test]
async fn cloud_sso_is_this_request_and_a_new_sign_in_is_picked_up() {
    let mut server = Server::new_async().await;
    let answer = |id: &str| format!(r#"{{"CloudCredential":{}}}"#, issued(id, IN_AN_HOUR));
    for token in ["token-1", "token-2"] {
        let mock = server.mock("POST", "/cloud-credentials").with_body(answer(token));
        let proof = format!("Bearer {token}");
        mock.match_header("authorization", &*proof).create_async().await;
    }
    let fields = r#""mode":"CloudSSO","cloud_sso_sign_in_url":"https://sso.example:8443/x/login",
        "cloud_sso_account_id":"1234","cloud_sso_access_config":"ac-1",
        "cloud_sso_access_token_expire":1795420801,"access_token":"token-1""#;
    let home = Home::from_profile("sso", fields);
    let world = home.of(World::new(&server));
    let provider = profile(&world);
    let first = provider.provide().await.expect("a credential");
    assert_eq!(
        world.requests(),
        ["POST https://sso.example:8443/cloud-credentials\n\
          accept: application/json\n\
          authorization: Bearer token-1\n\
          content-type: application/json\n\
          user-agent: alibabacloud-kms-rust/0.1.0\n\
          {\"AccountId\":\"1234\",\"AccessConfigurationId\":\"ac-1\"}"]
    );
    let again = fields.replace("token-1", "token-2");
    home.put(CLI_FILE, config(&format!(r#""name":"default",{again}"#)));
    assert!(provider.refused(first.identity().expect("an identity")));
    let second = provider.provide().await.expect("a credential");
    let alibabacloud_kms::Credential::AccessKey { secret, .. } = second else {
        panic!("an access key was expected");
    };
    assert_eq!(secret.expose_secret(), "secret-of-token-2");
}
