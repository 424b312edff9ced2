//! A middleware as a closure: what comes before a call, what comes after it, in a dozen lines.

use std::error::Error;
use std::time::Instant;

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::api::key::ListKeysRequest;
use alibabacloud_kms::{BoxCall, Call, KmsClient};
use alibabacloud_kms_local::LocalGateway;
use tower::layer::layer_fn;
use tower::{ServiceExt, service_fn};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let local = LocalGateway::start().await?;
    let timed = layer_fn(|inner: BoxCall| {
        service_fn(move |call: Call| {
            let inner = inner.clone();
            async move {
                let (action, begun) = (call.action().name, Instant::now());
                let result = inner.oneshot(call).await;
                let word = if result.is_ok() { "succeeded" } else { "failed" };
                println!("{action} {word} after {:?}", begun.elapsed());
                result
            }
        })
    });
    let client = KmsClient::builder().shared(local.open_api_gateway()).layer(timed).build()?;

    client.list_keys(ListKeysRequest::new()).await?;
    let refused = client.encrypt(EncryptRequest::new("alias/missing", "text")).await;
    assert!(refused.is_err());
    Ok(())
}
