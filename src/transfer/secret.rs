//! `GetSecretValue`.

use tower::Service;

use super::native::{Native, required};
use crate::api::secret::{GetSecretValueRequest, GetSecretValueResponse};
use crate::instance_api::secret;
use crate::{BoxError, Call, Reply};

pub(super) async fn get_value<S>(
    native: &mut Native<S>,
    request: &GetSecretValueRequest,
) -> Result<Reply, BoxError>
where
    S: Service<Call, Response = Reply>,
    S::Error: Into<BoxError>,
{
    let mut operation = secret::GetSecretValueRequest::new(&request.secret_name);
    operation.version_stage = request.version_stage.clone();
    operation.version_id = request.version_id.clone();
    operation.fetch_extended_config = request.fetch_extended_config;
    let answer = native.send(operation, None).await?;
    let given = answer.response.clone();
    let response = GetSecretValueResponse {
        secret_name: required("SecretName", given.secret_name)?,
        secret_type: some(given.secret_type),
        secret_data: given.secret_data,
        secret_data_type: some(given.secret_data_type),
        version_id: given.version_id,
        version_stages: given.version_stages,
        create_time: some(given.create_time),
        extended_config: some(given.extended_config),
        automatic_rotation: some(given.automatic_rotation),
        rotation_interval: some(given.rotation_interval),
        last_rotation_date: some(given.last_rotation_date),
        next_rotation_date: some(given.next_rotation_date),
        ciphertext_for_recipient: None,
        request_id: given.request_id,
    };
    Ok(answer.with(response))
}

/// The operation's fields are empty where the action's are absent.
fn some<T: AsRef<str>>(text: T) -> Option<T> {
    Some(text).filter(|text| !text.as_ref().is_empty())
}
