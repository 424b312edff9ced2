//! Both gateways are configured, and one call goes to the shared one.

use std::env;
use std::error::Error;

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::{
    ClientKey, Credential, InstanceGateway, KmsClient, OpenApiGateway, SecretString, TlsOptions,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = KmsClient::builder().shared(shared()?).instance(instance()?).build()?;

    let request = EncryptRequest::new("alias/app", "text");
    let usual = client.encrypt(request.clone()).reply().await?;
    let this_one = client.encrypt(request).use_shared_gateway(true).reply().await?;
    println!("the usual call went to the {} gateway", usual.gateway());
    println!("this one went to the {} gateway", this_one.gateway());
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
