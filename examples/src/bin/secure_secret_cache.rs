//! A cache above the client's stack: a hit, a rotation that a watch sees, a fresh call.

use std::error::Error;
use std::time::Duration;

use alibabacloud_kms::KmsClient;
use alibabacloud_kms::api::secret::{
    CreateSecretRequest, GetSecretValueRequest, PutSecretValueRequest,
};
use alibabacloud_kms::cache::SecretCache;
use alibabacloud_kms_local::LocalGateway;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let local = LocalGateway::start().await?;
    let shared = local.open_api_gateway();

    let cache = SecretCache::builder().ttl(Duration::from_secs(60)).build();
    let client = KmsClient::builder().shared(shared.clone()).layer(cache.layer()).build()?;
    let mut versions = cache.watch("app/db");

    client.create_secret(CreateSecretRequest::new("app/db", "v1", "old password")).await?;
    for _ in 0..2 {
        let reply = client.get_secret_value(GetSecretValueRequest::new("app/db")).reply().await?;
        println!("the secret took {} requests", reply.attempts());
    }
    println!("the watch saw {:?}", versions.changed().await);

    // Somebody else rotates the secret: the cache cannot know, and a fresh call does not ask it.
    let other = KmsClient::builder().shared(shared).build()?;
    other.put_secret_value(PutSecretValueRequest::new("app/db", "v2", "new password")).await?;
    let request = GetSecretValueRequest::new("app/db");
    println!("kept is {}", client.get_secret_value(request.clone()).await?.version_id);
    println!("fresh is {}", client.get_secret_value(request).fresh().await?.version_id);
    println!("the watch saw {:?}", versions.changed().await);

    println!("{:?}", cache.statistics());
    Ok(())
}
