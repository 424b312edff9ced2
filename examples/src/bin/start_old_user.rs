//! An old user of the shared gateway: first the SDK is replaced, later the keys are migrated.
//!
//! What was encrypted before the migration opens after it, on either gateway.

use std::error::Error;

use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::client_key::ClientKey;
use alibabacloud_kms::{ExposeSecret, InstanceGateway, KmsClient, OpenApiGateway, TlsOptions};
use alibabacloud_kms_examples::Demo;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let demo = Demo::start().await?;
    let (endpoint, ca) = (&demo.endpoint, TlsOptions::ca_file(&demo.ca_file)?);
    let credential = demo.credential.clone();
    let key = ClientKey::from_file(&demo.client_key_file, &demo.password)?;

    // Before the migration: only the shared gateway. `OpenApiGateway::region("cn-hangzhou", ..)`
    // is the one of a region.
    let shared = OpenApiGateway::at(endpoint.parse()?, credential).tls(ca.clone());
    let before = KmsClient::builder().shared(shared.clone()).build()?;
    let sealed = before.encrypt(EncryptRequest::new("alias/default", "old")).await?;

    // After it: both. The ten actions go to the instance now, and nothing else changes.
    let instance = InstanceGateway::new(endpoint.parse()?, key).tls(ca);
    let after = KmsClient::builder().shared(shared).instance(instance).build()?;
    let reply = after.decrypt(DecryptRequest::new(sealed.ciphertext_blob)).reply().await?;
    println!("the old ciphertext was opened by the {} gateway", reply.gateway());

    let opened = reply.into_response::<DecryptRequest>()?;
    assert_eq!(opened.plaintext.expose_secret(), "old");
    Ok(())
}
