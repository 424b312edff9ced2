//! Tenants: each with a credential and a rate limit of its own, over one client and its connections.
//!
//! A tenant is a client too: the common one with two layers around it. A layer of the service chooses
//! between them by the call's extension, so that callers name their tenant and nothing else.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use alibabacloud_kms::api::key::ListKeysRequest;
use alibabacloud_kms::{
    BoxError, Call, Credential, Error, ErrorKind, KmsClient, ProvideCredential,
};
use alibabacloud_kms_local::LocalGateway;
use tower::{ServiceBuilder, service_fn};

/// The tenant of a call.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Tenant(&'static str);

/// The client for one tenant: its calls wait in a queue of their own, and are signed with its credential.
fn for_tenant(
    common: &KmsClient,
    credential: Arc<dyn ProvideCredential>,
    calls_per_second: u64,
) -> KmsClient {
    // Those that find no room in the queue are refused, so that no tenant fills the memory.
    let limited = ServiceBuilder::new()
        .load_shed()
        .buffer(8)
        .rate_limit(calls_per_second, Duration::from_secs(1))
        .map_request(move |mut call: Call| {
            call.options_mut().credential = Some(Arc::clone(&credential));
            call
        });
    common.clone().with_layer(limited)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn StdError>> {
    let local = LocalGateway::start().await?;
    let common = KmsClient::builder().shared(local.open_api_gateway()).build()?;
    let known = Arc::new(local.credential());
    let unknown = Arc::new(Credential::access_key("LTAI", "secret"));
    let tenants = HashMap::from([
        (Tenant("red"), for_tenant(&common, known, 5)),
        (Tenant("blue"), for_tenant(&common, unknown, 1000)),
    ]);

    let client = KmsClient::from_service(service_fn(move |call: Call| {
        let tenant = call.extensions().get::<Tenant>();
        let client = tenant.and_then(|tenant| tenants.get(tenant)).cloned();
        async move {
            let unknown = || Error::new(ErrorKind::Layer, "the call has no known tenant");
            let reply = client.ok_or_else(unknown)?.send(call).await?;
            Ok::<_, BoxError>(reply)
        }
    }));

    for tenant in ["red", "blue", "green"] {
        match client.list_keys(ListKeysRequest::new()).extension(Tenant(tenant)).await {
            Ok(keys) => println!("{tenant} has {} keys", keys.total_count),
            Err(error) => println!("{tenant}: {error}"),
        }
    }

    // More at once than the queue of red has room for; blue is not held up by it.
    let calls = (0..32).map(|_| {
        tokio::spawn(
            client.list_keys(ListKeysRequest::new()).extension(Tenant("red")).into_future(),
        )
    });
    let mut shed = 0;
    for call in calls.collect::<Vec<_>>() {
        shed += usize::from(call.await?.is_err());
    }
    println!("{shed} of 32 calls of red found no room");
    assert!(shed > 0);
    Ok(())
}
