//! The current operations with symmetric keys: everything is in the blob.

use alibabacloud_kms::instance_api::advance::{
    AdvanceDecryptRequest, AdvanceDecryptResponse, AdvanceEncryptRequest, AdvanceEncryptResponse,
    AdvanceGenerateDataKeyRequest, AdvanceGenerateDataKeyResponse,
};
use secrecy::{ExposeSecret, SecretSlice};

use super::super::data_key;
use super::super::{Answer, Context, Handle, optional, plaintext};
use super::{AES_GCM, check_symmetric, octets};
use crate::engine::{BlobParts, Fault};

impl Handle for AdvanceEncryptRequest {
    fn handle(&self, context: &Context<'_>) -> Result<Answer<AdvanceEncryptResponse>, Fault> {
        check_symmetric(self.algorithm.as_ref(), self.padding_mode.as_ref())?;
        // A nonce that comes twice breaks the key: the gateway draws it.
        if !octets(self.iv.as_ref()).is_empty() {
            return Err(Fault::invalid("Iv"));
        }
        let sealed = context.engine.encrypt(
            &self.key_id,
            plaintext(self.plaintext.expose_secret())?,
            octets(self.aad.as_ref()),
        )?;
        let response = payload!(AdvanceEncryptResponse {
            ciphertext_blob: sealed.advance_blob(),
            iv: sealed.iv.to_vec(),
            key_id: sealed.key_id,
            key_version_id: sealed.key_version_id,
            algorithm: AES_GCM.into(),
        });
        Ok(response.into())
    }
}

impl Handle for AdvanceDecryptRequest {
    fn handle(&self, context: &Context<'_>) -> Result<Answer<AdvanceDecryptResponse>, Fault> {
        check_symmetric(self.algorithm.as_ref(), self.padding_mode.as_ref())?;
        let parts = BlobParts::of_advance_blob(&self.ciphertext_blob)?;
        let iv = octets(self.iv.as_ref());
        if !iv.is_empty() && iv != parts.iv {
            return Err(Fault::invalid("Iv"));
        }
        let opened = context.engine.decrypt(
            parts.key_version_id,
            parts.iv,
            parts.ciphertext_and_tag,
            octets(self.aad.as_ref()),
            optional(self.key_id.as_ref()),
        )?;
        let response = payload!(AdvanceDecryptResponse {
            key_id: opened.key_id,
            plaintext: SecretSlice::from(opened.value.to_vec()),
            key_version_id: opened.key_version_id,
            algorithm: AES_GCM.into(),
        });
        Ok(response.into())
    }
}

impl Handle for AdvanceGenerateDataKeyRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<Answer<AdvanceGenerateDataKeyResponse>, Fault> {
        let length = data_key::octets(self.number_of_bytes)?;
        let key = context.engine.generate_data_key(length)?;
        let aad = octets(self.aad.as_ref());
        let sealed = context.engine.encrypt(&self.key_id, &key, aad)?;
        let response = payload!(AdvanceGenerateDataKeyResponse {
            ciphertext_blob: sealed.advance_blob(),
            iv: sealed.iv.to_vec(),
            plaintext: SecretSlice::from(key.to_vec()),
            key_id: sealed.key_id,
            key_version_id: sealed.key_version_id,
            algorithm: AES_GCM.into(),
        });
        Ok(response.into())
    }
}
