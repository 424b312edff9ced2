//! The default chain: its order, what it passes over, and how it explains itself.

use std::time::Duration;

use alibabacloud_kms::credential::{DefaultChain, Finding};
use alibabacloud_kms::{Identity, ProvideCredential as _};
use mockito::{Matcher, Mock, Server, ServerGuard};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::world::{CLI_FILE, Home, IN_AN_HOUR, TempFile, World, config, error_of, id_of, issued};

const ID: &str = "ALIBABA_CLOUD_ACCESS_KEY_ID";
const SECRET: &str = "ALIBABA_CLOUD_ACCESS_KEY_SECRET";
const URI: &str = "ALIBABA_CLOUD_CREDENTIALS_URI";

fn with_oidc(world: &mut World, token: &TempFile) {
    world
        .set("ALIBABA_CLOUD_ROLE_ARN", "acs:ram::1:role/app")
        .set("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "acs:ram::1:oidc-provider/ack")
        .set("ALIBABA_CLOUD_OIDC_TOKEN_FILE", token.path().display().to_string());
}

/// Every provider has a credential here, named after it.
async fn serve_all(server: &mut ServerGuard) {
    serve_sts(server, 200).await;
    serve_others(server).await;
}

async fn serve_sts(server: &mut ServerGuard, status: usize) -> Mock {
    let body = format!(r#"{{"Credentials":{}}}"#, issued("oidc_role", IN_AN_HOUR));
    let mock = server.mock("POST", Matcher::Any).with_status(status).with_body(body);
    mock.create_async().await
}

async fn serve_others(server: &mut ServerGuard) {
    server.mock("PUT", Matcher::Any).with_body("token").create_async().await;
    let roles = "/latest/meta-data/ram/security-credentials/";
    server.mock("GET", roles).with_body("app").create_async().await;
    let role = server.mock("GET", &*format!("{roles}app"));
    role.with_body(issued("ecs_role", IN_AN_HOUR)).create_async().await;
    let uri = server.mock("GET", "/issue");
    uri.with_body(issued("credentials_uri", IN_AN_HOUR)).create_async().await;
}

#[tokio::test]
async fn the_order_is_the_official_one() {
    let mut server = Server::new_async().await;
    serve_all(&mut server).await;
    let token = TempFile::new("order", "token");
    let mut world = World::new(&server);
    world.set("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "TRUE");
    world.set(URI, "http://issuer.example/issue");
    let first = |world: &World| {
        let chain = DefaultChain::from_environment(&world.environment());
        async move { id_of(chain.provide().await) }
    };
    assert_eq!(first(&world).await, "credentials_uri");
    world.set("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "");
    assert_eq!(first(&world).await, "ecs_role");
    let home = Home::new("order-home");
    let mut world = home.of(world);
    let section = "type = access_key\naccess_key_id = ini_profile\naccess_key_secret = secret";
    home.put(".alibabacloud/credentials", format!("[default]\n{section}"));
    assert_eq!(first(&world).await, "ini_profile");
    let fields = r#""mode":"AK","access_key_id":"cli_profile","access_key_secret":"secret""#;
    home.put(CLI_FILE, config(&format!(r#""name":"default",{fields}"#)));
    assert_eq!(first(&world).await, "cli_profile");
    with_oidc(&mut world, &token);
    assert_eq!(first(&world).await, "oidc_role");
    world.set(ID, "environment").set(SECRET, "secret");
    assert_eq!(first(&world).await, "environment");
}

#[tokio::test]
async fn what_gave_a_credential_once_is_asked_alone_from_then_on() {
    let mut server = Server::new_async().await;
    let refusing = server.mock("PUT", Matcher::Any).with_status(404).create_async().await;
    server.mock("GET", Matcher::Any).with_status(404).create_async().await;
    let uri = server.mock("GET", "/issue").with_body(issued("uri-1", IN_AN_HOUR));
    let uri = uri.create_async().await;
    let mut world = World::new(&server);
    world.set(URI, "http://issuer.example/issue");
    let chain = DefaultChain::from_environment(&world.environment());
    assert_eq!(id_of(chain.provide().await), "uri-1");
    let asked = world.requests().len();
    // The instance's metadata would answer now, and is not asked.
    refusing.remove_async().await;
    uri.remove_async().await;
    serve_all(&mut server).await;
    world.advance(Duration::from_secs(2 * 3600));
    error_of(chain.provide().await);
    assert!(world.requests()[asked..].iter().all(|request| request.contains("/issue")));
}

#[tokio::test]
async fn one_that_cannot_be_asked_now_is_not_replaced_by_another_identity() {
    let mut server = Server::new_async().await;
    serve_others(&mut server).await;
    let token = TempFile::new("passing", "token");
    let mut world = World::new(&server);
    with_oidc(&mut world, &token);
    for status in [500, 503, 429, 403, 404] {
        let sts = serve_sts(&mut server, status).await;
        let chain = DefaultChain::from_environment(&world.environment());
        let result = chain.provide().await;
        sts.remove_async().await;
        assert!(error_of(result).to_string().contains("oidc_role"), "{status}");
        let sts = serve_sts(&mut server, 200).await;
        assert_eq!(id_of(chain.provide().await), "oidc_role", "the failure has passed");
        sts.remove_async().await;
    }
}

#[tokio::test]
async fn no_other_identity_replaces_a_key_that_cannot_be_one() {
    let fields = |key: &str| {
        format!(r#""name":"default","mode":"AK","access_key_id":"cli","access_key_secret":"{key}""#)
    };
    let home = Home::from_cli("faulty", &config(&fields("secret")));
    let first = |variables: &[(&str, &str)]| {
        let mut world = home.of(World::at("127.0.0.1:1"));
        for (name, value) in variables {
            world.set(name, *value);
        }
        let chain = DefaultChain::from_environment(&world.environment());
        async move {
            let result = chain.provide().await;
            assert!(world.requests().is_empty());
            (result, chain.explain().await)
        }
    };
    let token = "ALIBABA_CLOUD_SECURITY_TOKEN";
    for faulty in ["can ary", "${CANARY}", "LTAI***", "\"canary", "can\\nary"] {
        for (name, set) in [
            (ID, [(ID, faulty), (SECRET, "s"), (token, "t")]),
            (SECRET, [(ID, "id"), (SECRET, faulty), (token, "t")]),
            (token, [(ID, "id"), (SECRET, "s"), (token, faulty)]),
        ] {
            let (result, explanation) = first(&set).await;
            let shown = format!("{:?} {explanation}", error_of(result));
            assert!(shown.contains(name) && !shown.contains("anary"), "{shown}");
            assert_eq!(explanation.used(), None, "{explanation}");
        }
    }
    // What is absent is passed over.
    for half in [&[(ID, "id")][..], &[(SECRET, "secret")], &[(ID, "id"), (SECRET, "\"\"")]] {
        assert_eq!(id_of(first(half).await.0), "cli", "{half:?}");
    }
    home.put(CLI_FILE, config(&fields("can ary")));
    let ini = "type = access_key\naccess_key_id = ini\naccess_key_secret = secret";
    home.put(".alibabacloud/credentials", format!("[default]\n{ini}"));
    let (result, explanation) = first(&[]).await;
    assert!(format!("{:?}", error_of(result)).contains("access_key_secret"));
    assert_eq!(explanation.used(), None, "{explanation}");
}

#[tokio::test]
async fn no_other_identity_replaces_one_whose_answer_says_nothing_for_good() {
    let mut server = Server::new_async().await;
    serve_others(&mut server).await;
    let token = TempFile::new("answers", "token");
    let mut world = World::new(&server);
    with_oidc(&mut world, &token);
    let coded = |code: &str| format!(r#"{{"Code":"{code}","Message":"m"}}"#);
    for (status, body, goes_on) in [
        (400, coded("Throttling.User"), false),
        (200, coded("Throttling"), false),
        (200, coded("ServiceUnavailable"), false),
        (400, coded("InternalFailure"), false),
        (408, String::new(), false),
        (200, "<html>a portal</html>".to_owned(), false),
        (200, "\u{1f}\u{8b}".to_owned(), false),
        (200, " ".repeat(300 << 10), false),
        (302, "<html>a portal</html>".to_owned(), false),
        (307, String::new(), false),
        (403, "<html>refused by the proxy</html>".to_owned(), false),
        (404, "no such page".to_owned(), false),
        (407, String::new(), false),
        (403, r#"{"error":"policy"}"#.to_owned(), false),
        (400, coded("AuthenticationFail.NoPermission"), true),
        (200, coded("NoPermission"), true),
        (200, "{}".to_owned(), true),
    ] {
        let what = format!("{status} {}", body.get(..40).unwrap_or(&body));
        let sts = server.mock("POST", Matcher::Any).with_status(status).with_body(body);
        let sts = sts.create_async().await;
        let chain = DefaultChain::from_environment(&world.environment());
        let result = chain.provide().await;
        let explanation = chain.explain().await;
        sts.remove_async().await;
        match goes_on {
            true => assert_eq!(id_of(result), "ecs_role", "{what}"),
            false => assert!(error_of(result).to_string().contains("oidc_role"), "{what}"),
        }
        assert_eq!(explanation.used(), goes_on.then_some("ecs_role"), "{explanation}");
    }
}

#[tokio::test]
async fn no_other_identity_replaces_one_whose_answer_breaks_off() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{").await;
        }
    });
    let token = TempFile::new("broken", "token");
    let mut world = World::at(address.to_string());
    with_oidc(&mut world, &token);
    let chain = DefaultChain::from_environment(&world.environment());
    let error = error_of(chain.provide().await);
    assert!(error.to_string().contains("oidc_role"), "{error}");
    let explanation = chain.explain().await;
    assert!(matches!(explanation.steps()[1].finding, Finding::Unavailable(_)), "{explanation}");
}

#[tokio::test]
async fn an_instance_that_is_none_is_passed_over() {
    let mut server = Server::new_async().await;
    server.mock("PUT", Matcher::Any).with_status(502).create_async().await;
    let uri = server.mock("GET", "/issue").with_body(issued("uri", IN_AN_HOUR));
    uri.create_async().await;
    let mut world = World::new(&server);
    world.set(URI, "http://issuer.example/issue");
    assert_eq!(id_of(DefaultChain::from_environment(&world.environment()).provide().await), "uri");
    // Somebody asked for this role.
    world.set("ALIBABA_CLOUD_ECS_METADATA", "app");
    let error = error_of(DefaultChain::from_environment(&world.environment()).provide().await);
    assert!(error.to_string().contains("ecs_role"));
}

#[tokio::test]
async fn the_error_of_an_empty_chain_and_the_explanation_name_every_provider_and_what_it_lacks() {
    let mut server = Server::new_async().await;
    server.mock("GET", "/canary").with_status(404).with_body("canary").create_async().await;
    let mut world = World::new(&server);
    world.set(ID, "canary").set(URI, "http://issuer.example/canary");
    world.set("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true");
    world.set("ALIBABA_CLOUD_ROLE_ARN", "canary");
    let chain = DefaultChain::from_environment(&world.environment());
    let explanation = chain.explain().await;
    let error = error_of(chain.provide().await);
    for text in [explanation.to_string(), error.to_string()] {
        for part in [
            SECRET,
            "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
            "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
            "ALIBABA_CLOUD_ECS_METADATA_DISABLED",
            "issuer.example",
            "404",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(!text.contains("canary"), "{text}");
    }
    let names: Vec<&str> = explanation.steps().iter().map(|step| step.provider).collect();
    assert_eq!(
        names,
        ["environment", "oidc_role", "cli_profile", "ini_profile", "ecs_role", "credentials_uri",]
    );
    assert_eq!(explanation.used(), None);
}

#[tokio::test]
async fn the_explanation_asks_everyone_and_says_whose_credential_is_used() {
    let mut server = Server::new_async().await;
    serve_all(&mut server).await;
    let mut world = World::new(&server);
    world.set(ID, "environment").set(SECRET, "canary").set(URI, "http://issuer.example/none");
    let explanation = DefaultChain::from_environment(&world.environment()).explain().await;
    assert_eq!(explanation.used(), Some("environment"));
    let findings: Vec<&Finding> = explanation.steps().iter().map(|step| &step.finding).collect();
    assert!(matches!(
        findings[..],
        [
            Finding::Found("an access key"),
            Finding::NotApplicable(_),
            Finding::NotApplicable(_),
            Finding::NotApplicable(_),
            Finding::Found("an STS access key"),
            Finding::Unavailable(_),
        ]
    ));
    assert!(!format!("{explanation} {explanation:?}").contains("canary"));
}

#[tokio::test]
async fn a_refusal_reaches_the_provider_that_is_used() {
    let mut server = Server::new_async().await;
    serve_all(&mut server).await;
    let world = World::new(&server);
    let chain = DefaultChain::from_environment(&world.environment());
    assert!(!chain.refused(Identity::new(["nobody"])), "nothing was found yet");
    let credential = chain.provide().await.expect("a credential");
    let asked = world.requests().len();
    assert!(chain.refused(credential.identity().expect("an identity")));
    chain.provide().await.expect("a credential");
    assert!(world.requests().len() > asked);
}
