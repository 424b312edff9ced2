//! `aws-sdk-kms`, with everything that is on by default.

use alibabacloud_kms_compare::{PLAINTEXT, Task};
use aws_sdk_kms::config::{Credentials, Region};
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::{Client, Config};

#[tokio::main]
async fn main() {
    let task = Task::from_arguments();
    let config = Config::builder()
        .endpoint_url(format!("http://127.0.0.1:{}", task.port))
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("id", "secret", None, None, "compare"))
        .build();
    let client = Client::from_conf(config);
    task.run(move || {
        let call = client.encrypt().key_id("alias/app").plaintext(Blob::new(PLAINTEXT));
        async move {
            call.send().await.expect("a ciphertext");
        }
    })
    .await;
}
