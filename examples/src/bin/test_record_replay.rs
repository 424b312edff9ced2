//! Calls recorded against a gateway, and replayed from the file without it. Secrets are not in the file.

use std::error::Error;

use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::testing::{MockGateway, Recorder, Recording};
use alibabacloud_kms::{ExposeSecret, KmsClient};
use alibabacloud_kms_local::LocalGateway;

/// The code under test.
async fn round_trip(client: &KmsClient) -> Result<String, alibabacloud_kms::Error> {
    let sealed = client.encrypt(EncryptRequest::new("alias/default", "hunter2")).await?;
    let opened = client.decrypt(DecryptRequest::new(sealed.ciphertext_blob)).await?;
    Ok(opened.plaintext.expose_secret().to_owned())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::temp_dir().join(format!("kms-recording-{}.jsonl", std::process::id()));

    // Once, against a gateway: yours, or a local one.
    let gateway = LocalGateway::start().await?;
    let recorder = Recorder::new();
    let builder = KmsClient::builder().instance(gateway.instance_gateway());
    round_trip(&builder.layer(recorder.clone()).build()?).await?;
    recorder.save(&path)?;
    assert!(!recorder.text().contains("hunter2"));
    println!("{}", recorder.text());

    // In every test, from the file. A response's secrets are what the test gives for them.
    let recording = Recording::from_file(&path)?.secret("Plaintext", "stand-in");
    let mock = MockGateway::replay(&recording);
    println!("replayed: {}", round_trip(&mock.builder().build()?).await?);
    mock.verify()?;
    std::fs::remove_file(path)?;
    Ok(())
}
