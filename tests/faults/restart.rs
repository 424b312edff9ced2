//! A gateway that dies and comes back under load: what is idempotent succeeds, nothing is doubled.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::api::key::{CreateKeyRequest, DescribeKeyRequest, ListKeysRequest};
use alibabacloud_kms::middleware::retry::{Backoff, Budget, RetryPolicy};
use alibabacloud_kms::{Error, KmsClient, Outcome};
use alibabacloud_kms_local::{DEFAULT_KEY, LocalGateway};
use alibabacloud_kms_tests::faults::FaultServer;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::bench::{WAYS, builder, local};

const TASKS: usize = 50;
const RESTARTS: usize = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_restarted_under_load_loses_nothing_and_doubles_nothing() {
    let local = local().await;
    let server = FaultServer::start(local.address()).await;
    let address = server.address();
    let client = client(&local, address);
    let (restarts, seen) = watch::channel(0);
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        tasks.spawn(work(client.clone(), task, seen.clone()));
    }

    let mut server = server;
    for restart in 1..=RESTARTS {
        // Amid requests: as soon as some have come in.
        while server.tries() < TASKS {
            tokio::task::yield_now().await;
        }
        server.die().await;
        server = FaultServer::start_at(address, local.address()).await;
        restarts.send(restart).expect("the tasks listen");
    }

    let mut created = HashMap::new();
    while let Some(results) = tasks.join_next().await {
        created.extend(results.expect("no idempotent call fails"));
    }
    let keys = keys(&local).await;
    for (description, result) in &created {
        let keys = keys.get(description).copied().unwrap_or(0);
        match result.as_ref().map_err(Error::outcome) {
            Ok(()) => assert_eq!(keys, 1, "{description}: {result:?}"),
            Err(Outcome::NotSent) => assert_eq!(keys, 0, "{description}: {result:?}"),
            Err(_) => assert!(keys <= 1, "{description}: {keys} keys, {result:?}"),
        }
    }
    assert!(created.values().any(Result::is_ok));
}

fn client(local: &LocalGateway, address: SocketAddr) -> KmsClient {
    // The gateway is away for less than these waits.
    let backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(1));
    // Restarts follow each other as fast as they can, which no budget is meant for.
    let budget = Arc::new(Budget::new(100_000));
    builder(local, WAYS[0], address, None)
        .attempt_timeout(Duration::from_secs(10))
        .retry(RetryPolicy::default().max_attempts(10).backoff(backoff).budget(budget))
        .build()
        .expect("a client")
}

/// Creates keys and encrypts until all restarts are over: the keys by their descriptions.
async fn work(
    client: KmsClient,
    task: usize,
    restarts: watch::Receiver<usize>,
) -> Vec<(String, Result<(), Error>)> {
    let mut created = Vec::new();
    while *restarts.borrow() < RESTARTS {
        let description = format!("key {} of task {task}", created.len());
        let request = CreateKeyRequest::new().description(&description);
        created.push((description, client.create_key(request).await.map(drop)));
        let sealed = client.encrypt(EncryptRequest::new(DEFAULT_KEY, "text")).await;
        sealed.expect("an idempotent call outlives a restart");
    }
    created
}

/// How many keys there are of each description.
async fn keys(local: &LocalGateway) -> HashMap<String, usize> {
    let client = KmsClient::builder().shared(local.open_api_gateway()).build();
    let client = client.expect("a client");
    let mut keys = HashMap::new();
    let mut listed = client.list_keys(ListKeysRequest::new().page_size(100)).items();
    while let Some(key) = listed.next().await {
        let request = DescribeKeyRequest::new(key.expect("a key").key_id);
        let described = client.describe_key(request).await.expect("it is described");
        let metadata = described.key_metadata;
        *keys.entry(metadata.description.unwrap_or_default()).or_default() += 1;
    }
    keys
}
