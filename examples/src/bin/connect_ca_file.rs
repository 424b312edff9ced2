//! The instance's certificate is checked against the CA file that the console hands out, for the client
//! and for one call.

use std::env;
use std::error::Error;

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::{ClientKey, InstanceGateway, KmsClient, SecretString, TlsOptions};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let endpoint = env::var("ALIBABA_CLOUD_KMS_INSTANCE_ENDPOINT")?;
    let tls = TlsOptions::ca_file(env::var("ALIBABA_CLOUD_KMS_CA_FILE")?)?;
    let instance = InstanceGateway::new(endpoint.parse()?, client_key()?);
    let request = EncryptRequest::new("alias/app", "text");

    // For the client: every call trusts this CA and no other.
    let client = KmsClient::builder().instance(instance.clone().tls(tls.clone())).build()?;
    println!("{}", client.encrypt(request.clone()).await?.ciphertext_blob);

    // For one call of a client that trusts the operating system's CAs.
    let client = KmsClient::builder().instance(instance).build()?;
    println!("{}", client.encrypt(request).tls(tls).await?.ciphertext_blob);
    Ok(())
}

/// The client key that the console hands out, opened with its password.
fn client_key() -> Result<ClientKey, Box<dyn Error>> {
    let password = SecretString::from(env::var("ALIBABA_CLOUD_KMS_CLIENT_KEY_PASSWORD")?);
    Ok(ClientKey::from_file(env::var("ALIBABA_CLOUD_KMS_CLIENT_KEY_FILE")?, &password)?)
}
