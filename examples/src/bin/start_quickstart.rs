//! The main job on the embedded local gateway: no account, no set-up.
//!
//! Encrypts on the instance gateway and decrypts on the shared gateway, and the other way round.

use std::error::Error;

use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::{ExposeSecret, KmsClient};
use alibabacloud_kms_local::LocalGateway;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let gateway = LocalGateway::start().await?;
    let client = KmsClient::builder()
        .shared(gateway.open_api_gateway())
        .instance(gateway.instance_gateway())
        .build()?;

    for encrypt_on_shared in [false, true] {
        let request = EncryptRequest::new("alias/default", "hello, KMS 你好");
        let sealed = client.encrypt(request).use_shared_gateway(encrypt_on_shared).await?;
        let request = DecryptRequest::new(&sealed.ciphertext_blob);
        let opened = client.decrypt(request).use_shared_gateway(!encrypt_on_shared).await?;

        let (one, other) = match encrypt_on_shared {
            true => ("shared", "instance"),
            false => ("instance", "shared"),
        };
        println!("encrypted on the {one} gateway:\n  {}", sealed.ciphertext_blob);
        println!("decrypted on the {other} gateway:\n  {}", opened.plaintext.expose_secret());
    }
    Ok(())
}
