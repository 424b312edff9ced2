//! Whose answer is whose.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use alibabacloud_kms::api::asymmetric::GetPublicKeyRequest;
use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::api::key::DescribeKeyRequest;
use alibabacloud_kms::api::secret::GetSecretValueRequest;
use alibabacloud_kms::cache::SecretCache;
use alibabacloud_kms::middleware::payload::Payload;
use alibabacloud_kms::{
    Action, Call, CallOptions, Credential, Error, Gateway, KmsClient, ProvideCredential,
    TlsOptions, native,
};
use alibabacloud_kms_tests::certificate::Authority;
use http::header::{ACCEPT, HeaderValue};
use tower::ServiceBuilder;

use super::upstream::Upstream;
use super::{client, request};

/// A provider that does not say who it is.
#[derive(Debug)]
struct Anonymous;

#[async_trait::async_trait]
impl ProvideCredential for Anonymous {
    async fn provide(&self) -> Result<Credential, Error> {
        Ok(Credential::access_key("id", "secret"))
    }
}

fn with(change: impl FnOnce(&mut CallOptions)) -> Call {
    let mut call = Call::new(request());
    change(call.options_mut());
    call
}

fn signed_by(credential: impl ProvideCredential + 'static) -> Call {
    with(|options| options.credential = Some(Arc::new(credential)))
}

/// Calls that are all answered differently, each with the option that makes the difference.
fn different() -> Vec<(&'static str, Call)> {
    let tls = TlsOptions::ca_pem(Authority::generate().pem().as_bytes()).expect("a CA");
    let header = |name, value| {
        with(|options| {
            options.headers.append(name, HeaderValue::from_static(value));
        })
    };
    let parameter = |name: &str, value: &str| {
        with(|options| options.parameters.push((name.to_owned(), value.into())))
    };
    vec![
        ("", Call::new(request())),
        ("", Call::new(GetSecretValueRequest::new("app/d").version_id("b"))),
        ("", Call::new(GetSecretValueRequest::new("app").version_id("/db"))),
        ("", Call::new(request().version_id("v"))),
        ("", Call::new(request().version_stage("v"))),
        ("", Call::new(request().version_stage(""))),
        ("", Call::new(request().fetch_extended_config(true))),
        ("", Call::new(request().fetch_extended_config(false))),
        ("", Call::new(request().recipient("v"))),
        // The instance's own operation, whose response is of another type.
        ("", Call::new(native::secret::GetSecretValueRequest::new("app/db"))),
        ("gateway", with(|options| options.gateway = Some(Gateway::Shared))),
        ("gateway", with(|options| options.gateway = Some(Gateway::Instance))),
        ("charset", with(|options| options.charset = "latin-1".parse().ok())),
        ("credential", signed_by(Credential::access_key("id", "secret"))),
        ("credential", signed_by(Credential::access_key("id", "other"))),
        ("credential", signed_by(Credential::sts("id", "secret", "token"))),
        ("credential", signed_by(Anonymous)),
        ("credential", signed_by(Anonymous)),
        (
            "tls",
            with(|options| {
                options.tls = Some(Arc::new(TlsOptions::danger_accept_any_certificate()))
            }),
        ),
        ("tls", with(|options| options.tls = Some(Arc::new(tls)))),
        ("headers", header(ACCEPT, "a")),
        ("headers", header(ACCEPT, "b")),
        ("headers", header(http::header::ACCEPT_LANGUAGE, "a")),
        ("parameters", parameter("Name", "value")),
        ("parameters", parameter("Name", "other")),
        ("parameters", parameter("Namev", "alue")),
    ]
}

/// Calls that are answered alike, however long or often they try and whichever way they take.
fn alike() -> Vec<(&'static str, Call)> {
    let second = Some(Duration::from_secs(1));
    vec![
        ("timeout", with(|options| options.timeout = second)),
        ("attempt_timeout", with(|options| options.attempt_timeout = second)),
        ("max_attempts", with(|options| options.max_attempts = Some(1))),
        ("idempotent", with(|options| options.idempotent = Some(false))),
        ("proxy", with(|options| options.proxy = Some(Arc::default()))),
    ]
}

async fn attempts(client: &KmsClient, call: &Call) -> u32 {
    client.send(call.clone()).await.expect("an answer").attempts()
}

#[tokio::test]
async fn all_that_changes_the_answer_keeps_answers_apart() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    let different = different();
    for (option, call) in &different {
        assert_eq!(attempts(&client, call).await, 1, "{option}: {call:?}");
    }
    for (option, call) in different.iter().chain(&alike()) {
        assert_eq!(attempts(&client, call).await, 0, "{option}: {call:?}");
    }
}

