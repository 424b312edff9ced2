//! Text in another charset, for the client and for one call.
//!
//! The instance encrypts octets: the charset says which. Programs that read each other's data must
//! agree on it.

use std::error::Error;

use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::client_key::ClientKey;
use alibabacloud_kms::{ExposeSecret, InstanceGateway, KmsClient, TlsOptions};
use alibabacloud_kms_examples::Demo;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let demo = Demo::start().await?;
    let key = ClientKey::from_file(&demo.client_key_file, &demo.password)?;
    let instance =
        InstanceGateway::new(demo.endpoint.parse()?, key).tls(TlsOptions::ca_file(&demo.ca_file)?);

    let client = KmsClient::builder().instance(instance).charset("gbk")?.build()?;
    let request = EncryptRequest::new("alias/default", "加密");
    let in_gbk = client.encrypt(request.clone()).await?;
    let in_utf_16 = client.encrypt(request).charset("utf-16-le")?.await?;

    let opened = client.decrypt(DecryptRequest::new(in_gbk.ciphertext_blob)).await?;
    assert_eq!(opened.plaintext.expose_secret(), "加密");
    let request = DecryptRequest::new(in_utf_16.ciphertext_blob);
    let opened = client.decrypt(request).charset("utf-16-le")?.await?;
    assert_eq!(opened.plaintext.expose_secret(), "加密");

    println!("the text went through in gbk and in utf-16-le");
    Ok(())
}
