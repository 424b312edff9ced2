//! `alibabacloud-kms`, with everything that is on by default.

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::{Credential, KmsClient, OpenApiGateway};
use alibabacloud_kms_compare::{PLAINTEXT, Task};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let task = Task::from_arguments();
    let endpoint = format!("http://127.0.0.1:{}", task.port).parse()?;
    let gateway = OpenApiGateway::new(endpoint, Credential::access_key("id", "secret"));
    let client = KmsClient::builder().shared(gateway).build()?;
    task.run(move || {
        let call = client.encrypt(EncryptRequest::new("alias/app", PLAINTEXT));
        async move {
            call.await.expect("a ciphertext");
        }
    })
    .await;
    Ok(())
}
