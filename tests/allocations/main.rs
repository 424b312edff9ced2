//! What a call allocates, and what a clone: a client and a gateway's stack are cloned for each call.

#[cfg(not(feature = "metrics"))]
mod call;

use std::sync::Arc;
use std::time::Duration;

use alibabacloud_kms::middleware::charset::CharsetLayer;
use alibabacloud_kms::middleware::encode::EncodeProtobufLayer;
use alibabacloud_kms::middleware::retry::{ClockSkew, RenewCredential, RetryLayer, RetryPolicy};
use alibabacloud_kms::middleware::sign::SignAcs3Layer;
use alibabacloud_kms::middleware::telemetry::{TelemetryAttemptLayer, TelemetryLayer};
use alibabacloud_kms::middleware::timeout::{AttemptTimeoutLayer, TotalTimeoutLayer};
use alibabacloud_kms::{
    Body, BoxError, BoxHttp, Charset, Credential, Endpoint, Gateway, InstanceGateway, KmsClient,
    OpenApiGateway,
};
use alibabacloud_kms_tests::canary;
use http::{Request, Response};
use tower::{ServiceBuilder, service_fn};

fn endpoint() -> Endpoint {
    "kms.invalid:8443".parse().expect("an endpoint")
}

fn transport() -> BoxHttp {
    BoxHttp::new(service_fn(|_: Request<Body>| async {
        Ok::<_, BoxError>(Response::new(Body::default()))
    }))
}

fn builder() -> alibabacloud_kms::ClientBuilder {
    KmsClient::builder()
        .shared(OpenApiGateway::new(endpoint(), Credential::access_key("id", "secret")))
        .instance(InstanceGateway::new(endpoint(), canary::client_key()))
        .transport(transport())
}

/// The allocations that cloning this takes, dropping the clone included.
fn of_a_clone<T: Clone>(value: &T) -> u64 {
    allocation_counter::measure(|| drop(value.clone())).count_total
}

#[test]
fn allocations_are_counted() {
    assert_eq!(of_a_clone(&Box::new(7)), 1);
}

#[test]
fn a_clone_of_a_client_or_of_a_gateways_stack_allocates_nothing() {
    assert_eq!(of_a_clone(&builder().build().expect("a client")), 0);
    let credential = Credential::access_key("id", "secret");
    let settings = KmsClient::builder().transport(transport());
    let shared = OpenApiGateway::new(endpoint(), credential).into_service_with(&settings);
    assert_eq!(of_a_clone(&shared.expect("a service")), 0);
    let instance = InstanceGateway::new(endpoint(), canary::client_key());
    assert_eq!(of_a_clone(&instance.into_service_with(&settings).expect("a service")), 0);
}

/// The layers inside a box are cloned for a call too.
#[test]
fn a_clone_of_the_layers_themselves_allocates_nothing() {
    let provider = Arc::new(Credential::access_key("id", "secret"));
    let renew = Arc::new(RenewCredential::new(provider.clone()));
    let policy = RetryPolicy::default().remedy(Arc::new(ClockSkew::default())).remedy(renew);
    let stack = ServiceBuilder::new()
        .layer(TelemetryLayer::new())
        .layer(TotalTimeoutLayer::new(Duration::from_secs(1)))
        .layer(CharsetLayer::new(Charset::default()))
        .layer(RetryLayer::new(policy))
        .layer(TelemetryAttemptLayer::new(Gateway::Instance, endpoint()))
        .layer(EncodeProtobufLayer::new(endpoint()))
        .layer(SignAcs3Layer::new(provider))
        .layer(AttemptTimeoutLayer::new(Duration::from_secs(1)))
        .service(transport());
    assert_eq!(of_a_clone(&stack), 0);
}
