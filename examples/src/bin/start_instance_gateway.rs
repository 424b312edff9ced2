//! A complete program for an instance: a client key, and a text there and back.
//!
//! It needs an instance with a symmetric key that has the alias `alias/app`, the two files that the
//! console offers for download, and the variables `ALIBABA_CLOUD_KMS_INSTANCE_ENDPOINT`,
//! `ALIBABA_CLOUD_KMS_CLIENT_KEY_FILE`, `ALIBABA_CLOUD_KMS_CLIENT_KEY_PASSWORD` and
//! `ALIBABA_CLOUD_KMS_CA_FILE`.

use std::env;
use std::error::Error;

use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::{
    ClientKey, ExposeSecret, InstanceGateway, KmsClient, SecretString, TlsOptions,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // Such as kst-xxx.cryptoservice.kms.aliyuncs.com.
    let endpoint = env::var("ALIBABA_CLOUD_KMS_INSTANCE_ENDPOINT")?;
    let password = SecretString::from(env::var("ALIBABA_CLOUD_KMS_CLIENT_KEY_PASSWORD")?);
    let key = ClientKey::from_file(env::var("ALIBABA_CLOUD_KMS_CLIENT_KEY_FILE")?, &password)?;
    // The instance's certificate is signed by its own CA.
    let tls = TlsOptions::ca_file(env::var("ALIBABA_CLOUD_KMS_CA_FILE")?)?;
    let instance = InstanceGateway::new(endpoint.parse()?, key).tls(tls);
    let client = KmsClient::builder().instance(instance).build()?;

    let sealed = client.encrypt(EncryptRequest::new("alias/app", "hello, KMS")).await?;
    println!("{}", sealed.ciphertext_blob);

    let opened = client.decrypt(DecryptRequest::new(sealed.ciphertext_blob)).await?;
    println!("{}", opened.plaintext.expose_secret());
    Ok(())
}
