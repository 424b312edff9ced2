//! Both gateways are configured, and every call goes to the shared one.

use std::env;
use std::error::Error;

use alibabacloud_kms::api::secret::GetSecretValueRequest;
use alibabacloud_kms::{
    ClientKey, Credential, InstanceGateway, KmsClient, OpenApiGateway, SecretString, TlsOptions,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = KmsClient::builder()
        .shared(shared()?)
        .instance(instance()?)
        .use_shared_gateway(true)
        .build()?;

    let reply = client.get_secret_value(GetSecretValueRequest::new("app/db")).reply().await?;
    println!("the secret came from the {} gateway", reply.gateway());
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
