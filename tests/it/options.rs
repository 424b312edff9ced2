//! Every option of a call reaches every layer, on both gateways.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::{
    Body, BoxError, Call, CallOptions, Credential, ExposeSecret, Gateway, InstanceGateway,
    KmsClient, OpenApiGateway, PendingCall, TlsOptions,
};
use alibabacloud_kms_tests::canary;
use tower::service_fn;
use tower::util::MapRequestLayer;

/// A user's own option.
#[derive(Clone, PartialEq, Debug)]
struct Tenant(&'static str);

fn with_every_option(
    call: PendingCall<EncryptRequest>,
    gateway: Gateway,
) -> PendingCall<EncryptRequest> {
    let call = call
        .use_shared_gateway(gateway == Gateway::Shared)
        .charset("gbk")
        .expect("a charset")
        .timeout(Duration::from_secs(9))
        .attempt_timeout(Duration::from_secs(8))
        .max_attempts(2)
        .idempotent(false)
        .credential(Credential::bearer("token"))
        .tls(TlsOptions::danger_accept_any_certificate())
        .header("x-own", "1")
        .expect("a header")
        .extension(Tenant("t"));
    match gateway {
        Gateway::Shared => call.parameter("Own", "2"),
        // Its dialect has no place for them.
        Gateway::Instance => call,
    }
}

fn assert_every_option(options: &CallOptions, gateway: Gateway) {
    let CallOptions { charset, timeout, attempt_timeout, max_attempts, .. } = options.clone();
    assert_eq!(options.gateway, Some(gateway));
    assert_eq!(charset, Some("gbk".parse().expect("a charset")));
    assert_eq!(timeout, Some(Duration::from_secs(9)));
    assert_eq!(attempt_timeout, Some(Duration::from_secs(8)));
    assert_eq!((max_attempts, options.idempotent), (Some(2), Some(false)));
    assert!(options.credential.is_some());
    assert_eq!(options.tls.as_deref(), Some(&TlsOptions::danger_accept_any_certificate()));
    assert_eq!(options.headers["x-own"], "1");
    let parameters = options.parameters.iter();
    let parameters: Vec<_> =
        parameters.map(|(name, value)| (name.as_str(), value.expose_secret())).collect();
    match gateway {
        Gateway::Shared => assert_eq!(parameters, [("Own", "2")]),
        Gateway::Instance => assert!(parameters.is_empty()),
    }
}

/// The layers that saw the call, from the outside in.
async fn seen_by(gateway: Gateway) -> Vec<&'static str> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let call_level = {
        let seen = Arc::clone(&seen);
        MapRequestLayer::new(move |call: Call| {
            assert_every_option(call.options(), gateway);
            assert_eq!(call.extensions().get(), Some(&Tenant("t")));
            seen.lock().expect("no panic before").push("call");
            call
        })
    };
    let at_http_level = |name: &'static str| {
        let seen = Arc::clone(&seen);
        move |request: &http::Request<Body>| {
            let options = request.extensions().get::<Arc<CallOptions>>().expect("the options");
            assert_every_option(options, gateway);
            assert_eq!(request.extensions().get(), Some(&Tenant("t")));
            seen.lock().expect("no panic before").push(name);
        }
    };
    let http_level = at_http_level("http");
    let transport = at_http_level("transport");
    let endpoint = || "https://kms.invalid".parse().expect("an endpoint");
    let client = KmsClient::builder()
        .shared(OpenApiGateway::new(endpoint(), Credential::access_key("id", "secret")))
        .instance(InstanceGateway::new(endpoint(), canary::client_key()))
        .layer(call_level)
        .http_layer(MapRequestLayer::new(move |request: http::Request<Body>| {
            http_level(&request);
            request
        }))
        .transport(service_fn(move |request: http::Request<Body>| {
            transport(&request);
            async { Err::<http::Response<Body>, BoxError>("seen".into()) }
        }))
        .build()
        .expect("a client");
    let call = client.encrypt(EncryptRequest::new("k", "t"));
    with_every_option(call, gateway).await.expect_err("the transport's");
    let seen = seen.lock().expect("no panic before");
    seen.clone()
}

#[tokio::test]
async fn every_option_reaches_the_layers_of_both_levels_and_the_transport() {
    for gateway in [Gateway::Shared, Gateway::Instance] {
        assert_eq!(seen_by(gateway).await, ["call", "http", "transport"]);
    }
}
