//! Every signature that clients send, the mistakes that signers make, and what is said of them.

mod mistakes;
mod request;

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::{Credential, ExposeSecret, KmsClient, OpenApiGateway, SecretString};
use alibabacloud_kms_local::DEFAULT_KEY;

pub(crate) use self::request::{Signed, Signer};
use crate::{foreign_key, gateway, refusal};

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn signature_1_0_is_verified_in_the_query_and_in_the_form_by_get_and_post() {
    let gateway = gateway().await;
    let keys = [
        Signer::access_key(&gateway.credential()),
        Signer::access_key(&gateway.temporary_credential()),
        Signer::ClientKey(gateway.client_key()),
    ];
    for key in &keys {
        for method in ["GET", "POST"] {
            for in_form in [&[][..], &["KeyId", "Plaintext"], &["Signature", "Action"], &["*"]] {
                if method == "GET" && !in_form.is_empty() {
                    continue;
                }
                let request = Signed::new(key, method, "Encrypt")
                    .with("KeyId", DEFAULT_KEY)
                    .with("Plaintext", "a b*~'+/中&=%");
                let (status, body) = request.send(&gateway, in_form).await;
                assert_eq!(status, 200, "{key:?} {method} {in_form:?} {body}");
                assert!(body.contains("CiphertextBlob"), "{body}");
            }
        }
    }
}

#[tokio::test]
async fn answers_and_refusals_are_xml_where_the_format_says_so() {
    let gateway = gateway().await;
    let key = Signer::access_key(&gateway.credential());
    let list = || Signed::new(&key, "GET", "ListKeys");
    let (status, json) = list().send(&gateway, &[]).await;
    assert_eq!((status, &json[..1]), (200, "{"));
    let (status, xml) = list().with("Format", "XML").send(&gateway, &[]).await;
    assert_eq!(status, 200);
    assert!(xml.starts_with("<?xml") && xml.ends_with("</ListKeysResponse>"), "{xml}");
    let (status, xml) =
        list().with("Format", "xml").with("PageSize", "0").send(&gateway, &[]).await;
    assert_eq!(status, 400);
    assert!(xml.contains("<Error><Code>InvalidParameter</Code>"), "{xml}");
    let (status, json) = list().with("Format", "yaml").send(&gateway, &[]).await;
    assert_eq!((status, &json[..1]), (400, "{"));
}

#[tokio::test]
async fn what_is_not_a_signature_of_version_1_0_is_named() {
    let gateway = gateway().await;
    let key = Signer::access_key(&gateway.credential());
    let list = || Signed::new(&key, "GET", "ListKeys");
    for (name, value, expected) in [
        ("SignatureVersion", "2.0", (400, "InvalidParameter")),
        ("SignatureMethod", "HMAC-MD5", (400, "InvalidParameter")),
        ("SignatureType", "PRIVATEKEY", (400, "InvalidParameter")),
        ("AccessKeyId", "LTAIunknown", (404, "InvalidAccessKeyId.NotFound")),
        ("Timestamp", "2026-11-23 08:00:00", (400, "InvalidTimeStamp.Format")),
        ("Timestamp", "2020-11-23T08:00:00Z", (400, "InvalidTimeStamp.Expired")),
        ("Version", "2015-01-01", (400, "InvalidVersion")),
        ("Action", "NoSuch", (404, "InvalidAction.NotFound")),
        ("AccessKeyId", "", (400, "MissingParameter")),
        ("SignatureMethod", "", (400, "MissingParameter")),
        ("SignatureVersion", "", (400, "MissingParameter")),
        ("Timestamp", "", (400, "IllegalTimestamp")),
    ] {
        let answer = list().with(name, value).send(&gateway, &[]).await;
        assert_eq!((answer.0, &*code(&answer.1)), expected, "{name}={value}");
    }
    let (status, body) = Signed::new(&key, "PUT", "ListKeys").send(&gateway, &[]).await;
    assert_eq!((status, &*code(&body)), (403, "UnsupportedHTTPMethod"));
    let unknown = Signer::ClientKey(foreign_key("KAAP.unknown"));
    let (status, body) = Signed::new(&unknown, "GET", "ListKeys").send(&gateway, &[]).await;
    assert_eq!((status, &*code(&body)), (404, "InvalidAccessKeyId.NotFound"));
}

