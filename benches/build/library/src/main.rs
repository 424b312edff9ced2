//! Encrypts a text on the shared gateway, with the library.

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::{Credential, KmsClient, OpenApiGateway, TlsOptions};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), alibabacloud_kms::Error> {
    let credential =
        Credential::access_key("LTAI5tExampleExample0000", "ExampleExampleExampleExample00");
    let gateway = OpenApiGateway::new("https://localhost:8443".parse()?, credential)
        .tls(TlsOptions::ca_file("ca.pem")?);
    let client = KmsClient::builder().shared(gateway).build()?;
    let answer = client.encrypt(EncryptRequest::new("alias/app", "dGV4dA==")).await?;
    println!("{}", answer.ciphertext_blob);
    Ok(())
}
