//! The metadata service's two versions.

use std::error::Error as _;

use alibabacloud_kms::credential::EcsRole;
use alibabacloud_kms::{Error, ProvideCredential as _};
use mockito::{Matcher, Mock, Server, ServerGuard};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

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
async fn a_token_that_is_not_issued_for_whatever_reason_is_done_without() {
    for status in [500, 502, 302, 204, 200] {
        let mut server = Server::new_async().await;
        let mock = server.mock("PUT", "/latest/api/token").with_status(status);
        mock.with_body("").create_async().await;
        let mut world = World::new(&server);
        world.set("ALIBABA_CLOUD_ECS_METADATA", "app");
        let provider = EcsRole::new(&world.environment());
        let roles = server.mock("GET", &*format!("{ROLES}app")).with_status(404);
        let roles = roles.create_async().await;
        let error = error_of(provider.clone().cached().provide().await);
        assert_eq!(error.status().map(|status| status.as_u16()), Some(404), "{status}");
        let cause = error.source().and_then(|cause| cause.downcast_ref::<Error>());
        let cause = cause.and_then(Error::status).map(|status| usize::from(status.as_u16()));
        assert_eq!(cause, Some(status));
        roles.remove_async().await;
        role(&mut server, Matcher::Missing).await;
        assert_eq!(id_of(provider.clone().cached().provide().await), "key", "{status}");
        let asked = world.requests().len();
        error_of(provider.disable_imdsv1().cached().provide().await);
        assert_eq!(world.requests().len(), asked + 1, "{status}");
    }
}

#[tokio::test]
async fn a_token_that_never_comes_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let length = stream.read(&mut request).await.unwrap_or_default();
            if request[..length].starts_with(b"GET") {
                let body = issued("key", IN_AN_HOUR);
                let length = body.len();
                let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}");
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        }
    });
    let mut world = World::at(address.to_string());
    world.set("ALIBABA_CLOUD_ECS_METADATA", "app");
    let provider = EcsRole::new(&world.environment());
    assert_eq!(id_of(provider.clone().cached().provide().await), "key");
    error_of(provider.disable_imdsv1().cached().provide().await);
}

#[tokio::test]
async fn a_host_that_takes_no_connection_is_asked_once() {
    let world = World::at("127.0.0.1:1");
    error_of(EcsRole::new(&world.environment()).cached().provide().await);
    assert_eq!(world.requests().len(), 1);
}

#[tokio::test]
async fn a_question_on_a_connection_that_is_being_closed_is_asked_on_another() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let connections = tokio::spawn(async move {
        for (path, body) in [
            ("PUT /latest/api/token ", "token".to_owned()),
            ("GET /latest/meta-data/ram/security-credentials/ ", "app".to_owned()),
            ("GET /latest/meta-data/ram/security-credentials/app ", issued("key", IN_AN_HOUR)),
        ] {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let mut question = vec![0; 4096];
            let read = stream.read(&mut question).await.expect("a question");
            assert!(question[..read].starts_with(path.as_bytes()), "{path}");
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
            stream.write_all((head + &body).as_bytes()).await.expect("an answer");
            // What comes next is read and not answered.
            if !body.contains("key") {
                assert_ne!(stream.read(&mut question).await.expect("the next question"), 0);
            }
        }
    });
    let world = World::at(address.to_string());
    assert_eq!(id_of(EcsRole::new(&world.environment()).cached().provide().await), "key");
    connections.await.expect("no panic");
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
async fn a_name_that_may_be_a_secret_is_used_and_not_shown() {
    let mut server = Server::new_async().await;
    token(&mut server, 200).await;
    server.mock("GET", Matcher::Any).with_status(404).create_async().await;
    let mut world = World::new(&server);
    let (secret, name) = ("canaryA1b2C3d4E5f6G7h8I9j0", "AliyunECSInstanceForKmsRole");
    for (given, is_shown) in [(secret, false), (name, true)] {
        world.set("ALIBABA_CLOUD_ECS_METADATA", given);
        let error = error_of(EcsRole::new(&world.environment()).cached().provide().await);
        let shown = format!("{error:?}");
        assert_eq!(shown.contains(given), is_shown, "{shown}");
        assert!(shown.contains("ALIBABA_CLOUD_ECS_METADATA"), "{shown}");
        assert!(world.requests().concat().contains(given));
    }
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
