//! `GetSecretValue`.

use super::Transfer;
use super::field::{required, some};
use super::native::Native;
use super::operation::{NativeReply, Operation, TransferBack};
use crate::api::secret::{GetSecretValueRequest, GetSecretValueResponse};
use crate::native::secret;
use crate::{Charset, Error};

impl Transfer for GetSecretValueRequest {
    const OPERATIONS: &'static [Operation] =
        &[Operation::with_back::<Self, secret::GetSecretValueRequest>()];

    async fn transfer(&self, native: &mut Native<'_>) -> Result<GetSecretValueResponse, Error> {
        let mut operation = secret::GetSecretValueRequest::new(&self.secret_name);
        operation.version_stage = self.version_stage.clone();
        operation.version_id = self.version_id.clone();
        operation.fetch_extended_config = self.fetch_extended_config;
        let response = native.send(operation).await?.response;
        Ok(GetSecretValueResponse {
            secret_name: required("SecretName", response.secret_name)?,
            secret_type: some(response.secret_type),
            secret_data: response.secret_data,
            secret_data_type: some(response.secret_data_type),
            version_id: response.version_id,
            version_stages: response.version_stages,
            create_time: some(response.create_time),
            extended_config: some(response.extended_config),
            automatic_rotation: some(response.automatic_rotation),
            rotation_interval: some(response.rotation_interval),
            last_rotation_date: some(response.last_rotation_date),
            next_rotation_date: some(response.next_rotation_date),
            ciphertext_for_recipient: None,
            request_id: response.request_id,
        })
    }
}

impl TransferBack<secret::GetSecretValueRequest> for GetSecretValueRequest {
    #[inline]
    fn back(
        response: &GetSecretValueResponse,
        _: Charset,
    ) -> Result<NativeReply<secret::GetSecretValueResponse>, Error> {
        let response = response.clone();
        Ok(NativeReply::new(secret::GetSecretValueResponse {
            secret_name: response.secret_name,
            secret_type: response.secret_type.unwrap_or_default(),
            secret_data: response.secret_data,
            secret_data_type: response.secret_data_type.unwrap_or_default(),
            version_stages: response.version_stages,
            version_id: response.version_id,
            create_time: response.create_time.unwrap_or_default(),
            request_id: response.request_id,
            last_rotation_date: response.last_rotation_date.unwrap_or_default(),
            next_rotation_date: response.next_rotation_date.unwrap_or_default(),
            extended_config: response.extended_config.unwrap_or_default(),
            automatic_rotation: response.automatic_rotation.unwrap_or_default(),
            rotation_interval: response.rotation_interval.unwrap_or_default(),
        }))
    }
}
