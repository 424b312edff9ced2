//! The default stack rebuilt from its parts, and a layer for one of the gateways only.
//!
//! The parts are put together in `examples/src/custom_stack.rs`.

use std::error::Error;
use std::sync::Arc;

use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::middleware::retry::{ClockSkew, RenewCredential, RetryLayer, RetryPolicy};
use alibabacloud_kms::middleware::sign::{SignAcs3Layer, SignClientKeyLayer};
use alibabacloud_kms::transport::Transport;
use alibabacloud_kms::{Call, Dialect, ExposeSecret, Gateway, Router, Routing};
use alibabacloud_kms_examples::custom_stack;
use alibabacloud_kms_local::LocalGateway;
use tower::ServiceBuilder;

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
    let shared =
        custom_stack::rpc(Gateway::Shared, local.endpoint(), retry, sign, transport.clone());

    let skew = ClockSkew::default();
    let retry = RetryLayer::new(RetryPolicy::default().remedy(Arc::new(skew.clone())));
    let sign = SignClientKeyLayer::new(Arc::new(local.client_key())).clock(skew.clock());
    let instance = custom_stack::protobuf(local.endpoint(), retry, sign, transport);
    let instance = ServiceBuilder::new()
        .map_request(|call: Call| {
            println!("the instance will be asked for {}", call.action().name);
            call
        })
        .service(instance);

    let router = Router::new(shared, instance, Routing::new());
    let client = custom_stack::client(router.instance_dialect(Dialect::Protobuf));

    let sealed = client.encrypt(EncryptRequest::new("alias/default", "text")).await?;
    let opened = client.decrypt(DecryptRequest::new(sealed.ciphertext_blob)).await?;
    println!("and gave back: {}", opened.plaintext.expose_secret());
    Ok(())
}
