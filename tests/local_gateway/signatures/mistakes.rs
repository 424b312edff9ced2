//! A signature that does not match: what was to be signed, and why it was not.

use std::sync::Arc;

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::middleware::sign::{SignAcs3Layer, SignClientKeyLayer};
use alibabacloud_kms::{Body, Credential, InstanceGateway, KmsClient, OpenApiGateway};
use alibabacloud_kms_local::{DEFAULT_KEY, LocalGateway};
use alibabacloud_kms_tests::listener::listen;
use http::Request;
use serde_json::Value;

use super::FORM;
use super::request::{Signed, Signer, encode, send};
use crate::raw::sign;
use crate::{base64, foreign_key, gateway, refusal};

#[tokio::test]
async fn signature_1_0_is_answered_with_the_string_to_sign_and_the_mistake() {
    let gateway = gateway().await;
    let own = Signer::access_key(&gateway.credential());
    let Signer::AccessKey { id, .. } = own.clone() else { panic!("it is an access key") };
    let Signer::AccessKey { id: other_id, secret: other, .. } =
        Signer::access_key(&gateway.temporary_credential())
    else {
        panic!("it is an access key")
    };
    let signed = |key: &Signer| {
        Signed::new(key, "POST", "Encrypt")
            .with("Zz", "2")
            .with("Z!", "1")
            .with("KeyId", DEFAULT_KEY)
            .with("Plaintext", "a b*~'/")
    };
    let other_secret = Signer::AccessKey { id: id.clone(), secret: other, token: None };
    let cases: [(&str, Signed); 12] = [
        ("without the &", Signed { suffix: "", ..signed(&own) }),
        ("a space is encoded as +", Signed { encode: plus, ..signed(&own) }),
        ("encoded as in a form", Signed { encode: form, ..signed(&own) }),
        ("!'()* are not encoded", Signed { encode: component, ..signed(&own) }),
        ("/ is not encoded", Signed { encode: path, ..signed(&own) }),
        ("small hexadecimal digits", Signed { encode: small, ..signed(&own) }),
        ("not sorted", Signed { sorts: false, ..signed(&own) }),
        ("the method is GET", Signed { signed_method: Some("GET"), ..signed(&own) }),
        (
            "the form in the body is left out",
            Signed { signed_without: vec!["KeyId", "Plaintext"], ..signed(&own) },
        ),
        (&other_id, signed(&other_secret)),
        (&other_id, Signed { encode: plus, suffix: "", ..signed(&other_secret) }),
        ("", signed(&Signer::AccessKey { id, secret: "unknown".to_owned(), token: None })),
    ];
    for (mistake, case) in cases {
        let right = Signed {
            signed_method: None,
            signed_without: Vec::new(),
            encode,
            sorts: true,
            ..case.clone()
        };
        let (status, body) = case.send(&gateway, &["Plaintext", "KeyId"]).await;
        let (code, message) = error(&body);
        assert_eq!((status, &*code), (400, "SignatureDoesNotMatch"), "{mistake}");
        // What Python's client does to tell a wrong secret from another mistake.
        assert_eq!(message.split(':').nth(1), Some(&*right.string_to_sign()), "{mistake}");
        assert!(message.contains(mistake), "{mistake}: {message}");
        assert_eq!(message.contains("results if"), !mistake.is_empty(), "{message}");
    }
}

#[tokio::test]
async fn names_that_are_sorted_when_they_are_encoded_are_recognised() {
    let gateway = gateway().await;
    let key = Signer::access_key(&gateway.credential());
    // A colon is behind a hyphen, its encoding before it.
    let mut case = Signed::new(&key, "GET", "ListKeys").with("Z-", "1").with("Z:", "2");
    case.parameters.sort_by_key(|(name, _)| encode(name));
    case.sorts = false;
    // Sent in another order than it is signed in.
    let mut sent = case.clone();
    sent.parameters.reverse();
    let (_, body) = sent.send_signed(&gateway, &[], &case).await;
    let (_, message) = error(&body);
    assert!(message.contains("sorted by their encoded names"), "{message}");
}

