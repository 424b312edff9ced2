//! Gateways as services that stand alone, below a router of the user's, and the client as a service.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use alibabacloud_kms::api::crypto::{DecryptResponse, EncryptRequest, EncryptResponse};
use alibabacloud_kms::middleware::timeout::TotalTimeoutLayer;
use alibabacloud_kms::transport::Transport;
use alibabacloud_kms::{
    Body, BoxCall, BoxError, Call, Error, ErrorKind, Gateway, KmsClient, Outcome, Reply, Router,
    Routing, TlsOptions,
};
use alibabacloud_kms_local::{DEFAULT_KEY, LocalGateway};
use http::{Request, Response};
use tower::layer::layer_fn;
use tower::{ServiceBuilder, ServiceExt, service_fn};

async fn local() -> LocalGateway {
    LocalGateway::builder().with_tls().start().await.expect("a local gateway")
}

fn encrypt() -> Call {
    Call::new(EncryptRequest::new(DEFAULT_KEY, "text"))
}

#[tokio::test]
async fn each_gateway_is_a_service_without_a_client() {
    let local = local().await;
    let shared = local.open_api_gateway().into_service().expect("a service");
    let instance = local.instance_gateway().into_service().expect("a service");
    for (gateway, expected) in [(shared, Gateway::Shared), (instance, Gateway::Instance)] {
        let reply = gateway.oneshot(encrypt()).await.expect("an answer");
        assert_eq!((reply.gateway(), reply.attempts()), (expected, 1));
        let answer: &EncryptResponse = reply.response().expect("the action's own response");
        assert!(!answer.ciphertext_blob.is_empty());
    }
}

#[tokio::test]
async fn a_gateway_alone_has_the_settings_of_a_builder() {
    let local = local().await;
    let attempts = Arc::new(AtomicU32::new(0));
    let seen = Arc::clone(&attempts);
    let refuse = layer_fn(move |_: BoxCall| {
        let seen = Arc::clone(&seen);
        service_fn(move |_: Call| {
            seen.fetch_add(1, Ordering::Relaxed);
            let error = Error::new(ErrorKind::Connect, "refused").with_outcome(Outcome::NotSent);
            std::future::ready(Err::<Reply, BoxError>(error.into()))
        })
    });
    for limit in [1, 2] {
        let settings = KmsClient::builder().attempt_layer(refuse.clone()).max_attempts(limit);
        let gateway = local.instance_gateway().into_service_with(&settings).expect("a service");
        assert!(gateway.oneshot(encrypt()).await.is_err());
        assert_eq!(attempts.swap(0, Ordering::Relaxed), limit);
    }
}

#[tokio::test]
async fn a_router_stands_between_a_real_gateway_and_any_service() {
    let local = local().await;
    let shared = local.open_api_gateway().into_service().expect("a service");
    let instance = service_fn(|_: Call| async {
        Ok::<_, BoxError>(Reply::new(DecryptResponse::default(), Gateway::Instance))
    });
    let router = Router::new(shared, instance, Routing::new());
    let reply = router.clone().oneshot(encrypt()).await.expect("an answer");
    assert!(reply.response::<DecryptResponse>().is_some());
    let mut call = encrypt();
    call.options_mut().gateway = Some(Gateway::Shared);
    let reply = router.oneshot(call).await.expect("an answer");
    assert!(reply.response::<EncryptResponse>().is_some());
}

#[tokio::test]
async fn a_client_is_a_service_and_takes_a_layer_more() {
    let local = local().await;
    let client = KmsClient::builder().shared(local.open_api_gateway()).build().expect("a client");
    let limited = ServiceBuilder::new().concurrency_limit(3).service(client);
    let over = KmsClient::from_service(limited);
    let answer = over.encrypt(EncryptRequest::new(DEFAULT_KEY, "text")).await.expect("an answer");
    assert!(!answer.ciphertext_blob.is_empty());
    let never = service_fn(|_: Call| std::future::pending::<Result<Reply, BoxError>>());
    let impatient =
        KmsClient::from_service(never).with_layer(TotalTimeoutLayer::new(Duration::ZERO));
    let error = impatient.encrypt(EncryptRequest::new(DEFAULT_KEY, "text")).await;
    assert_eq!(error.expect_err("too late").kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn a_layer_around_the_transport_keeps_the_gateways_ca() {
    let local = local().await;
    let signed = Arc::new(AtomicU32::new(0));
    let seen = Arc::clone(&signed);
    let look = ServiceBuilder::new().map_request(move |request: Request<Body>| {
        let is_signed = request.headers().contains_key("authorization");
        seen.fetch_add(u32::from(is_signed), Ordering::Relaxed);
        request
    });
    let client = KmsClient::builder()
        .shared(local.open_api_gateway())
        .instance(local.instance_gateway())
        .transport_layer(look.into_inner())
        .build()
        .expect("a client");
    for shared in [true, false] {
        let request = EncryptRequest::new(DEFAULT_KEY, "text");
        let answer = client.encrypt(request).use_shared_gateway(shared).await;
        assert!(answer.is_ok(), "{answer:?}");
    }
    assert_eq!(signed.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_transport_of_ones_own_beside_settings_that_it_would_drop_is_an_error() {
    let own = || {
        service_fn(|_: Request<Body>| async { Ok::<_, BoxError>(Response::new(Body::default())) })
    };
    let plain = || super::shared();
    assert!(plain().transport(own()).build().is_ok());
    // It is told of TLS by a signal.
    let tls = TlsOptions::danger_accept_any_certificate();
    assert!(plain().tls(tls).transport(own()).build().is_ok());
    for builder in [
        plain().connections(Transport::builder().max_connections(3)),
        plain().connect_timeout(Duration::from_secs(1)),
        plain().proxy(alibabacloud_kms::ProxyOptions::none()),
    ] {
        let error = builder.transport(own()).build().expect_err("it would drop a setting");
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("transport_layer"), "{error}");
    }
}
