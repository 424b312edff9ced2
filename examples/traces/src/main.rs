//! Traces on a terminal: a line for each call, attempt and retry when it ends.
//!
//! `RUST_LOG` decides what is shown, as in any program with `tracing-subscriber`:
//! `RUST_LOG=info` shows calls without their attempts.

use std::error::Error;

use alibabacloud_kms::KmsClient;
use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms_local::LocalGateway;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let filter = EnvFilter::try_from_default_env();
    tracing_subscriber::fmt()
        .with_env_filter(filter.or_else(|_| EnvFilter::try_new("info,alibabacloud_kms=debug"))?)
        .with_span_events(FmtSpan::CLOSE)
        .init();

    let local = LocalGateway::start().await?;
    let client = KmsClient::builder()
        .shared(local.open_api_gateway())
        .instance(local.instance_gateway())
        .build()?;
    client.encrypt(EncryptRequest::new("alias/default", "text")).await?;
    client.encrypt(EncryptRequest::new("alias/default", "text")).use_shared_gateway(true).await?;
    let refused = client.encrypt(EncryptRequest::new("alias/missing", "text")).await;
    assert!(refused.is_err());
    Ok(())
}
