//! Quotas: the client keeps to the shared gateway's published limits, so that the service need not
//! refuse calls.
//!
//! Two processes share the account here, so that each keeps to a half. A call that would wait for more
//! than two seconds is an error, not sent.

use std::error::Error;
use std::time::{Duration, Instant};

use alibabacloud_kms::KmsClient;
use alibabacloud_kms::api::key::{CreateKeyRequest, DescribeKeyRequest};
use alibabacloud_kms::quota::{QuotaGroup, QuotaLayer, SHARED_GATEWAY};
use alibabacloud_kms_local::LocalGateway;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let local = LocalGateway::start().await?;
    let quotas = QuotaLayer::shared_gateway()
        .share(0.5)
        .max_wait(Duration::from_secs(2))
        // A limit of our own beside the published ones.
        .group(QuotaGroup::new("aliases", &["CreateAlias", "UpdateAlias"], 2));
    let client =
        KmsClient::builder().shared(local.open_api_gateway()).shared_layer(quotas).build()?;

    for group in SHARED_GATEWAY {
        println!("{} in {:?}: {}", group.limit, group.period, group.name);
    }

    // Five keys a second are the half of what the service allows.
    let begun = Instant::now();
    let mut keys = Vec::new();
    for _ in 0..6 {
        let created = client.create_key(CreateKeyRequest::new()).await?;
        keys.push(created.key_metadata.key_id);
    }
    println!("{} keys after {:?}", keys.len(), begun.elapsed());
    assert!(begun.elapsed() >= Duration::from_secs(1));

    let begun = Instant::now();
    for key in keys {
        client.describe_key(DescribeKeyRequest::new(key.clone())).await?;
    }
    assert!(begun.elapsed() < Duration::from_secs(1), "another group has turns of its own");
    Ok(())
}
