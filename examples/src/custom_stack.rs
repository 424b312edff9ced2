//! The default stack rebuilt from its parts, and a layer for one of the gateways only.
//!
//! Every part is public and stands alone; another order is another program. A test holds that the
//! functions here send the same bytes as `KmsClient::builder()`.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::gateway::TransferLayer;
use alibabacloud_kms_local::LocalGateway;
use alibabacloud_kms::middleware::charset::CharsetLayer;
use alibabacloud_kms::middleware::encode::{EncodeProtobufLayer, EncodeRpcLayer};
use alibabacloud_kms::middleware::metrics::{MetricsAttemptLayer, MetricsLayer};
use alibabacloud_kms::middleware::retry::{ClockSkew, RenewCredential, RetryLayer, RetryPolicy};
use alibabacloud_kms::middleware::sign::{SignAcs3Layer, SignClientKeyLayer};
use alibabacloud_kms::middleware::timeout::{AttemptTimeoutLayer, TotalTimeoutLayer};
use alibabacloud_kms::middleware::trace::{TraceAttemptLayer, TraceLayer};
use alibabacloud_kms::middleware::transport::Transport;
use alibabacloud_kms::{
    BoxCall, Call, Charset, Dialect, Endpoint, ExposeSecret, Gateway, KmsClient, Router, Routing,
};
use tower::ServiceBuilder;

/// A gateway in the RPC dialect: the shared one, or an instance that is called with an access key.
pub(crate) fn rpc(
    gateway: Gateway,
    endpoint: Endpoint,
    retry: RetryLayer,
    sign: SignAcs3Layer,
    transport: Transport,
) -> BoxCall {
    let stack = ServiceBuilder::new()
        .layer(retry)
        .layer(TraceAttemptLayer::new(gateway, endpoint.clone()))
        .layer(MetricsAttemptLayer::new(gateway, endpoint.clone()))
        .layer(EncodeRpcLayer::new(gateway, endpoint))
        .layer(sign)
        .layer(AttemptTimeoutLayer::new(Duration::from_secs(10)))
        .service(transport);
    BoxCall::new(stack)
}

/// An instance in its own dialect.
pub(crate) fn protobuf(
    endpoint: Endpoint,
    retry: RetryLayer,
    sign: SignClientKeyLayer,
    transport: Transport,
) -> BoxCall {
    let stack = ServiceBuilder::new()
        .layer(CharsetLayer::new(Charset::default()))
        .layer(TransferLayer::new())
        .layer(retry)
        .layer(TraceAttemptLayer::new(Gateway::Instance, endpoint.clone()))
        .layer(MetricsAttemptLayer::new(Gateway::Instance, endpoint.clone()))
        .layer(EncodeProtobufLayer::new(endpoint))
        .layer(sign)
        .layer(AttemptTimeoutLayer::new(Duration::from_secs(10)))
        .service(transport);
    BoxCall::new(stack)
}

/// What stands above the gateways.
pub(crate) fn client(router: Router<BoxCall, BoxCall>) -> KmsClient {
    let stack = ServiceBuilder::new()
        .layer(TraceLayer)
        .layer(MetricsLayer)
        .layer(TotalTimeoutLayer::new(Duration::from_secs(30)))
        .service(router);
    KmsClient::from_service(stack)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let local = LocalGateway::start().await?;
    let transport = Transport::builder().build()?;

    // Each gateway has a budget of its own for retries, and a clock of its own.
    let skew = ClockSkew::default();
    let sign = SignAcs3Layer::new(Arc::new(local.credential())).clock(skew.clock());
    let renew = RenewCredential::new(sign.provider());
    let retry = RetryPolicy::default().remedy(Arc::new(skew)).remedy(Arc::new(renew));
    let retry = RetryLayer::new(retry);
    let shared = rpc(Gateway::Shared, local.endpoint(), retry, sign, transport.clone());

    let skew = ClockSkew::default();
    let retry = RetryLayer::new(RetryPolicy::default().remedy(Arc::new(skew.clone())));
    let sign = SignClientKeyLayer::new(Arc::new(local.client_key())).clock(skew.clock());
    let instance = protobuf(local.endpoint(), retry, sign, transport);
    let instance = ServiceBuilder::new()
        .map_request(|call: Call| {
            println!("the instance will be asked for {}", call.action().name);
            call
        })
        .service(instance);

    let router = Router::new(Some(shared), Some(BoxCall::new(instance)), Routing::new())?;
    let client = client(router.instance_dialect(Dialect::Protobuf));

    let sealed = client.encrypt(EncryptRequest::new("alias/default", "text")).await?;
    let opened = client.decrypt(DecryptRequest::new(sealed.ciphertext_blob)).await?;
    println!("and gave back: {}", opened.plaintext.expose_secret());
    Ok(())
}