#[tokio::test]
async fn a_client_keys_signature_1_0_is_diagnosed_too() {
    let gateway = gateway().await;
    let key = Signer::ClientKey(gateway.client_key());
    let case = Signed { signed_method: Some("GET"), ..Signed::new(&key, "POST", "ListKeys") };
    let (status, body) = case.send(&gateway, &["*"]).await;
    let (code, message) = error(&body);
    assert_eq!((status, &*code), (400, "SignatureDoesNotMatch"));
    assert!(message.contains("results if the method is GET"), "{message}");
    let foreign = Signer::ClientKey(foreign_key(gateway.client_key().key_id()));
    let (_, body) = Signed::new(&foreign, "POST", "ListKeys").send(&gateway, &["*"]).await;
    let (code, message) = error(&body);
    assert_eq!(code, "SignatureDoesNotMatch");
    assert!(message.contains("string to sign is:POST&%2F&"), "{message}");
    assert!(!message.contains("results if"), "{message}");
}

#[tokio::test]
async fn acs3_is_answered_with_the_string_to_sign_the_request_and_the_mistake() {
    let gateway = gateway().await;
    let Credential::AccessKey { id, secret, .. } = gateway.credential() else {
        panic!("it is an access key");
    };
    let Credential::AccessKey { id: other_id, secret: other, .. } = gateway.temporary_credential()
    else {
        panic!("it is an access key");
    };
    let unknown = Credential::access_key(&id, "unknown");
    let cases = [
        (Credential::access_key(&id, other), Change::Nothing, &*other_id),
        (unknown, Change::Nothing, ""),
        (Credential::access_key(&id, secret.clone()), Change::Method, "the method is POST"),
        (Credential::access_key(&id, secret.clone()), Change::Body, "not the hash of the body"),
        (Credential::access_key(&id, secret), Change::Query, ""),
    ];
    for (credential, change, mistake) in cases {
        let request = request(&gateway, "/?KeyId=alias%2Fdefault", "Plaintext=a");
        let mut request = sign(SignAcs3Layer::new(Arc::new(credential)), request).await;
        match change {
            Change::Nothing => {}
            Change::Method => *request.method_mut() = http::Method::GET,
            Change::Body => *request.body_mut() = Body::from("Plaintext=b"),
            Change::Query => {
                let uri = format!("{}/?KeyId=alias%2Fother", gateway.endpoint());
                *request.uri_mut() = uri.parse().expect("it is a URI");
            }
        }
        let (status, body) = send(request).await;
        let (code, message) = error(&body);
        assert_eq!((status, &*code), (400, "SignatureDoesNotMatch"));
        assert!(message.contains("string to sign is:ACS3-HMAC-SHA256\n"), "{message}");
        let canonical = message.split("canonical request is:").nth(1).expect("it is there");
        assert!(canonical.contains("\nx-acs-version:2016-01-20\n"), "{message}");
        assert!(message.contains(mistake), "{mistake}: {message}");
        assert_eq!(message.contains("results if"), !mistake.is_empty(), "{message}");
    }
}

enum Change {
    Nothing,
    Method,
    Body,
    Query,
}

