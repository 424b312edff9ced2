//! Text in another charset, for the client and for one call.
//!
//! The instance encrypts bytes, and the charset decides which. Programs that read each other's data
//! must agree on it.

use std::env;
use std::error::Error;

use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::{
    ClientKey, ExposeSecret, InstanceGateway, KmsClient, SecretString, TlsOptions,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = KmsClient::builder().instance(instance()?).charset("gbk")?.build()?;
    let request = EncryptRequest::new("alias/app", "加密");
    let in_gbk = client.encrypt(request.clone()).await?;
    let in_big5 = client.encrypt(request).charset("big5")?.await?;

    let opened = client.decrypt(DecryptRequest::new(in_gbk.ciphertext_blob)).await?;
    assert_eq!(opened.plaintext.expose_secret(), "加密");
    let request = DecryptRequest::new(in_big5.ciphertext_blob);
    let opened = client.decrypt(request).charset("big5")?.await?;
    assert_eq!(opened.plaintext.expose_secret(), "加密");
    println!("the text went through in gbk and in big5");
    Ok(())
}

/// The instance, with a client key and the CA of its certificate.
fn instance() -> Result<InstanceGateway, Box<dyn Error>> {
    let endpoint = env::var("ALIBABA_CLOUD_KMS_INSTANCE_ENDPOINT")?;
    let password = SecretString::from(env::var("ALIBABA_CLOUD_KMS_CLIENT_KEY_PASSWORD")?);
    let key = ClientKey::from_file(env::var("ALIBABA_CLOUD_KMS_CLIENT_KEY_FILE")?, &password)?;
    let tls = TlsOptions::ca_file(env::var("ALIBABA_CLOUD_KMS_CA_FILE")?)?;
    Ok(InstanceGateway::new(endpoint.parse()?, key).tls(tls))
}
