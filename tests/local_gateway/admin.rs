//! Calls of the gateway itself.

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms_local::{DEFAULT_KEY, LocalGateway};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::{client, refusal};

/// The status and the body of an answer.
pub(crate) async fn call(
    gateway: &LocalGateway,
    head: &str,
    token: &str,
    body: &str,
) -> (u16, Value) {
    let mut stream = TcpStream::connect(gateway.address()).await.expect("it is accepted");
    let length = body.len();
    let request = format!(
        "{head} HTTP/1.1\r\nhost: local\r\nauthorization: Bearer {token}\r\ncontent-length: \
         {length}\r\nconnection: close\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.expect("it is taken");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("it is answered");
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
    (status.expect("a status"), serde_json::from_str(body).expect("JSON"))
}

#[tokio::test]
async fn whether_it_is_well_is_for_everybody() {
    let gateway = crate::gateway().await;
    for path in ["/healthz", "/readyz"] {
        let (status, _) = call(&gateway, &format!("GET {path}"), "", "").await;
        assert_eq!(status, 200, "{path}");
    }
}

#[tokio::test]
async fn admin_calls_need_the_token_of_the_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let started = LocalGateway::builder().directory(folder.path()).start();
    let gateway = started.await.expect("the gateway starts");
    for wrong in ["", "wrong"] {
        assert_eq!(call(&gateway, "GET /_local/clock", wrong, "").await.0, 401);
    }
    let token = std::fs::read_to_string(folder.path().join("admin_token")).expect("it is there");
    let post = |path: &str, body: Value| {
        let (head, body) = (format!("POST {path}"), body.to_string());
        let (gateway, token) = (&gateway, token.clone());
        async move { call(gateway, &head, &token, &body).await }
    };

    let (status, clock) = post("/_local/clock", json!({ "set": "2030-01-02T03:04:05Z" })).await;
    assert_eq!(status, 200);
    assert!(clock["now"].as_str().expect("a time").starts_with("2030-01-02T03:04:0"), "{clock}");
    for seconds in [99_999_999_999_999, u64::MAX] {
        let (status, refused) = post("/_local/clock", json!({ "advance": seconds })).await;
        assert_eq!(status, 400, "{seconds} {refused}");
    }
    assert!(gateway.advance_clock(std::time::Duration::MAX).await.is_err());
    let (_, clock) = post("/_local/clock", json!({ "advance": 86_400 })).await;
    assert!(clock["now"].as_str().expect("a time").starts_with("2030-01-03T03:04:0"), "{clock}");
    assert_eq!(post("/_local/clock", json!({ "to": 1 })).await.0, 400);

    let rule = json!({ "action": "Encrypt", "effect": { "throttle": {} } });
    let (status, rules) = post("/_local/faults", rule).await;
    assert_eq!((status, rules.as_array().map(Vec::len)), (200, Some(1)));
    for (wrong, named) in [
        (json!({ "action": "encrpt" }), "did you mean `Encrypt`?"),
        (json!([{ "action": "Nothing" }]), "`Nothing` is not an action"),
        (json!({ "actoin": "Encrypt" }), "unknown field `actoin`"),
        (json!([{ "effect": { "status": {} } }]), "missing field `status`"),
    ] {
        let (status, body) = post("/_local/faults", wrong).await;
        let error = body["error"].as_str().unwrap_or_default();
        assert!(status == 400 && error.contains(named), "{status} {error}");
    }
    let client = client(&gateway);
    let encrypt = || client.encrypt(EncryptRequest::new(DEFAULT_KEY, "text"));
    let throttled = refusal(encrypt().use_shared_gateway(true).await);
    assert_eq!(throttled, (429, "Rejected.Throttling".to_owned()));
    let (_, rules) = call(&gateway, "GET /_local/faults", &token, "").await;
    assert_eq!((&rules[0]["action"], &rules[0]["seen"]), (&json!("Encrypt"), &json!(1)));
    assert_eq!(call(&gateway, "DELETE /_local/faults", &token, "").await, (200, json!([])));
    encrypt().await.expect("no rule is left");
    assert_eq!(call(&gateway, "GET /_local/other", &token, "").await.0, 404);
}
