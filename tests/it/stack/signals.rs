//! Layers and transports of the user's take part by the signals: what they write is read like ours.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::middleware::encode::EncodeRpcLayer;
use alibabacloud_kms::middleware::retry::{RenewCredential, RetryLayer, RetryPolicy};
use alibabacloud_kms::middleware::signals::{Attempt, Departure, Progress, SignedBy};
use alibabacloud_kms::middleware::telemetry::TelemetryAttemptLayer;
use alibabacloud_kms::middleware::timeout::{AttemptTimeoutLayer, TotalTimeoutLayer};
use alibabacloud_kms::{
    Body, BoxCall, BoxError, Call, Credential, Error, ErrorKind, Gateway, Identity, KmsClient,
    Outcome, ProvideCredential, Reply,
};
use alibabacloud_kms_tests::answers::ENCRYPTED;
use async_trait::async_trait;
use http::{Request, Response, StatusCode};
use tower::layer::layer_fn;
use tower::{ServiceBuilder, ServiceExt, service_fn};

use super::{Log, encrypted, endpoint, request, shared, spans};

const LIMIT: Duration = Duration::from_secs(1);

/// A transport that waits for ever, before or behind the moment in which it sends.
fn stalls(sends: bool) -> impl alibabacloud_kms::HttpService + Clone + Send + Sync {
    service_fn(move |request: Request<Body>| async move {
        let departure = request.extensions().get::<Departure>().cloned().unwrap_or_default();
        departure.mark_held();
        if sends {
            departure.mark_sent();
        }
        std::future::pending::<Result<Response<Body>, BoxError>>().await
    })
}

#[tokio::test(start_paused = true)]
async fn a_transport_that_says_it_holds_a_request_makes_both_time_limits_not_sent() {
    for (sends, outcome) in [(false, Outcome::NotSent), (true, Outcome::Unknown)] {
        let attempt = shared().attempt_timeout(LIMIT).max_attempts(1).transport(stalls(sends));
        let call = shared().timeout(LIMIT).transport(stalls(sends));
        for client in [attempt, call] {
            let error = client.build().expect("a client").encrypt(request()).await;
            let error = error.expect_err("no answer");
            assert_eq!((error.kind(), error.outcome()), (ErrorKind::Timeout, outcome));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_signer_that_waits_makes_the_calls_time_limit_not_sent() {
    let signer = layer_fn(|_: BoxCall| {
        service_fn(|call: Call| async move {
            let progress = call.extensions().get::<Progress>().cloned().unwrap_or_default();
            progress.begin_request();
            progress.hold_request();
            std::future::pending::<Result<Reply, BoxError>>().await
        })
    });
    let client = shared().timeout(LIMIT).shared_layer(signer).build().expect("a client");
    let error = client.encrypt(request()).await.expect_err("no answer");
    assert_eq!((error.outcome(), error.attempts()), (Outcome::NotSent, 0));
}

/// Counts how often it was refused.
#[derive(Debug, Default)]
struct Renewable(AtomicU32);

#[async_trait]
impl ProvideCredential for Renewable {
    async fn provide(&self) -> Result<Credential, Error> {
        Ok(Credential::bearer("token"))
    }

    fn refused(&self, credential: Identity) -> bool {
        assert_eq!(credential, who());
        self.0.fetch_add(1, Ordering::Relaxed);
        true
    }
}

fn who() -> Identity {
    Identity::new(["a signer of the user's"])
}

#[tokio::test]
async fn a_signer_that_names_whose_credential_it_used_has_it_renewed() {
    let provider = Arc::new(Renewable::default());
    let requests = Arc::new(AtomicU32::new(0));
    let seen = Arc::clone(&requests);
    let gateway = service_fn(move |_: Request<Body>| {
        let first = seen.fetch_add(1, Ordering::Relaxed) == 0;
        async move {
            let refusal = r#"{"Code":"InvalidAccessKeyId.NotFound","Message":"m"}"#;
            let mut response = Response::new(Body::from(if first { refusal } else { ENCRYPTED }));
            if first {
                *response.status_mut() = StatusCode::BAD_REQUEST;
                response.extensions_mut().insert(SignedBy::new(who()));
            }
            Ok::<_, BoxError>(response)
        }
    });
    let renewing: Arc<dyn ProvideCredential> = provider.clone();
    let policy = RetryPolicy::default().remedy(Arc::new(RenewCredential::new(renewing)));
    let stack = ServiceBuilder::new()
        .layer(RetryLayer::new(policy))
        .layer(EncodeRpcLayer::new(Gateway::Shared, endpoint()))
        .service(gateway);
    let reply = stack.oneshot(Call::new(request())).await.expect("an answer");
    assert_eq!((reply.attempts(), provider.0.load(Ordering::Relaxed)), (2, 1));
}

#[tokio::test]
async fn a_retry_that_numbers_its_attempts_shows_in_the_spans() {
    let log = Log::default();
    let _recording = spans::record(&log);
    let twice = layer_fn(|inner: BoxCall| {
        service_fn(move |mut call: Call| {
            let inner = inner.clone();
            async move {
                inner.clone().oneshot(call.clone()).await?;
                call.extensions_mut().insert(Attempt::new(2));
                inner.oneshot(call).await
            }
        })
    });
    let stack = ServiceBuilder::new()
        .layer(TotalTimeoutLayer::new(LIMIT))
        .layer(twice)
        .layer(layer_fn(BoxCall::new))
        .layer(TelemetryAttemptLayer::new(Gateway::Shared, endpoint()))
        .layer(EncodeRpcLayer::new(Gateway::Shared, endpoint()))
        .layer(AttemptTimeoutLayer::new(LIMIT))
        .service(service_fn(|_: Request<Body>| async { Ok::<_, BoxError>(encrypted()) }));
    let client = KmsClient::from_service(BoxCall::new(stack));
    client.encrypt(EncryptRequest::new("k", "t")).await.expect("an answer");
    let numbers: Vec<_> = log
        .lines()
        .into_iter()
        .filter(|line| {
            line.starts_with("kms.attempt kms.attempt=") || line.contains("resend_count")
        })
        .collect();
    assert_eq!(
        numbers,
        [
            "kms.attempt kms.attempt=1",
            "kms.attempt http.request.resend_count=1",
            "kms.attempt kms.attempt=2",
        ]
    );
}
