//! Both gateways are configured, and everything is sent to the shared one.

use std::error::Error;

use alibabacloud_kms::api::secret::GetSecretValueRequest;
use alibabacloud_kms::client_key::ClientKey;
use alibabacloud_kms::{InstanceGateway, KmsClient, OpenApiGateway, TlsOptions};
use alibabacloud_kms_examples::Demo;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let demo = Demo::start().await?;
    let (endpoint, ca) = (&demo.endpoint, TlsOptions::ca_file(&demo.ca_file)?);
    let key = ClientKey::from_file(&demo.client_key_file, &demo.password)?;
    let shared = OpenApiGateway::at(endpoint.parse()?, demo.credential.clone()).tls(ca.clone());
    let instance = InstanceGateway::new(endpoint.parse()?, key).tls(ca);

    let client =
        KmsClient::builder().shared(shared).instance(instance).use_shared_gateway(true).build()?;
    let reply = client.get_secret_value(GetSecretValueRequest::new("example")).reply().await?;
    println!("the secret came from the {} gateway", reply.gateway());
    Ok(())
}
