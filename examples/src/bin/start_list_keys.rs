//! A list as a stream: page after page, fetched as they are needed.

use std::error::Error;

use alibabacloud_kms::KmsClient;
use alibabacloud_kms::api::key::{DescribeKeyRequest, ListKeysRequest};
use alibabacloud_kms::api::values::KeyState;
use alibabacloud_kms_local::LocalGateway;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let gateway = LocalGateway::start().await?;
    let client = KmsClient::builder().shared(gateway.open_api_gateway()).build()?;

    let mut keys = client.list_keys(ListKeysRequest::new().page_size(2)).items();
    while let Some(key) = keys.next().await {
        let described = client.describe_key(DescribeKeyRequest::new(key?.key_id)).await?;
        let metadata = described.key_metadata;
        if metadata.key_state == Some(KeyState::Enabled) {
            println!("{} can be used", metadata.key_id);
        }
    }
    Ok(())
}
