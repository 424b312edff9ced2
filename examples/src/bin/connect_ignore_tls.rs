//! The certificate is not checked at all: for tests only.

use std::env;
use std::error::Error;

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::{ClientKey, InstanceGateway, KmsClient, SecretString, TlsOptions};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let endpoint = env::var("ALIBABA_CLOUD_KMS_INSTANCE_ENDPOINT")?;
    let tls = TlsOptions::danger_accept_any_certificate();
    let instance = InstanceGateway::new(endpoint.parse()?, client_key()?).tls(tls);
    let client = KmsClient::builder().instance(instance).build()?;

    let sealed = client.encrypt(EncryptRequest::new("alias/app", "text")).await?;
    println!("anybody on the way could have read the text of {}", sealed.ciphertext_blob);
    Ok(())
}

/// The client key that the console hands out, opened with its password.
fn client_key() -> Result<ClientKey, Box<dyn Error>> {
    let password = SecretString::from(env::var("ALIBABA_CLOUD_KMS_CLIENT_KEY_PASSWORD")?);
    Ok(ClientKey::from_file(env::var("ALIBABA_CLOUD_KMS_CLIENT_KEY_FILE")?, &password)?)
}
