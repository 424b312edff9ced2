//! The cache: how long it keeps what, for whom, and how many calls it makes.

mod flights;
#[cfg(feature = "local")]
mod gateway;
mod keys;
mod lifetime;
mod upstream;
mod versions;
mod wiped;

use alibabacloud_kms::api::secret::{GetSecretValueRequest, GetSecretValueResponse};
use alibabacloud_kms::cache::SecretCache;
use alibabacloud_kms::{Error, KmsClient, Reply};
use tower::ServiceBuilder;

use self::upstream::Upstream;

/// A client whose stack is the cache over the service.
fn client(cache: &SecretCache, upstream: &Upstream) -> KmsClient {
    let stack = ServiceBuilder::new().layer(cache.layer()).service(upstream.service());
    KmsClient::from_service(stack)
}

fn request() -> GetSecretValueRequest {
    GetSecretValueRequest::new("app/db")
}

async fn reply(client: &KmsClient) -> Result<Reply, Error> {
    client.get_secret_value(request()).reply().await
}

/// The version that a call is given, and how many requests were made for it.
async fn given(client: &KmsClient) -> (String, u32) {
    let reply = reply(client).await.expect("an answer");
    (version(&reply), reply.attempts())
}

fn version(reply: &Reply) -> String {
    reply.response::<GetSecretValueResponse>().expect("a secret").version_id.clone()
}

/// Lets all tasks that can go on do so.
async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}
