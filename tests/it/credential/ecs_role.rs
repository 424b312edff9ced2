//! The metadata service's two versions.

use alibabacloud_kms::ProvideCredential as _;
use alibabacloud_kms::credential::EcsRole;
use mockito::{Matcher, Mock, Server, ServerGuard};

use super::world::{IN_AN_HOUR, World, error_of, id_of, issued};

const ROLES: &str = "/latest/meta-data/ram/security-credentials/";
const TOKEN: &str = "x-aliyun-ecs-metadata-token";

async fn token(server: &mut ServerGuard, status: usize) -> Mock {
    let mock = server.mock("PUT", "/latest/api/token");
    mock.with_status(status).with_body("token").create_async().await
}

async fn role(server: &mut ServerGuard, token: impl Into<Matcher>) -> Mock {
    let mock = server.mock("GET", &*format!("{ROLES}app")).match_header(TOKEN, token);
    mock.with_body(issued("key", IN_AN_HOUR)).create_async().await
}

#[tokio::test]
async fn the_token_of_version_2_is_asked_for_first_and_sent_with_every_question() {
    let mut server = Server::new_async().await;
    token(&mut server, 200).await;
    role(&mut server, "token").await;
    let names = server.mock("GET", ROLES).match_header(TOKEN, "token");
    names.with_body("app\nother\n").create_async().await;
    let world = World::new(&server);
    let provider = EcsRole::new(&world.environment()).cached();
    assert_eq!(id_of(provider.provide().await), "key");
    assert_eq!(
        world.requests(),
        [
            "PUT http://100.100.100.200/latest/api/token\nuser-agent: alibabacloud-kms-rust/0.1.0\n\
             x-aliyun-ecs-metadata-token-ttl-seconds: 21600\n",
            "GET http://100.100.100.200/latest/meta-data/ram/security-credentials/\n\
             user-agent: alibabacloud-kms-rust/0.1.0\nx-aliyun-ecs-metadata-token: token\n",
            "GET http://100.100.100.200/latest/meta-data/ram/security-credentials/app\n\
             user-agent: alibabacloud-kms-rust/0.1.0\nx-aliyun-ecs-metadata-token: token\n",
        ]
    );
}

#[tokio::test]
async fn a_service_without_tokens_is_asked_without_unless_that_is_ruled_out() {
    let mut server = Server::new_async().await;
    token(&mut server, 404).await;
    role(&mut server, Matcher::Missing).await;
    let mut world = World::new(&server);
    world.set("ALIBABA_CLOUD_ECS_METADATA", "app");
    let environment = world.environment();
    assert_eq!(id_of(EcsRole::new(&environment).cached().provide().await), "key");

    let strict = EcsRole::new(&environment).disable_imdsv1().cached();
    let error = error_of(strict.provide().await);
    assert_eq!(error.status().map(|status| status.as_u16()), Some(404));
    world.set("ALIBABA_CLOUD_IMDSV1_DISABLED", "True");
    let strict = EcsRole::new(&world.environment()).cached();
    error_of(strict.provide().await);
    let without_token = |request: &&String| request.starts_with("GET") && !request.contains(TOKEN);
    assert_eq!(world.requests().iter().filter(without_token).count(), 1);
}

#[tokio::test]
async fn a_failing_service_is_not_asked_without_a_token() {
    let mut server = Server::new_async().await;
    token(&mut server, 500).await;
    let world = World::new(&server);
    error_of(EcsRole::new(&world.environment()).cached().provide().await);
    assert_eq!(world.requests().len(), 1);
}

#[tokio::test]
async fn a_role_is_named_by_hand_or_by_the_variable() {
    let mut server = Server::new_async().await;
    token(&mut server, 200).await;
    role(&mut server, "token").await;
    let mut world = World::new(&server);
    let by_hand = EcsRole::new(&world.environment()).role_name("app").expect("a name");
    assert_eq!(id_of(by_hand.cached().provide().await), "key");
    world.set("ALIBABA_CLOUD_ECS_METADATA", "app");
    assert_eq!(id_of(EcsRole::new(&world.environment()).cached().provide().await), "key");
    assert!(!world.requests().iter().any(|request| request.contains("security-credentials/\n")));
}

#[tokio::test]
async fn a_name_that_would_lead_elsewhere_is_not_asked_for() {
    let mut server = Server::new_async().await;
    token(&mut server, 200).await;
    let world = World::new(&server);
    let environment = world.environment();
    for name in ["", "../user", "a/b", "a?b", "a b", "a%2fb"] {
        assert!(EcsRole::new(&environment).role_name(name).is_err(), "{name}");
        let names = server.mock("GET", ROLES).with_body(name).create_async().await;
        error_of(EcsRole::new(&environment).cached().provide().await);
        names.remove_async().await;
    }
    let last = format!("{ROLES}\n");
    for request in world.requests().iter().filter(|request| request.starts_with("GET")) {
        assert!(request.contains(&last), "{request}");
    }
}
