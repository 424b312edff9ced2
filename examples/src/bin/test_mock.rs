//! A mock in the place of both gateways: a program's behaviour in bad times, tested without any.

use std::error::Error;

use alibabacloud_kms::KmsClient;
use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::testing::MockGateway;

/// The code under test.
async fn seal(client: &KmsClient, text: &str) -> Result<String, alibabacloud_kms::Error> {
    let sealed = client.encrypt(EncryptRequest::new("alias/app", text)).await?;
    Ok(sealed.ciphertext_blob)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // What the code is tested with: twice no answer of the service's, then one.
    let mock = MockGateway::new();
    let rule = mock
        .on::<EncryptRequest>()
        .matching(|request| request.key_id == "alias/app")
        .status(503)
        .times(2)
        .answer_with(|_, answer| answer.ciphertext_blob = "c2VhbGVk".into());

    assert_eq!(seal(&mock.client(), "text").await?, "c2VhbGVk");
    assert_eq!(rule.calls().len(), 1);
    assert_eq!(rule.requests().len(), 3);
    mock.verify()?;
    println!("sealed with {} requests", rule.requests().len());

    // What no rule is for is an error that names the action and the nearest rule.
    let mock = MockGateway::new();
    mock.on::<DecryptRequest>().error(404, "Forbidden.KeyNotFound", "The key is not found.");
    let error = seal(&mock.client(), "text").await.expect_err("it is not for Encrypt");
    println!("{error}");
    Ok(())
}
