//! Client keys.

use alibabacloud_kms::api::network::{
    ClientKeyEntry, CreateClientKeyRequest, CreateClientKeyResponse, DeleteClientKeyRequest,
    DeleteClientKeyResponse, GetClientKeyRequest, GetClientKeyResponse, ListClientKeysRequest,
    ListClientKeysResponse,
};
use alibabacloud_kms::middleware::wire::time::{iso8601, parse_iso8601};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Context, Handle, Handler, HandlerReply, optional};
use crate::engine::{ClientKey, Fault, NewClientKey};

const ALGORITHM: &str = "RSA_2048";
const ORIGIN: &str = "KMS_PROVIDED";

/// The actions of this family.
pub(super) const ACTIONS: &[Handler] = &[
    Handler::new::<CreateClientKeyRequest>(),
    Handler::new::<DeleteClientKeyRequest>(),
    Handler::new::<GetClientKeyRequest>(),
    Handler::new::<ListClientKeysRequest>(),
];

impl Handle for CreateClientKeyRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<CreateClientKeyResponse>, Fault> {
        let time = |text: Option<&String>, name: &str| {
            let time = optional(text).map(|text| parse_iso8601(text).ok_or(Fault::invalid(name)));
            time.transpose()
        };
        let (key, private_key_data) = context.engine.create_client_key(&NewClientKey {
            access_point: &self.aap_name,
            password: &self.password,
            not_before: time(self.not_before.as_ref(), "NotBefore")?,
            not_after: time(self.not_after.as_ref(), "NotAfter")?,
        })?;
        let response = payload!(CreateClientKeyResponse {
            client_key_id: key.id,
            key_algorithm: Some(ALGORITHM.into()),
            private_key_data: STANDARD.encode(private_key_data).into(),
            not_before: Some(iso8601(key.not_before)),
            not_after: Some(iso8601(key.not_after)),
        });
        Ok(response.into())
    }
}

impl Handle for DeleteClientKeyRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<DeleteClientKeyResponse>, Fault> {
        context.engine.delete_client_key(&self.client_key_id)?;
        Ok(DeleteClientKeyResponse::default().into())
    }
}

impl Handle for GetClientKeyRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<GetClientKeyResponse>, Fault> {
        let key = context.engine.client_key(&self.client_key_id)?;
        let response = payload!(GetClientKeyResponse {
            client_key_id: key.id,
            aap_name: Some(key.access_point),
            key_algorithm: Some(ALGORITHM.into()),
            key_origin: Some(ORIGIN.into()),
            public_key_data: Some(STANDARD.encode(key.public_key)),
            not_before: Some(iso8601(key.not_before)),
            not_after: Some(iso8601(key.not_after)),
            create_time: Some(key.create_time.into()),
        });
        Ok(response.into())
    }
}

impl Handle for ListClientKeysRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<ListClientKeysResponse>, Fault> {
        let entry = |key: ClientKey| {
            payload!(ClientKeyEntry {
                client_key_id: key.id,
                aap_name: Some(key.access_point),
                key_algorithm: Some(ALGORITHM.into()),
                key_origin: Some(ORIGIN.into()),
                public_key_data: Some(STANDARD.encode(key.public_key)),
                not_before: Some(iso8601(key.not_before)),
                not_after: Some(iso8601(key.not_after)),
                create_time: Some(key.create_time.into()),
            })
        };
        let keys = context.engine.list_client_keys(optional(self.aap_name.as_ref()));
        let keys = keys.into_iter().map(entry).collect();
        Ok(payload!(ListClientKeysResponse { client_keys: keys }).into())
    }
}
