//! What a client does with a credential that the service refuses, or that takes its time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::credential::{Cached, Environment, LoadCredential, Temporary};
use alibabacloud_kms::{
    Body, BoxError, ClientBuilder, Credential, Error, ErrorKind, KmsClient, OpenApiGateway,
    ProvideCredential,
};
use alibabacloud_kms_tests::answers::ENCRYPTED;
use async_trait::async_trait;
use tokio::sync::Barrier;
use tower::service_fn;

/// Gives `key-1`, `key-2` and so on, each after this time.
#[derive(Debug, Default)]
struct Numbered {
    loads: Arc<AtomicUsize>,
    takes: Duration,
}

#[async_trait]
impl LoadCredential for Numbered {
    fn name(&self) -> &'static str {
        "numbered"
    }

    async fn load(&self) -> Result<Temporary, Error> {
        tokio::time::sleep(self.takes).await;
        let number = self.loads.fetch_add(1, Ordering::SeqCst) + 1;
        let credential = Credential::sts(format!("key-{number}"), "secret", "token");
        let expires_at = Some(SystemTime::now() + Duration::from_secs(3600));
        Ok(Temporary::new(credential, expires_at))
    }

    fn limit(&self) -> Duration {
        Duration::from_secs(3600)
    }
}

/// A provider and the count of its loads.
fn numbered(takes: Duration) -> (Cached<Numbered>, Arc<AtomicUsize>) {
    let loads = Arc::new(AtomicUsize::new(0));
    let numbered = Numbered { loads: loads.clone(), takes };
    (Cached::new(numbered, &Environment::from_variables(|_| None)), loads)
}

