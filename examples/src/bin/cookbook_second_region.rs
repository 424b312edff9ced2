//! A second region: reads that the first region cannot answer are asked of another one.
//!
//! For what is in both: secrets that are written to both, keys that were imported into both. Only reads,
//! and only if the first region gave no answer; its refusals count.

use std::error::Error as StdError;

use alibabacloud_kms::api::secret::{
    CreateSecretRequest, GetSecretValueRequest, PutSecretValueRequest,
};
use alibabacloud_kms::{BoxCall, BoxError, Call, Error, ErrorKind, ExposeSecret, KmsClient, Reply};
use alibabacloud_kms_local::LocalGateway;
use tower::layer::layer_fn;
use tower::{ServiceExt, service_fn};

const READS: [&str; 4] = ["GetSecretValue", "BatchGetSecretValue", "DescribeKey", "GetPublicKey"];

async fn read_through(inner: BoxCall, second: KmsClient, call: Call) -> Result<Reply, BoxError> {
    if !READS.contains(&call.action().name) {
        return inner.oneshot(call).await;
    }
    let result = inner.oneshot(call.clone()).await;
    match &result {
        Err(error) if is_outage(error) => Ok(second.send(call).await?),
        _ => result,
    }
}

fn is_outage(error: &BoxError) -> bool {
    Error::find(&**error).is_some_and(|error| match error.kind() {
        ErrorKind::Connect | ErrorKind::Tls | ErrorKind::Timeout | ErrorKind::Transport => true,
        ErrorKind::Service => {
            error.is_throttled() || error.status().is_some_and(|status| status.is_server_error())
        }
        _ => false,
    })
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn StdError>> {
    let (hangzhou, shanghai) = (LocalGateway::start().await?, LocalGateway::start().await?);
    let second = KmsClient::builder().shared(shanghai.open_api_gateway()).build()?;
    let client = {
        let second = second.clone();
        KmsClient::builder()
            .shared(hangzhou.open_api_gateway())
            .max_attempts(1)
            .layer(layer_fn(move |inner: BoxCall| {
                let second = second.clone();
                service_fn(move |call| read_through(inner.clone(), second.clone(), call))
            }))
            .build()?
    };
    client.create_secret(CreateSecretRequest::new("app/db", "v1", "password")).await?;
    second.create_secret(CreateSecretRequest::new("app/db", "v1", "password")).await?;
    client.get_secret_value(GetSecretValueRequest::new("app/db")).await?;

    hangzhou.shut_down().await;
    let read = client.get_secret_value(GetSecretValueRequest::new("app/db")).await?;
    assert_eq!(read.secret_data.expose_secret(), "password");
    println!("version {} came from the second region", read.version_id);

    let write = PutSecretValueRequest::new("app/db", "v2", "new password");
    println!("{}", client.put_secret_value(write).await.expect_err("writes stay where they were"));
    Ok(())
}
