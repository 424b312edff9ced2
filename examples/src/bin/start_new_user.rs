//! A new user: only an instance.

use std::error::Error;

use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::client_key::ClientKey;
use alibabacloud_kms::{ExposeSecret, InstanceGateway, KmsClient, TlsOptions};
use alibabacloud_kms_examples::Demo;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let demo = Demo::start().await?;
    let (endpoint, password) = (&demo.endpoint, &demo.password);
    let (client_key_file, ca_file) = (&demo.client_key_file, &demo.ca_file);

    let key = ClientKey::from_file(client_key_file, password)?;
    let tls = TlsOptions::ca_file(ca_file)?;
    let instance = InstanceGateway::new(endpoint.parse()?, key).tls(tls);
    let client = KmsClient::builder().instance(instance).build()?;

    let sealed = client.encrypt(EncryptRequest::new("alias/default", "text")).await?;
    let opened = client.decrypt(DecryptRequest::new(sealed.ciphertext_blob)).await?;
    assert_eq!(opened.plaintext.expose_secret(), "text");

    println!("a new user's text went through the instance and back");
    Ok(())
}
