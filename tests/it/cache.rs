//! The cache: how long it keeps what, for whom, and how many calls it makes.

mod changes;
mod feeds;
mod flights;
mod gateway;
mod keys;
mod lifetime;
mod runtimes;
mod upstream;
mod versions;
mod wiped;

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use alibabacloud_kms::api::secret::{GetSecretValueRequest, GetSecretValueResponse};
use alibabacloud_kms::cache::SecretCache;
use alibabacloud_kms::{Error, ErrorKind, KmsClient, Outcome, Reply};
use tokio::task::JoinSet;
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

/// Sends so many calls, each in a task of its own.
fn callers(client: &KmsClient, count: usize) -> JoinSet<Result<Reply, Error>> {
    let mut callers = JoinSet::new();
    for _ in 0..count {
        let client = client.clone();
        callers.spawn(async move { reply(&client).await });
    }
    callers
}

/// Polls a future once.
fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

fn lost() -> Error {
    Error::new(ErrorKind::Transport, "the connection broke").with_outcome(Outcome::Unknown)
}

/// Lets all tasks that can go on do so.
async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}
