//! Export of data keys, encrypted with a public key.

use alibabacloud_kms::api::data_key::{
    ExportDataKeyRequest, ExportDataKeyResponse, GenerateAndExportDataKeyRequest,
    GenerateAndExportDataKeyResponse,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::checks::{decode, encode};
use super::crypto::open;
use super::data_key::{generate, length};
use super::{Context, Handle, Handler, HandlerReply};
use crate::engine::{Fault, KeyAction, WrappingAlgorithm, wrap};

/// The actions of this family.
pub(super) const ACTIONS: &[Handler] =
    &[Handler::new::<ExportDataKeyRequest>(), Handler::new::<GenerateAndExportDataKeyRequest>()];

impl Handle for ExportDataKeyRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<ExportDataKeyResponse>, Fault> {
        let (spec, algorithm) = (self.wrapping_key_spec.as_str(), self.wrapping_algorithm.as_str());
        let algorithm = export_algorithm(spec, algorithm)?;
        let public = decode("PublicKeyBlob", &self.public_key_blob)?;
        let pairs = self.encryption_context.as_ref();
        let opened = open(context, KeyAction::ExportDataKey, &self.ciphertext_blob, pairs)?;
        // Data keys are encrypted as Base64 text; other plaintexts are exported unchanged.
        let key = match STANDARD.decode(&*opened.value) {
            Ok(key) => Zeroizing::new(key),
            Err(_) => opened.value,
        };
        let response = payload!(ExportDataKeyResponse {
            key_id: opened.key_id,
            key_version_id: opened.key_version_id,
            exported_data_key: encode(&wrap(&public, algorithm, &key, "CiphertextBlob")?),
        });
        Ok(response.into())
    }
}

impl Handle for GenerateAndExportDataKeyRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<GenerateAndExportDataKeyResponse>, Fault> {
        let length = length(self.key_spec.as_ref().map(AsRef::as_ref), self.number_of_bytes)?;
        let (spec, algorithm) = (self.wrapping_key_spec.as_str(), self.wrapping_algorithm.as_str());
        let algorithm = export_algorithm(spec, algorithm)?;
        let public = decode("PublicKeyBlob", &self.public_key_blob)?;
        let pairs = self.encryption_context.as_ref();
        let action = KeyAction::GenerateAndExportDataKey;
        let (key, sealed) = generate(context, action, &self.key_id, length, pairs)?;
        let response = payload!(GenerateAndExportDataKeyResponse {
            ciphertext_blob: encode(&sealed.shared_blob()),
            exported_data_key: encode(&wrap(&public, algorithm, &key, "NumberOfBytes")?),
            key_id: sealed.key_id,
            key_version_id: sealed.key_version_id,
        });
        Ok(response.into())
    }
}

/// Returns the algorithm, unless it is `RSAES_PKCS1_V1_5`, which is for imports only.
fn export_algorithm(key_spec: &str, name: &str) -> Result<WrappingAlgorithm, Fault> {
    match WrappingAlgorithm::parse(key_spec, name)? {
        WrappingAlgorithm::RsaesPkcs1V15 => Err(Fault::invalid("WrappingAlgorithm")),
        algorithm => Ok(algorithm),
    }
}
