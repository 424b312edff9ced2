//! The server's certificate is not checked at all: for tests only.

use std::error::Error;

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::client_key::ClientKey;
use alibabacloud_kms::{InstanceGateway, KmsClient, TlsOptions};
use alibabacloud_kms_examples::Demo;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let demo = Demo::start().await?;
    let endpoint = &demo.endpoint;
    let key = ClientKey::from_file(&demo.client_key_file, &demo.password)?;

    let tls = TlsOptions::danger_accept_any_certificate();
    let instance = InstanceGateway::new(endpoint.parse()?, key).tls(tls);
    let client = KmsClient::builder().instance(instance).build()?;

    let sealed = client.encrypt(EncryptRequest::new("alias/default", "text")).await?;
    println!("anybody on the way could have read the text of {}", sealed.ciphertext_blob);
    Ok(())
}
