//! The default stack rebuilt from its parts, with a layer of our own in the middle.
//!
//! Every part is public and stands alone; another order is another program.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::gateway::TransferLayer;
use alibabacloud_kms::local::LocalGateway;
use alibabacloud_kms::middleware::charset::CharsetLayer;
use alibabacloud_kms::middleware::encode::{EncodeProtobufLayer, EncodeRpcLayer};
use alibabacloud_kms::middleware::retry::{RetryLayer, RetryPolicy};
use alibabacloud_kms::middleware::sign::{SignAcs3Layer, SignClientKeyLayer};
use alibabacloud_kms::middleware::timeout::{AttemptTimeoutLayer, TotalTimeoutLayer};
use alibabacloud_kms::middleware::trace::{TraceAttemptLayer, TraceLayer};
use alibabacloud_kms::middleware::transport::Transport;
use alibabacloud_kms::{
    Call, Charset, ExposeSecret, Gateway, KmsClient, Router, Routing, TlsOptions,
};
use tower::ServiceBuilder;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let local = LocalGateway::start().await?;
    let transport = Transport::builder().tls(TlsOptions::default()).build()?;

    let shared = ServiceBuilder::new()
        .layer(RetryLayer::new(RetryPolicy::default()))
        .layer(TraceAttemptLayer::new(Gateway::Shared, local.endpoint()))
        .layer(EncodeRpcLayer::new(Gateway::Shared, local.endpoint()))
        .layer(SignAcs3Layer::new(Arc::new(local.credential())))
        .layer(AttemptTimeoutLayer::new(Duration::from_secs(10)))
        .service(transport.clone());

    let instance = ServiceBuilder::new()
        .layer(CharsetLayer::new(Charset::default()))
        .layer(TransferLayer::new())
        .layer(RetryLayer::new(RetryPolicy::default()))
        .map_request(|call: Call| {
            println!("the instance will be asked for {}", call.action().name);
            call
        })
        .layer(TraceAttemptLayer::new(Gateway::Instance, local.endpoint()))
        .layer(EncodeProtobufLayer::new(local.endpoint()))
        .layer(SignClientKeyLayer::new(Arc::new(local.client_key())))
        .layer(AttemptTimeoutLayer::new(Duration::from_secs(10)))
        .service(transport);

    let stack = ServiceBuilder::new()
        .layer(TraceLayer)
        .layer(TotalTimeoutLayer::new(Duration::from_secs(30)))
        .service(Router::new(Some(shared), Some(instance), Routing::new())?);
    let client = KmsClient::from_service(stack);

    let sealed = client.encrypt(EncryptRequest::new("alias/default", "text")).await?;
    let opened = client.decrypt(DecryptRequest::new(sealed.ciphertext_blob)).await?;
    println!("and gave back: {}", opened.plaintext.expose_secret());
    Ok(())
}
