//! Who signs: the chain that the official SDKs search, and what it found.
//!
//! The process's own environment is what it looks at by default: `DefaultChain::new()`. Here it is
//! shown one in which only the local gateway's access key is set.

use std::error::Error;

use alibabacloud_kms::api::key::ListKeysRequest;
use alibabacloud_kms::credential::{DefaultChain, Environment};
use alibabacloud_kms::{Credential, ExposeSecret, KmsClient, OpenApiGateway};
use alibabacloud_kms_local::LocalGateway;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let local = LocalGateway::start().await?;
    let Credential::AccessKey { id, secret, .. } = local.credential() else {
        return Err("the local gateway has an access key".into());
    };
    let environment = Environment::from_variables(move |name| match name {
        "ALIBABA_CLOUD_ACCESS_KEY_ID" => Some(id.clone().into()),
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET" => Some(secret.expose_secret().into()),
        "ALIBABA_CLOUD_ECS_METADATA_DISABLED" => Some("true".into()),
        _ => None,
    });
    let endpoint = local.endpoint();

    let chain = DefaultChain::from_environment(&environment);
    println!("{}", chain.explain().await);
    let client = KmsClient::builder().shared(OpenApiGateway::new(endpoint, chain)).build()?;

    let keys = client.list_keys(ListKeysRequest::new()).await?;
    println!("the gateway knows who calls, and has {} keys", keys.total_count);
    Ok(())
}
