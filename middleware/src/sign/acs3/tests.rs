use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use http::{HeaderMap, HeaderValue, Uri};
use tower_test::mock;

use super::*;
use crate::credential::Credential;
use crate::error::{Error, ErrorKind, Outcome};
use crate::options::CallOptions;
use crate::signals::{Deadline, SignedBy};
use crate::test_support::{Frames, answer, exchange, refused};

/// `2026-11-23T08:00:00Z`.
fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_420_800)
}

fn layer(credential: Credential) -> SignAcs3Layer {
    SignAcs3Layer::new(Arc::new(credential))
        .clock(Clock::fixed(now()))
        .nonce(Nonce::new(|| "nonce-1".to_owned()))
}

fn request(query: &str) -> http::Request<Body> {
    http::Request::post(format!("https://kms.invalid/{query}"))
        .header("host", "kms.invalid")
        .header("x-acs-action", "CreateThing")
        .body(Body::default())
        .expect("a request")
}

/// What goes down when a request is signed so.
async fn signed(layer: &SignAcs3Layer, request: http::Request<Body>) -> http::Request<Body> {
    let (signed, result) = exchange(layer, request, answer(200, "")).await;
    let result: Result<http::Response<Frames>, _> = result;
    assert!(result.is_ok());
    signed
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers[name].to_str().expect("text")
}

#[tokio::test]
async fn a_temporary_key_sends_its_id_and_token_and_signs_them() {
    let layer = layer(Credential::sts("STS.id", "secret", "token"));
    let signed = signed(&layer, request("")).await;
    assert_eq!(text(signed.headers(), "x-acs-accesskey-id"), "STS.id");
    assert_eq!(text(signed.headers(), "x-acs-security-token"), "token");
    let authorization = text(signed.headers(), "authorization");
    assert!(authorization.contains(
        "SignedHeaders=host;x-acs-accesskey-id;x-acs-action;x-acs-content-sha256;x-acs-date;\
         x-acs-security-token;x-acs-signature-nonce,"
    ));
}

#[tokio::test]
async fn a_permanent_key_sends_neither() {
    let signed = signed(&layer(Credential::access_key("id", "secret")), request("")).await;
    assert!(!signed.headers().contains_key("x-acs-accesskey-id"));
    assert!(!signed.headers().contains_key("x-acs-security-token"));
}

#[tokio::test]
async fn a_bearer_token_is_sent_unsigned_and_named_in_the_query() {
    let layer = layer(Credential::bearer("token"));
    for (query, expected) in [
        ("", "/?SignatureType=BEARERTOKEN"),
        ("?KeyId=a%2Fb", "/?KeyId=a%2Fb&SignatureType=BEARERTOKEN"),
    ] {
        let signed = signed(&layer, request(query)).await;
        let target = signed.uri().path_and_query().map(|target| target.as_str());
        assert_eq!(target, Some(expected));
        assert_eq!(signed.uri().host(), Some("kms.invalid"));
        assert_eq!(text(signed.headers(), "x-acs-bearer-token"), "token");
        assert!(!signed.headers().contains_key("authorization"));
        assert_eq!(text(signed.headers(), "x-acs-date"), "2026-11-23T08:00:00Z");
        assert_eq!(text(signed.headers(), "x-acs-signature-nonce"), "nonce-1");
    }
}

#[tokio::test]
async fn a_calls_own_credential_wins() {
    let options = CallOptions {
        credential: Some(Arc::new(Credential::access_key("own", "s"))),
        ..CallOptions::default()
    };
    let mut request = request("");
    request.extensions_mut().insert(Arc::new(options));
    let layer = layer(Credential::access_key("client", "s"));
    let signed = signed(&layer, request).await;
    assert!(text(signed.headers(), "authorization").contains("Credential=own,"));
}

#[tokio::test]
async fn every_signed_part_changes_the_signature_and_the_rest_does_not() {
    let signature = async |change: &dyn Fn(&mut http::Request<Body>)| {
        let mut request = request("?a=1&b=2");
        change(&mut request);
        let signed = signed(&layer(Credential::access_key("id", "s")), request).await;
        let authorization = text(signed.headers(), "authorization").to_owned();
        let (_, signature) = authorization.split_once("Signature=").expect("a signature");
        signature.to_owned()
    };
    let insert = |name: &'static str| {
        move |request: &mut http::Request<Body>| {
            request.headers_mut().insert(name, HeaderValue::from_static("x"));
        }
    };
    let plain = signature(&|_| {}).await;
    let reordered = |request: &mut http::Request<Body>| {
        *request.uri_mut() = Uri::from_static("https://kms.invalid/?b=2&a=1");
    };
    assert_eq!(signature(&reordered).await, plain);
    assert_eq!(signature(&insert("accept")).await, plain);
    assert_eq!(signature(&insert("user-agent")).await, plain);
    assert_ne!(signature(&insert("host")).await, plain);
    assert_ne!(signature(&insert("x-acs-retry-attempts")).await, plain);
    let body = |request: &mut http::Request<Body>| *request.body_mut() = Body::from("x");
    assert_ne!(signature(&body).await, plain);
    let method = |request: &mut http::Request<Body>| *request.method_mut() = http::Method::GET;
    assert_ne!(signature(&method).await, plain);
}

#[tokio::test]
async fn each_request_has_a_nonce_of_its_own() {
    let layer = SignAcs3Layer::new(Arc::new(Credential::access_key("id", "s")));
    let one = signed(&layer, request("")).await;
    let two = signed(&layer, request("")).await;
    assert_ne!(
        text(one.headers(), "x-acs-signature-nonce"),
        text(two.headers(), "x-acs-signature-nonce")
    );
}

