//! The instance's certificate is checked against the CA file that the instance gives for download.

use std::error::Error;

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::client_key::ClientKey;
use alibabacloud_kms::{ErrorKind, InstanceGateway, KmsClient, TlsOptions};
use alibabacloud_kms_examples::Demo;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let demo = Demo::start().await?;
    let (endpoint, ca_file) = (&demo.endpoint, &demo.ca_file);
    let key = ClientKey::from_file(&demo.client_key_file, &demo.password)?;

    let instance = InstanceGateway::new(endpoint.parse()?, key);
    let client = KmsClient::builder().instance(instance).build()?;
    let request = EncryptRequest::new("alias/default", "text");

    // Without it the chain ends at a CA that nobody knows.
    let error = client.encrypt(request.clone()).await.expect_err("an unknown CA");
    assert_eq!(error.kind(), ErrorKind::Tls);

    // With it, for one call here; `InstanceGateway::tls` sets it for all.
    let sealed = client.encrypt(request).tls(TlsOptions::ca_file(ca_file)?).await?;
    println!("without the CA file: {error}");
    println!("with it: {}", sealed.ciphertext_blob);
    Ok(())
}
