//! A server of mockito's as the shared gateway, for tests at the level of HTTP: a throttled call, an
//! answer that is lost, and a match on the signature's headers.
//!
//! `testing::MockGateway` does this typed and without sockets; this is for those who have mockito.

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::api::secret::CreateSecretRequest;
use alibabacloud_kms::{Credential, ErrorKind, KmsClient, OpenApiGateway, Outcome};
use mockito::{Matcher, Mock, Server, ServerGuard};

const SEALED: &str =
    r#"{"KeyId":"key","KeyVersionId":"v","CiphertextBlob":"c2VhbGVk","RequestId":"r"}"#;

/// A client of the server: it is the shared gateway, over plain HTTP.
fn client(server: &ServerGuard) -> KmsClient {
    let endpoint = server.url().parse().expect("the server's address");
    let credential = Credential::access_key("LTAI-mock", "secret");
    let gateway = OpenApiGateway::new(endpoint, credential);
    KmsClient::builder().shared(gateway).build().expect("a client")
}

/// A mock of an action: the service tells actions apart by a header, and not by the path.
fn on(server: &mut ServerGuard, action: &str) -> Mock {
    server.mock("POST", Matcher::Any).match_header("x-acs-action", action)
}

#[tokio::test]
async fn a_throttled_call_is_made_again() {
    let mut server = Server::new_async().await;
    let throttle = on(&mut server, "Encrypt")
        .with_status(429)
        // How long to wait, in milliseconds.
        .with_header("x-acs-retry-after", "1")
        .with_body(
            r#"{"Code":"Rejected.Throttling","Message":"QPS Limit Exceeded","RequestId":"r"}"#,
        )
        .expect(1)
        .create_async()
        .await;
    // Of mocks that match, mockito takes the first that is not used up, and at last the last.
    let answer = on(&mut server, "Encrypt").with_body(SEALED).expect(1).create_async().await;

    let call = client(&server).encrypt(EncryptRequest::new("alias/app", "text"));
    let reply = call.reply().await.expect("an answer");
    assert_eq!((reply.attempts(), reply.request_id()), (2, Some("r")));
    throttle.assert_async().await;
    answer.assert_async().await;
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_only_if_that_is_harmless() {
    let mut server = Server::new_async().await;
    let client = client(&server);
    // The connection breaks after the headers and a part of the body.
    let lose = |mock: Mock| {
        mock.with_chunked_body(|body| {
            body.write_all(br#"{"KeyId":"#)?;
            Err(std::io::Error::other("lost"))
        })
    };
    let lost = lose(on(&mut server, "Encrypt")).expect(1).create_async().await;
    on(&mut server, "Encrypt").with_body(SEALED).create_async().await;
    let call = client.encrypt(EncryptRequest::new("alias/app", "text"));
    assert_eq!(call.reply().await.expect("an answer").attempts(), 2);
    lost.assert_async().await;

    // It is unknown whether the secret was created, so it is not created again.
    let lost = lose(on(&mut server, "CreateSecret")).expect(1).create_async().await;
    let call = client.create_secret(CreateSecretRequest::new("app/db", "v1", "data"));
    let error = call.await.expect_err("the answer is lost");
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Transport, Outcome::Unknown));
    assert_eq!(error.attempts(), 1);
    lost.assert_async().await;
}

#[tokio::test]
async fn a_request_is_matched_by_what_signs_it_and_by_its_parameters() {
    let mut server = Server::new_async().await;
    let hex = |digits: usize| Matcher::Regex(format!("^[0-9a-f]{{{digits}}}$"));
    let signature =
        r"^ACS3-HMAC-SHA256 Credential=LTAI-mock,SignedHeaders=[a-z0-9;-]+,Signature=[0-9a-f]{64}$";
    let matched = on(&mut server, "Encrypt")
        .match_header("authorization", Matcher::Regex(signature.to_owned()))
        .match_header("x-acs-version", "2016-01-20")
        .match_header("x-acs-content-sha256", hex(64))
        .match_header("x-acs-signature-nonce", hex(32))
        .match_query(Matcher::UrlEncoded("KeyId".into(), "alias/app".into()))
        .with_body(SEALED)
        .expect(1)
        .create_async()
        .await;
    let sealed = client(&server).encrypt(EncryptRequest::new("alias/app", "text")).await;
    assert_eq!(sealed.expect("an answer").ciphertext_blob, "c2VhbGVk");
    matched.assert_async().await;
}