#[tokio::test]
async fn the_instances_dialect_is_answered_with_the_string_to_sign_and_the_mistake() {
    let gateway = gateway().await;
    for (small, key, mistake) in [
        (true, gateway.client_key(), "written in small letters"),
        (false, foreign_key(gateway.client_key().key_id()), ""),
    ] {
        let mut request = request(&gateway, "/", "");
        for (header, value) in [
            ("content-type", "application/x-protobuf"),
            ("x-kms-apiversion", "dkms-gcs-0.2"),
            ("x-kms-apiname", "GenerateRandom"),
        ] {
            request.headers_mut().insert(header, value.parse().expect("it is a value"));
        }
        *request.body_mut() = Body::from(&b"\x08\x10"[..]);
        let mut request = sign(SignClientKeyLayer::new(Arc::new(key.clone())), request).await;
        let header = |name| {
            let value = request.headers().get(name).and_then(|value| value.to_str().ok());
            value.expect("the signer set it").to_owned()
        };
        let (hash, date) = (header("content-sha256"), header("date"));
        let signed_hash = if small { hash.to_ascii_lowercase() } else { hash.clone() };
        let text = |hash: &str| {
            format!(
                "POST\n{hash}\napplication/x-protobuf\n{date}\n\
                 x-kms-acccesskeyid:{}\nx-kms-apiname:GenerateRandom\n\
                 x-kms-apiversion:dkms-gcs-0.2\nx-kms-signaturemethod:RSA_PKCS1_SHA_256\n/",
                key.key_id()
            )
        };
        let signature = base64(&key.sign(text(&signed_hash).as_bytes()).expect("it signs"));
        let signature = format!("Bearer {signature}").parse().expect("it is a value");
        request.headers_mut().insert("authorization", signature);
        let (status, body) = send(request).await;
        assert_eq!(status, 401);
        assert!(body.contains("SignatureNotMatch"), "{body}");
        assert!(body.contains(&format!("string to sign is:{}", text(&hash))), "{body}");
        assert!(body.contains(mistake), "{body}");
        assert_eq!(body.contains("results if"), small, "{body}");
    }
}

/// The answer holds the plaintext, since the client signed it. Nothing else may.
#[tokio::test]
async fn what_was_to_be_signed_is_in_no_span_no_event_and_no_error_of_ours() {
    let listener = listen();
    let gateway = gateway().await;
    let own = Signer::access_key(&gateway.credential());
    let case = Signed { suffix: "", ..Signed::new(&own, "POST", "Encrypt") };
    let (_, body) = case.with("Plaintext", "canary-4711").send(&gateway, &["Plaintext"]).await;
    assert!(body.contains("canary-4711"), "{body}");

    let Signer::AccessKey { id, .. } = own else { panic!("it is an access key") };
    let shared = OpenApiGateway::new(gateway.endpoint(), Credential::access_key(id, "unknown"));
    let foreign = foreign_key(gateway.client_key().key_id());
    let client = KmsClient::builder()
        .shared(shared)
        .instance(InstanceGateway::new(gateway.endpoint(), foreign))
        .build()
        .expect("it is built");
    for is_shared in [true, false] {
        let request = EncryptRequest::new(DEFAULT_KEY, "canary-4711");
        let refused = client.encrypt(request).use_shared_gateway(is_shared).await;
        let error = refused.expect_err("the secret is another");
        assert!(!format!("{error} {error:?}").contains("canary-4711"), "{error:?}");
        let (_, code) = refusal(Err::<(), _>(error));
        assert!(["SignatureDoesNotMatch", "SignatureNotMatch"].contains(&&*code), "{code}");
    }
    let log = listener.output.text();
    assert!(log.contains("answered"), "{log}");
    assert!(!log.contains("canary-4711") && !log.contains("string to sign"), "{log}");
}

fn request(gateway: &LocalGateway, path: &str, form: &str) -> Request<Body> {
    Request::post(format!("{}{path}", gateway.endpoint()))
        .header("host", gateway.endpoint().authority())
        .header("x-acs-action", "Encrypt")
        .header("x-acs-version", "2016-01-20")
        .header("content-type", FORM)
        .body(Body::from(form.to_owned()))
        .expect("it is a request")
}

fn error(body: &str) -> (String, String) {
    let answer: Value = serde_json::from_str(body).expect("errors are JSON");
    let field = |name: &str| answer[name].as_str().expect("it is a text").to_owned();
    (field("Code"), field("Message"))
}

fn plus(text: &str) -> String {
    encode(text).replace("%20", "+")
}

fn form(text: &str) -> String {
    plus(text).replace("%2A", "*").replace('~', "%7E")
}

fn component(text: &str) -> String {
    encode(text).replace("%2A", "*").replace("%27", "'").replace("%21", "!")
}

fn path(text: &str) -> String {
    encode(text).replace("%2F", "/")
}

fn small(text: &str) -> String {
    let encoded = encode(text);
    let mut parts = encoded.split('%');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| {
        let (digits, rest) = part.split_at(2);
        format!("{out}%{}{rest}", digits.to_ascii_lowercase())
    })
}
