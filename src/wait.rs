//! Waits until a key or a secret has reached a state, by sending a request repeatedly within a time
//! limit.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use alibabacloud_kms::api::values::KeyState;
//! use alibabacloud_kms::{KmsClient, wait};
//!
//! # async fn run(client: KmsClient) -> Result<(), alibabacloud_kms::Error> {
//! let described = wait::for_key_state(&client, "key-1", KeyState::Enabled)
//!     .limit(Duration::from_secs(60))
//!     .await?;
//! # Ok(()) }
//! ```
//!
//! A waiter sends the request at once and then after each [`interval`](Waiter::interval), until the
//! condition is true or the [`limit`](Waiter::limit) leaves no time for another request. It never
//! accepts an answer from a [cache](crate::cache). It continues after temporary errors (lost
//! connections, timeouts, throttling, server errors) and returns all others.

mod waiter;

pub use self::waiter::{Waiter, until};
use crate::KmsClient;
use crate::api::key::{DescribeKeyRequest, DescribeKeyResponse};
use crate::api::secret::{
    DescribeSecretRequest, DescribeSecretResponse, GetSecretValueRequest, GetSecretValueResponse,
};
use crate::api::values::KeyState;

/// Waits until a key, by its id, alias or ARN, is in this state, and returns its description.
pub fn for_key_state(
    client: &KmsClient,
    key_id: impl Into<String>,
    state: KeyState,
) -> Waiter<DescribeKeyRequest, DescribeKeyResponse> {
    let what = format!("the key is not {state}");
    until(client, DescribeKeyRequest::new(key_id), move |result| {
        let response = result?;
        let is_there = response.key_metadata.key_state.as_ref() == Some(&state);
        Ok(is_there.then_some(response))
    })
    .describe(what)
}

/// Waits until a key, by its id, alias or ARN, no longer exists.
pub fn for_key_deleted(
    client: &KmsClient,
    key_id: impl Into<String>,
) -> Waiter<DescribeKeyRequest, ()> {
    until(client, DescribeKeyRequest::new(key_id), |result| match result {
        Ok(_) => Ok(None),
        Err(error) if error.code() == Some("Forbidden.KeyNotFound") => Ok(Some(())),
        Err(error) => Err(error),
    })
    .describe("the key still exists")
}

/// Waits until a secret, by its name or ARN, exists and no deletion of it is scheduled.
pub fn for_secret(
    client: &KmsClient,
    secret_name: impl Into<String>,
) -> Waiter<DescribeSecretRequest, DescribeSecretResponse> {
    until(client, DescribeSecretRequest::new(secret_name), |result| match result {
        Ok(response) => {
            let is_planned =
                response.planned_delete_time.as_ref().is_some_and(|time| !time.is_empty());
            Ok((!is_planned).then_some(response))
        }
        Err(error) if error.code() == Some("Forbidden.ResourceNotFound") => Ok(None),
        Err(error) => Err(error),
    })
    .describe("the secret does not exist, or its deletion is scheduled")
}

/// Waits until a secret, by its name or ARN, no longer exists. A secret whose deletion is scheduled
/// still exists.
pub fn for_secret_deleted(
    client: &KmsClient,
    secret_name: impl Into<String>,
) -> Waiter<DescribeSecretRequest, ()> {
    until(client, DescribeSecretRequest::new(secret_name), |result| match result {
        Ok(_) => Ok(None),
        Err(error) if error.code() == Some("Forbidden.ResourceNotFound") => Ok(Some(())),
        Err(error) => Err(error),
    })
    .describe("the secret still exists")
}

/// Waits until the current version of a secret, by its name or ARN, is no longer `version_id`,
/// which means that it was rotated. Returns the new value.
pub fn for_secret_rotated(
    client: &KmsClient,
    secret_name: impl Into<String>,
    version_id: impl Into<String>,
) -> Waiter<GetSecretValueRequest, GetSecretValueResponse> {
    let before = version_id.into();
    until(client, GetSecretValueRequest::new(secret_name), move |result| {
        let response = result?;
        Ok((response.version_id != before).then_some(response))
    })
    .describe("the secret has no new version")
}
