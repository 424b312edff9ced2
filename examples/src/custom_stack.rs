//! The default stack rebuilt from its parts.
//!
//! Every part is public and stands alone; another order is another program. A test holds that the
//! functions here send the same bytes as `KmsClient::builder()`; the program `extend_stack` uses them.

use std::time::Duration;

use alibabacloud_kms::middleware::charset::CharsetLayer;
use alibabacloud_kms::middleware::encode::{EncodeProtobufLayer, EncodeRpcLayer};
use alibabacloud_kms::middleware::retry::RetryLayer;
use alibabacloud_kms::middleware::sign::{SignAcs3Layer, SignClientKeyLayer};
use alibabacloud_kms::middleware::telemetry::{TelemetryAttemptLayer, TelemetryLayer};
use alibabacloud_kms::middleware::timeout::{AttemptTimeoutLayer, TotalTimeoutLayer};
use alibabacloud_kms::middleware::tls::TlsLayer;
use alibabacloud_kms::transfer::TransferLayer;
use alibabacloud_kms::transport::Transport;
use alibabacloud_kms::{BoxCall, Charset, Endpoint, Gateway, KmsClient, Router};
use tower::ServiceBuilder;

/// A gateway in the RPC dialect: the shared one, or an instance that is called with an access key.
pub fn rpc(
    gateway: Gateway,
    endpoint: Endpoint,
    retry: RetryLayer,
    sign: SignAcs3Layer,
    transport: Transport,
) -> BoxCall {
    let stack = ServiceBuilder::new()
        .layer(retry)
        .layer(TelemetryAttemptLayer::new(gateway, endpoint.clone()))
        .layer(EncodeRpcLayer::new(gateway, endpoint))
        .layer(sign)
        .layer(TlsLayer::new())
        .layer(AttemptTimeoutLayer::new(Duration::from_secs(10)))
        .service(transport);
    BoxCall::new(stack)
}

/// An instance in its own dialect.
pub fn protobuf(
    endpoint: Endpoint,
    retry: RetryLayer,
    sign: SignClientKeyLayer,
    transport: Transport,
) -> BoxCall {
    let stack = ServiceBuilder::new()
        .layer(CharsetLayer::new(Charset::default()))
        .layer(TransferLayer::new())
        .layer(retry)
        .layer(TelemetryAttemptLayer::new(Gateway::Instance, endpoint.clone()))
        .layer(EncodeProtobufLayer::new(endpoint))
        .layer(sign)
        .layer(TlsLayer::new())
        .layer(AttemptTimeoutLayer::new(Duration::from_secs(10)))
        .service(transport);
    BoxCall::new(stack)
}

/// What stands above the gateways.
pub fn client(router: Router) -> KmsClient {
    let stack = ServiceBuilder::new()
        .layer(TelemetryLayer::new())
        .layer(TotalTimeoutLayer::new(Duration::from_secs(30)))
        .service(router);
    KmsClient::from_service(stack)
}