#[tokio::test]
async fn a_request_of_version_1_0_is_answered_once() {
    let gateway = gateway().await;
    let key = Signer::access_key(&gateway.credential());
    let list = || Signed::new(&key, "GET", "ListKeys");
    let replay = |answer: (u16, String)| (answer.0, code(&answer.1));
    let used = (400, "SignatureNonceUsed".to_owned());
    for nonce in ["one", ""] {
        // The documented parameters have no nonce: then it is the request that is new once.
        let request = || list().with("SignatureNonce", nonce).with("Tries", nonce);
        assert_eq!(request().send(&gateway, &[]).await.0, 200);
        assert_eq!(replay(request().send(&gateway, &[]).await), used);
    }
    let (status, _) = list().with("SignatureNonce", "two").send(&gateway, &[]).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn a_temporary_access_key_needs_its_own_token() {
    let gateway = gateway().await;
    let temporary = gateway.temporary_credential();
    let Credential::AccessKey { id, secret, security_token: Some(token) } = &temporary else {
        panic!("it has a token");
    };
    let encrypt = async |credential: Credential| {
        let shared = OpenApiGateway::new(gateway.endpoint(), credential);
        let client = KmsClient::builder().shared(shared).max_attempts(1).build();
        client.expect("it is built").encrypt(EncryptRequest::new(DEFAULT_KEY, "")).await
    };
    encrypt(temporary.clone()).await.expect("the token is the right one");
    let without = encrypt(Credential::access_key(id, secret.clone())).await;
    assert_eq!(refusal(without), (400, "MissingSecurityToken".to_owned()));
    let other = SecretString::from(format!("{}x", token.expose_secret()));
    let other = encrypt(Credential::sts(id, secret.clone(), other)).await;
    assert_eq!(refusal(other), (400, "InvalidSecurityToken.MismatchWithAccessKey".to_owned()));

    let key = Signer::access_key(&temporary);
    for (token, expected) in
        [("", "MissingSecurityToken"), ("x", "InvalidSecurityToken.MismatchWithAccessKey")]
    {
        let request = Signed::new(&key, "POST", "ListKeys").with("SecurityToken", token);
        let (status, body) = request.send(&gateway, &[]).await;
        assert_eq!((status, &*code(&body)), (400, expected));
    }
}

#[tokio::test]
async fn the_bearer_token_opens_the_gateway_and_no_other_does() {
    let gateway = gateway().await;
    let Credential::Bearer(token) = gateway.bearer_token() else {
        panic!("it is a bearer token");
    };
    for (token, expected) in [(token.clone(), None), ("other".into(), Some("InvalidBearerToken"))] {
        let shared = OpenApiGateway::new(gateway.endpoint(), Credential::bearer(token.clone()));
        let client = KmsClient::builder().shared(shared).build().expect("it is built");
        let sealed = client.encrypt(EncryptRequest::new(DEFAULT_KEY, "")).await;
        let refused = sealed.err().map(|error| refusal(Err::<(), _>(error)));
        assert_eq!(refused, expected.map(|code| (400, code.to_owned())));

        // As clients of signature 1.0 send it.
        let request = || {
            let request = Signed::new(&Signer::None, "POST", "ListKeys");
            request.with("SignatureType", "BEARERTOKEN").with("BearerToken", token.expose_secret())
        };
        let (status, body) = request().send(&gateway, &[]).await;
        assert_eq!(
            (status, &*code(&body)),
            (expected.map_or(200, |_| 400), expected.unwrap_or(""))
        );
        if expected.is_none() {
            let (status, body) = request().with("Timestamp", "").send(&gateway, &[]).await;
            assert_eq!((status, &*code(&body)), (400, "MissingParameter"));
            let again = || request().with("SignatureNonce", "the same");
            assert_eq!(again().send(&gateway, &[]).await.0, 200);
            let (status, body) = again().send(&gateway, &[]).await;
            assert_eq!((status, &*code(&body)), (400, "SignatureNonceUsed"));
        }
    }
}

/// The code of an error; empty for a success.
fn code(body: &str) -> String {
    let answer: serde_json::Value = serde_json::from_str(body).expect("answers are JSON");
    answer["Code"].as_str().unwrap_or_default().to_owned()
}
