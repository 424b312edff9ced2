//! The current operations with symmetric keys, whose blob contains everything that decryption
//! needs.

use alibabacloud_kms::native::advance::{
    AdvanceDecryptRequest, AdvanceDecryptResponse, AdvanceEncryptRequest, AdvanceEncryptResponse,
    AdvanceGenerateDataKeyRequest, AdvanceGenerateDataKeyResponse,
};
use secrecy::{ExposeSecret, SecretSlice};

use super::super::data_key;
use super::super::{Context, Handle, Handler, HandlerReply, optional, plaintext};
use super::{bytes, mode};
use crate::engine::{BlobParts, Fault, KeyAction};

/// The operations of this family.
pub(super) const OPERATIONS: &[Handler] = &[
    Handler::new::<AdvanceDecryptRequest>(),
    Handler::new::<AdvanceEncryptRequest>(),
    Handler::new::<AdvanceGenerateDataKeyRequest>(),
];

impl Handle for AdvanceEncryptRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<AdvanceEncryptResponse>, Fault> {
        let mode = mode(self.algorithm.as_ref(), self.padding_mode.as_ref())?;
        let sealed = context.engine.encrypt_in(
            KeyAction::Encrypt,
            &self.key_id,
            mode,
            bytes(self.iv.as_ref()),
            plaintext(self.plaintext.expose_secret())?,
            bytes(self.aad.as_ref()),
        )?;
        let response = payload!(AdvanceEncryptResponse {
            ciphertext_blob: sealed.advance_blob(),
            iv: sealed.iv,
            key_id: sealed.key_id,
            key_version_id: sealed.key_version_id,
            algorithm: sealed.algorithm.into(),
            padding_mode: mode.padding().to_owned(),
        });
        Ok(response.into())
    }
}

impl Handle for AdvanceDecryptRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<AdvanceDecryptResponse>, Fault> {
        let mode = mode(self.algorithm.as_ref(), self.padding_mode.as_ref())?;
        let parts = BlobParts::from_advance_blob(&self.ciphertext_blob, mode)?;
        let iv = bytes(self.iv.as_ref());
        if !iv.is_empty() && iv != parts.iv {
            return Err(Fault::invalid("Iv"));
        }
        let opened = context.engine.decrypt_in(
            KeyAction::Decrypt,
            mode,
            parts,
            bytes(self.aad.as_ref()),
            optional(self.key_id.as_ref()),
        )?;
        let response = payload!(AdvanceDecryptResponse {
            key_id: opened.key_id,
            plaintext: SecretSlice::from(opened.value.plaintext.to_vec()),
            key_version_id: opened.key_version_id,
            algorithm: opened.value.algorithm.into(),
            padding_mode: mode.padding().to_owned(),
        });
        Ok(response.into())
    }
}

impl Handle for AdvanceGenerateDataKeyRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<AdvanceGenerateDataKeyResponse>, Fault> {
        let length = data_key::byte_length(self.number_of_bytes)?;
        let key = context.engine.generate_data_key(length)?;
        let aad = bytes(self.aad.as_ref());
        let action = KeyAction::GenerateDataKey;
        let sealed = context.engine.encrypt_for(action, &self.key_id, &key, aad)?;
        let response = payload!(AdvanceGenerateDataKeyResponse {
            ciphertext_blob: sealed.advance_blob(),
            iv: sealed.iv,
            plaintext: SecretSlice::from(key.to_vec()),
            key_id: sealed.key_id,
            key_version_id: sealed.key_version_id,
            algorithm: sealed.algorithm.into(),
        });
        Ok(response.into())
    }
}
