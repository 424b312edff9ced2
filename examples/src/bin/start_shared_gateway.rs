//! A complete program for the shared gateway: an access key, and a text there and back.
//!
//! It needs an account with a symmetric key that has the alias `alias/app`, and the variables
//! `ALIBABA_CLOUD_REGION_ID`, `ALIBABA_CLOUD_ACCESS_KEY_ID` and `ALIBABA_CLOUD_ACCESS_KEY_SECRET`.

use std::env;
use std::error::Error;

use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::{Credential, ExposeSecret, KmsClient, OpenApiGateway};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let region = env::var("ALIBABA_CLOUD_REGION_ID")?; // such as cn-hangzhou
    let credential = Credential::access_key(
        env::var("ALIBABA_CLOUD_ACCESS_KEY_ID")?,
        env::var("ALIBABA_CLOUD_ACCESS_KEY_SECRET")?,
    );
    let shared = OpenApiGateway::region(&region, credential)?;
    let client = KmsClient::builder().shared(shared).build()?;

    let sealed = client.encrypt(EncryptRequest::new("alias/app", "hello, KMS")).await?;
    println!("{}", sealed.ciphertext_blob);

    let opened = client.decrypt(DecryptRequest::new(sealed.ciphertext_blob)).await?;
    println!("{}", opened.plaintext.expose_secret());
    Ok(())
}
