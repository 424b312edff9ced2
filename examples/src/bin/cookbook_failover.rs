//! Failover: a call that certainly did not reach the instance goes to the shared gateway.
//!
//! A retry policy of tower's around the whole client changes the gateway of the call, and repeats it
//! once. It asks the error for the outcome: after `NotSent` even an action that must not run twice can go
//! elsewhere; after `Unknown` none does. What one gateway encrypts the other decrypts.

use std::error::Error as StdError;
use std::future::{Ready, ready};

use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::{
    BoxError, Call, ClientKey, Error, ExposeSecret, Gateway, InstanceGateway, KmsClient, Outcome,
    Reply,
};
use alibabacloud_kms_local::LocalGateway;
use tower::retry::{Policy, RetryLayer};

#[derive(Clone)]
struct ToShared;

impl Policy<Call, Reply, BoxError> for ToShared {
    type Future = Ready<()>;

    fn retry(
        &mut self,
        call: &mut Call,
        result: &mut Result<Reply, BoxError>,
    ) -> Option<Ready<()>> {
        let error = Error::find(&**result.as_ref().err()?)?;
        let is_elsewhere = call.action().is_served_by(Gateway::Shared);
        if error.gateway() != Some(Gateway::Instance)
            || error.outcome() != Outcome::NotSent
            || !is_elsewhere
        {
            return None;
        }
        call.options_mut().gateway = Some(Gateway::Shared);
        Some(ready(()))
    }

    fn clone_request(&mut self, call: &Call) -> Option<Call> {
        Some(call.clone())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn StdError>> {
    let local = LocalGateway::start().await?;
    let client = KmsClient::builder()
        .shared(local.open_api_gateway())
        .instance(out_of_reach(local.client_key())?)
        .max_attempts(1)
        .layer(RetryLayer::new(ToShared))
        .build()?;

    let sealed = client.encrypt(EncryptRequest::new("alias/default", "text")).reply().await?;
    println!("encrypted by the {} gateway", sealed.gateway());
    assert_eq!(sealed.gateway(), Gateway::Shared);

    let blob = sealed.into_response::<EncryptRequest>()?.ciphertext_blob;
    let opened = client.decrypt(DecryptRequest::new(blob)).await?;
    assert_eq!(opened.plaintext.expose_secret(), "text");

    // What the service refused is refused: nothing is tried elsewhere.
    let refused = client.encrypt(EncryptRequest::new("alias/missing", "text")).await;
    println!("{}", refused.expect_err("there is no such key"));
    Ok(())
}

/// An instance at an address without a listener.
fn out_of_reach(key: ClientKey) -> Result<InstanceGateway, Box<dyn StdError>> {
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    Ok(InstanceGateway::new(format!("http://127.0.0.1:{port}").parse()?, key))
}
