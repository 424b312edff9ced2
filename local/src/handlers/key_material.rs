//! Imported key material.

use alibabacloud_kms::api::key_material::{
    DeleteKeyMaterialRequest, DeleteKeyMaterialResponse, GetParametersForImportRequest,
    GetParametersForImportResponse, ImportKeyMaterialRequest, ImportKeyMaterialResponse,
};
use secrecy::{ExposeSecret, SecretString};

use super::checks::{decode, encode};
use super::{Context, Handle, Handler, HandlerReply};
use crate::engine::{Fault, WrappingAlgorithm};

/// The actions of this family.
pub(super) const ACTIONS: &[Handler] = &[
    Handler::new::<DeleteKeyMaterialRequest>(),
    Handler::new::<GetParametersForImportRequest>(),
    Handler::new::<ImportKeyMaterialRequest>(),
];

impl Handle for GetParametersForImportRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<GetParametersForImportResponse>, Fault> {
        let (spec, algorithm) = (self.wrapping_key_spec.as_str(), self.wrapping_algorithm.as_str());
        let algorithm = WrappingAlgorithm::parse(spec, algorithm)?;
        let given = context.engine.parameters_for_import(&self.key_id, algorithm)?;
        let response = payload!(GetParametersForImportResponse {
            key_id: given.key_id,
            public_key: encode(&given.public_key),
            import_token: SecretString::from(given.import_token),
            token_expire_time: given.token_expire_time.map(Into::into),
        });
        Ok(response.into())
    }
}

impl Handle for ImportKeyMaterialRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<ImportKeyMaterialResponse>, Fault> {
        context.engine.import_key_material(
            &self.key_id,
            &decode("EncryptedKeyMaterial", &self.encrypted_key_material)?,
            self.import_token.expose_secret(),
            self.key_material_expire_unix,
        )?;
        Ok(ImportKeyMaterialResponse::default().into())
    }
}

impl Handle for DeleteKeyMaterialRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<DeleteKeyMaterialResponse>, Fault> {
        context.engine.delete_key_material(&self.key_id)?;
        Ok(DeleteKeyMaterialResponse::default().into())
    }
}
