//! A user of the shared gateway: first the SDK is replaced, later the keys are migrated to an instance.
//!
//! What was encrypted before the migration opens after it, on either gateway.

use std::env;
use std::error::Error;

use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::{
    ClientKey, Credential, ExposeSecret, InstanceGateway, KmsClient, OpenApiGateway, SecretString,
    TlsOptions,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // First the SDK is replaced: only the shared gateway, as before.
    let before = KmsClient::builder().shared(shared()?).build()?;
    let sealed = before.encrypt(EncryptRequest::new("alias/app", "old")).await?;

    // Later the keys are migrated: the ten actions go to the instance, and no call changes.
    let after = KmsClient::builder().shared(shared()?).instance(instance()?).build()?;
    let reply = after.decrypt(DecryptRequest::new(sealed.ciphertext_blob)).reply().await?;
    println!("the old ciphertext was opened by the {} gateway", reply.gateway());

    let opened = reply.into_response::<DecryptRequest>()?;
    assert_eq!(opened.plaintext.expose_secret(), "old");
    Ok(())
}

/// The shared gateway, with an access key.
fn shared() -> Result<OpenApiGateway, Box<dyn Error>> {
    let endpoint = env::var("ALIBABA_CLOUD_KMS_ENDPOINT")?; // such as kms.cn-hangzhou.aliyuncs.com
    let credential = Credential::access_key(
        env::var("ALIBABA_CLOUD_ACCESS_KEY_ID")?,
        env::var("ALIBABA_CLOUD_ACCESS_KEY_SECRET")?,
    );
    Ok(OpenApiGateway::new(endpoint.parse()?, credential))
}

/// The instance, with a client key and the CA of its certificate.
fn instance() -> Result<InstanceGateway, Box<dyn Error>> {
    let endpoint = env::var("ALIBABA_CLOUD_KMS_INSTANCE_ENDPOINT")?;
    let password = SecretString::from(env::var("ALIBABA_CLOUD_KMS_CLIENT_KEY_PASSWORD")?);
    let key = ClientKey::from_file(env::var("ALIBABA_CLOUD_KMS_CLIENT_KEY_FILE")?, &password)?;
    let tls = TlsOptions::ca_file(env::var("ALIBABA_CLOUD_KMS_CA_FILE")?)?;
    Ok(InstanceGateway::new(endpoint.parse()?, key).tls(tls))
}