#[test]
fn every_option_either_keeps_answers_apart_or_does_not() {
    let decided: BTreeSet<_> =
        different().into_iter().chain(alike()).map(|(name, _)| name).collect();
    let shown = format!("{:#?}", CallOptions::default());
    let names = shown.lines().filter_map(|line| line.strip_prefix("    "));
    let options: Vec<_> = names.filter_map(|line| line.split_once(':')).collect();
    assert!(!options.is_empty());
    for (option, _) in options {
        assert!(decided.contains(option), "does `{option}` change what is answered?");
    }
}

#[tokio::test]
async fn credentials_of_one_identity_share_their_answers() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    let call = || signed_by(Credential::access_key("id", "secret"));
    assert_eq!(attempts(&client, &call()).await, 1);
    assert_eq!(attempts(&client, &call()).await, 0);
}

#[tokio::test]
async fn equal_tls_settings_share_their_answers() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let client = client(&cache, &upstream);
    let pem = Authority::generate().pem();
    let call = || {
        let tls = TlsOptions::ca_pem(pem.as_bytes()).expect("a CA");
        with(|options| options.tls = Some(Arc::new(tls)))
    };
    assert_eq!(attempts(&client, &call()).await, 1);
    assert_eq!(attempts(&client, &call()).await, 0);
}

#[tokio::test]
async fn two_clients_of_one_cache_do_not_share_their_answers() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let (one, other) = (client(&cache, &upstream), client(&cache, &upstream));
    assert_eq!(attempts(&one, &Call::new(request())).await, 1);
    assert_eq!(attempts(&other, &Call::new(request())).await, 1);
    assert_eq!(attempts(&one.clone(), &Call::new(request())).await, 0);
    cache.invalidate("app/db");
    assert_eq!(attempts(&one, &Call::new(request())).await, 1);
    assert_eq!(attempts(&other, &Call::new(request())).await, 1);
}

fn empty<A: Action>() -> Arc<dyn Payload> {
    Arc::new(A::Response::default())
}

#[tokio::test]
async fn only_what_was_asked_for_is_cached() {
    let upstream = Upstream::new();
    upstream.answer_with(|call| {
        Ok(match call.action().name {
            "GetPublicKey" => empty::<GetPublicKeyRequest>(),
            "DescribeKey" => empty::<DescribeKeyRequest>(),
            "Encrypt" => empty::<EncryptRequest>(),
            _ => empty::<GetSecretValueRequest>(),
        })
    });
    let calls = [
        Call::new(request()),
        Call::new(GetPublicKeyRequest::new("key")),
        Call::new(DescribeKeyRequest::new("key")),
        Call::new(EncryptRequest::new("key", "text")),
        // It asks whether the call would be allowed now.
        Call::new(request().dry_run("true")),
    ];
    let settings = SecretCache::builder;
    for (cache, expected) in [
        (settings().build(), [0, 1, 1, 1, 1]),
        (settings().public_keys().build(), [0, 0, 1, 1, 1]),
        (settings().public_keys().key_descriptions().build(), [0, 0, 0, 1, 1]),
    ] {
        let client = client(&cache, &upstream);
        for (call, expected) in calls.iter().zip(expected) {
            assert_eq!(attempts(&client, call).await, 1);
            assert_eq!(attempts(&client, call).await, expected, "{call:?}");
        }
    }
}

#[tokio::test]
async fn a_key_is_invalidated_by_the_name_that_calls_gave() {
    let (cache, upstream) = (SecretCache::builder().public_keys().build(), Upstream::new());
    upstream.answer_with(|_| Ok(empty::<GetPublicKeyRequest>()));
    let client = client(&cache, &upstream);
    let call = Call::new(GetPublicKeyRequest::new("alias/app"));
    attempts(&client, &call).await;
    cache.invalidate("alias/app");
    assert_eq!(attempts(&client, &call).await, 1);
}

#[tokio::test]
async fn the_layer_works_in_the_middle_of_a_stack() {
    let (cache, upstream) = (SecretCache::default(), Upstream::new());
    let stack = ServiceBuilder::new()
        .concurrency_limit(10)
        .load_shed()
        .map_request(|mut call: Call| {
            call.options_mut().gateway = Some(Gateway::Shared);
            call
        })
        .layer(cache.layer())
        .buffer(4)
        .timeout(Duration::from_secs(5))
        .service(upstream.service());
    let client = KmsClient::from_service(stack);
    assert_eq!(attempts(&client, &Call::new(request())).await, 1);
    assert_eq!(attempts(&client, &Call::new(request())).await, 0);
    assert_eq!(upstream.calls(), 1);
}