/// A client of a service that refuses these keys like this, all of the first so many at once.
fn client(
    provider: impl ProvideCredential + 'static,
    refused: &'static [&'static str],
    code: &'static str,
    at_once: usize,
) -> ClientBuilder {
    let barrier = Arc::new(Barrier::new(at_once));
    let transport = service_fn(move |request: http::Request<Body>| {
        let barrier = barrier.clone();
        async move {
            let key = request.headers()["x-acs-accesskey-id"].to_str().expect("a text");
            let (status, body) = match refused.contains(&key) {
                true => {
                    if key == "key-1" {
                        barrier.wait().await;
                    }
                    (400, format!(r#"{{"Code":"{code}","Message":"no","RequestId":"r"}}"#))
                }
                false => (200, ENCRYPTED.to_owned()),
            };
            let response = http::Response::builder().status(status).body(Body::from(body));
            Ok::<_, BoxError>(response.expect("an answer"))
        }
    });
    let endpoint = "http://kms.invalid".parse().expect("an endpoint");
    let gateway = OpenApiGateway::new(endpoint, provider);
    KmsClient::builder().shared(gateway).transport(transport)
}

fn request() -> EncryptRequest {
    EncryptRequest::new("k", "t")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_calls_that_are_refused_at_once_force_one_load_and_succeed() {
    for code in ["InvalidSecurityToken.Expired", "SignatureDoesNotMatch"] {
        let (provider, loads) = numbered(Duration::ZERO);
        let client = client(provider, &["key-1"], code, 20).build().expect("a client");
        let calls: Vec<_> = (0..20)
            .map(|_| {
                let client = client.clone();
                tokio::spawn(async move { client.encrypt(request()).reply().await })
            })
            .collect();
        for call in calls {
            let reply = call.await.expect("no panic").expect("an answer");
            assert_eq!(reply.attempts(), 2);
        }
        assert_eq!(loads.load(Ordering::SeqCst), 2);
    }
}

#[tokio::test]
async fn a_credential_that_stays_refused_costs_a_call_one_request_more() {
    let keys = &["key-1", "key-2", "key-3"];
    let (provider, loads) = numbered(Duration::ZERO);
    let client = client(provider, keys, "InvalidSecurityToken.Malformed", 1);
    let client = client.build().expect("a client");
    let error = client.encrypt(request()).await.expect_err("refused twice");
    assert_eq!(error.code(), Some("InvalidSecurityToken.Malformed"));
    assert_eq!((error.attempts(), loads.load(Ordering::SeqCst)), (2, 2));
    // It was renewed a moment ago: that is not repeated for every call.
    let error = client.encrypt(request()).await.expect_err("refused");
    assert_eq!((error.attempts(), loads.load(Ordering::SeqCst)), (1, 2));
}

#[tokio::test]
async fn what_cannot_be_renewed_and_what_is_no_refusal_of_the_signer_is_not_repeated() {
    let fixed = Credential::sts("key-1", "secret", "token");
    let fixed = client(fixed, &["key-1"], "InvalidSecurityToken.Expired", 1);
    let error = fixed.build().expect("a client").encrypt(request()).await.expect_err("refused");
    assert_eq!(error.attempts(), 1);

    let (provider, loads) = numbered(Duration::ZERO);
    let forbidden = client(provider, &["key-1"], "Forbidden.NoPermission", 1);
    let error = forbidden.build().expect("a client").encrypt(request()).await.expect_err("refused");
    assert_eq!((error.attempts(), loads.load(Ordering::SeqCst)), (1, 1));
}

#[tokio::test]
async fn a_call_with_a_provider_of_its_own_renews_that_one() {
    let (clients, clients_loads) = numbered(Duration::ZERO);
    let (own, own_loads) = numbered(Duration::ZERO);
    let client = client(clients, &["key-1"], "InvalidSecurityToken.Expired", 1);
    let client = client.build().expect("a client");
    client.encrypt(request()).credential(own).await.expect("an answer");
    assert_eq!(own_loads.load(Ordering::SeqCst), 2);
    assert_eq!(clients_loads.load(Ordering::SeqCst), 0);
}

#[tokio::test(start_paused = true)]
async fn loading_is_not_charged_to_the_call_however_short_its_limits_are() {
    let (provider, loads) = numbered(Duration::from_secs(50));
    let client = client(provider, &["key-1"], "InvalidSecurityToken.Expired", 1)
        .timeout(Duration::from_millis(100))
        .attempt_timeout(Duration::from_millis(50))
        .build()
        .expect("a client");
    client.encrypt(request()).await.expect("an answer");
    assert_eq!(loads.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn loading_ends_at_its_own_limit() {
    let (provider, _) = numbered(Duration::from_secs(50));
    let client = client(provider, &[], "", 1).credential_timeout(Duration::from_secs(3));
    let start = tokio::time::Instant::now();
    let error = client.build().expect("a client").encrypt(request()).await.expect_err("too long");
    assert_eq!(error.kind(), ErrorKind::Credential);
    assert_eq!((start.elapsed(), error.attempts()), (Duration::from_secs(3), 0));
}

/// Another access key than the gateway's, until it is asked again.
#[derive(Debug)]
struct Rotated {
    loads: AtomicUsize,
    now: Credential,
}

#[async_trait]
impl LoadCredential for Rotated {
    fn name(&self) -> &'static str {
        "rotated"
    }

    async fn load(&self) -> Result<Temporary, Error> {
        let credential = match self.loads.fetch_add(1, Ordering::SeqCst) {
            0 => Credential::access_key("old-id", "old-secret"),
            _ => self.now.clone(),
        };
        Ok(Temporary::new(credential, None))
    }
}

#[tokio::test]
async fn a_key_that_was_rotated_is_picked_up_when_the_gateway_refuses_the_old_one() {
    let local = alibabacloud_kms_local::LocalGateway::start().await.expect("a gateway");
    let rotated = Rotated { loads: AtomicUsize::new(0), now: local.credential() };
    let provider = Cached::new(rotated, &Environment::from_variables(|_| None));
    let gateway = OpenApiGateway::new(local.endpoint(), provider);
    let client = KmsClient::builder().shared(gateway).max_attempts(1).build().expect("a client");
    let request = EncryptRequest::new("alias/default", "text");
    let reply = client.encrypt(request).reply().await.expect("an answer");
    assert_eq!(reply.attempts(), 2);
}