#[tokio::test]
async fn what_identifies_or_proves_is_not_shown_by_debug() {
    for credential in [
        Credential::sts("canary-id", "canary-secret", "canary-token"),
        Credential::bearer("canary-bearer"),
    ] {
        let layer = layer(credential);
        assert!(!format!("{layer:?}").contains("canary"));
        let signed = signed(&layer, request("")).await;
        let shown = format!("{:?}", signed.headers());
        assert!(!shown.contains("canary") && !shown.contains("Signature="), "{shown}");
    }
}

#[derive(Debug)]
struct NoCredential;

#[async_trait]
impl ProvideCredential for NoCredential {
    async fn provide(&self) -> Result<Credential, Error> {
        Err(Error::new(ErrorKind::Credential, "none of the providers"))
    }
}

#[tokio::test]
async fn a_providers_error_passes_through_and_nothing_is_sent() {
    let layer = SignAcs3Layer::new(Arc::new(NoCredential));
    let error = refused(&layer, request("")).await;
    assert_eq!(error.kind(), ErrorKind::Credential);
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert_eq!(error.to_string(), "none of the providers");
}

#[tokio::test]
async fn an_empty_access_key_is_an_error_before_anything_is_sent() {
    for (id, secret) in [("", ""), ("id", ""), ("", "secret"), (" ", "secret"), ("id", "\"\"")] {
        let error = refused(&layer(Credential::access_key(id, secret)), request("")).await;
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Credential, Outcome::NotSent));
    }
}

#[tokio::test]
async fn what_is_around_a_part_of_a_credential_is_not_sent() {
    let plain = signed(&layer(Credential::sts("id", "secret", "token")), request("")).await;
    for credential in [
        Credential::sts("id\n", "secret\r\n", " token"),
        Credential::sts("\"id\"", "'secret'", "\u{feff}token\n"),
    ] {
        let signed = signed(&layer(credential), request("")).await;
        assert_eq!(signed.headers(), plain.headers());
    }
    let bearer = signed(&layer(Credential::bearer("\"token\"\n")), request("")).await;
    assert_eq!(text(bearer.headers(), "x-acs-bearer-token"), "token");
}

#[tokio::test]
async fn what_no_credential_has_is_an_error_that_names_the_part() {
    for (credential, part) in [
        (Credential::access_key("can\nary", "s"), "the access key's id"),
        (Credential::access_key("id", "can ary"), "the access key's secret"),
        (Credential::access_key("id", "canary\""), "the access key's secret"),
        (Credential::sts("id", "s", "can\u{200b}ary"), "the security token"),
        (Credential::bearer("can\tary"), "the bearer token"),
    ] {
        let error = refused(&layer(credential), request("")).await;
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Credential, Outcome::NotSent));
        let shown = format!("{error} {error:?}");
        assert!(shown.contains(part) && !shown.contains("ary"), "{shown}");
    }
}

#[tokio::test]
async fn a_nonce_that_no_header_can_carry_is_an_error() {
    let layer = SignAcs3Layer::new(Arc::new(Credential::access_key("id", "s")))
        .nonce(Nonce::new(|| "no\nheader".to_owned()));
    assert_eq!(refused(&layer, request("")).await.kind(), ErrorKind::Sign);
}

/// `Mock` panics if it is called without having been polled ready: the clone that stays behind has
/// not been.
#[tokio::test]
async fn the_service_that_was_polled_ready_is_the_one_that_is_called() {
    let layer = layer(Credential::access_key("id", "s"));
    let (mut service, mut handle) =
        mock::spawn_layer::<http::Request<Body>, http::Response<Frames>, _>(layer);
    for _ in 0..2 {
        handle.allow(1);
        assert!(matches!(service.poll_ready(), Poll::Ready(Ok(()))));
        let sent = service.call(request(""));
        let (result, ()) = tokio::join!(sent, async {
            let (_, respond) = handle.next_request().await.expect("one request");
            respond.send_response(answer(200, ""));
        });
        assert!(result.is_ok());
        assert!(service.poll_ready().is_pending(), "none is allowed");
    }
}

/// A provider that never comes to an end.
#[derive(Debug)]
struct Stuck;

#[async_trait]
impl ProvideCredential for Stuck {
    async fn provide(&self) -> Result<Credential, Error> {
        std::future::pending().await
    }
}

#[tokio::test(start_paused = true)]
async fn loading_has_a_limit_of_its_own_and_is_not_charged_to_the_call() {
    let layer = SignAcs3Layer::new(Arc::new(Stuck)).loading_limit(Duration::from_secs(60));
    let deadline = Deadline::after(Duration::from_secs(1));
    let mut request = request("");
    request.extensions_mut().insert(deadline.clone());
    let start = tokio::time::Instant::now();
    let error = deadline.limit(refused(&layer, request)).await.expect("no end of the call");
    assert_eq!(error.kind(), ErrorKind::Credential);
    assert_eq!(start.elapsed(), Duration::from_secs(60));
    assert_eq!(deadline.remaining(), Duration::from_secs(1));
}

#[tokio::test]
async fn an_answer_that_refuses_says_whose_credential_signed() {
    let (key, sts) = (Credential::access_key("id", "key"), Credential::sts("id", "key", "token"));
    for status in [200, 302, 400, 403, 500] {
        for (credential, expected) in [(&key, status != 200), (&sts, true)] {
            let (_, response) =
                exchange(&layer(credential.clone()), request(""), answer(status, "")).await;
            let response: http::Response<Frames> = response.expect("an answer");
            let signed_by = response.extensions().get().map(SignedBy::identity);
            assert_eq!(signed_by, credential.identity().filter(|_| expected), "{status}");
        }
    }
}
