//! `GetPublicKey`.

use tower::Service;

use super::native::{Native, required};
use crate::api::asymmetric::{GetPublicKeyRequest, GetPublicKeyResponse};
use crate::instance_api::signature;
use crate::{BoxError, Call, Reply};

pub(super) async fn get<S>(
    native: &mut Native<S>,
    request: &GetPublicKeyRequest,
) -> Result<Reply, BoxError>
where
    S: Service<Call, Response = Reply>,
    S::Error: Into<BoxError>,
{
    let operation = signature::GetPublicKeyRequest::new(&request.key_id);
    let answer = native.send(operation, request.key_version_id.as_deref()).await?;
    let response = GetPublicKeyResponse {
        key_id: required("KeyId", answer.response.key_id.clone())?,
        key_version_id: answer.key_version().map(str::to_owned),
        public_key: required("PublicKey", answer.response.public_key.clone())?,
        request_id: answer.response.request_id.clone(),
    };
    Ok(answer.with(response))
}
