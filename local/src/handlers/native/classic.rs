//! The older operations: symmetric keys, with a separate nonce and the key version in a header, and
//! asymmetric keys.

use alibabacloud_kms::api::values;
use alibabacloud_kms::native::classic::{
    DecryptRequest, DecryptResponse, EncryptRequest, EncryptResponse, GenerateDataKeyRequest,
    GenerateDataKeyResponse,
};
use secrecy::{ExposeSecret, SecretSlice};

use super::super::data_key;
use super::super::{Context, Handle, Handler, HandlerReply, optional, plaintext};
use super::{bytes, is_symmetric, mode};
use crate::engine::{BlobParts, EncryptionAlgorithm, Fault, KeyAction};

/// The operations of this family.
pub(super) const OPERATIONS: &[Handler] = &[
    Handler::new::<DecryptRequest>(),
    Handler::new::<EncryptRequest>(),
    Handler::new::<GenerateDataKeyRequest>(),
];

impl Handle for EncryptRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<EncryptResponse>, Fault> {
        if !is_symmetric(self.algorithm.as_ref()) {
            return encrypt_asymmetric(self, context);
        }
        let mode = mode(self.algorithm.as_ref(), self.padding_mode.as_ref())?;
        let sealed = context.engine.encrypt_in(
            KeyAction::Encrypt,
            &self.key_id,
            mode,
            bytes(self.iv.as_ref()),
            plaintext(self.plaintext.expose_secret())?,
            bytes(self.aad.as_ref()),
        )?;
        let response = payload!(EncryptResponse {
            key_id: sealed.key_id,
            ciphertext_blob: sealed.ciphertext_and_tag,
            iv: sealed.iv,
            algorithm: sealed.algorithm.into(),
            padding_mode: mode.padding().to_owned(),
        });
        Ok(HandlerReply::with_version(response, sealed.key_version_id))
    }
}

impl Handle for DecryptRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<DecryptResponse>, Fault> {
        if !is_symmetric(self.algorithm.as_ref()) {
            return decrypt_asymmetric(self, context);
        }
        let mode = mode(self.algorithm.as_ref(), self.padding_mode.as_ref())?;
        let key = optional(self.key_id.as_ref());
        let version = match (context.key_version_id, key) {
            (Some(version), _) => version.to_owned(),
            (None, Some(key)) => {
                let key = context.engine.describe_key(key)?;
                key.primary_key_version.ok_or_else(Fault::key_version_not_found)?
            }
            (None, None) => return Err(Fault::missing("KeyId")),
        };
        let parts = BlobParts {
            key_version_id: &version,
            iv: bytes(self.iv.as_ref()),
            ciphertext_and_tag: &self.ciphertext_blob,
        };
        let aad = bytes(self.aad.as_ref());
        let opened = context.engine.decrypt_in(KeyAction::Decrypt, mode, parts, aad, key)?;
        let response = payload!(DecryptResponse {
            key_id: opened.key_id,
            plaintext: SecretSlice::from(opened.value.plaintext.to_vec()),
            algorithm: opened.value.algorithm.into(),
            padding_mode: mode.padding().to_owned(),
        });
        Ok(HandlerReply::with_version(response, opened.key_version_id))
    }
}

impl Handle for GenerateDataKeyRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<GenerateDataKeyResponse>, Fault> {
        let mode = mode(self.algorithm.as_ref(), None)?;
        let length = data_key::byte_length(self.number_of_bytes)?;
        let key = context.engine.generate_data_key(length)?;
        let aad = bytes(self.aad.as_ref());
        let action = KeyAction::GenerateDataKey;
        let sealed = context.engine.encrypt_in(action, &self.key_id, mode, b"", &key, aad)?;
        let response = payload!(GenerateDataKeyResponse {
            key_id: sealed.key_id,
            iv: sealed.iv,
            plaintext: SecretSlice::from(key.to_vec()),
            ciphertext_blob: sealed.ciphertext_and_tag,
            algorithm: sealed.algorithm.into(),
        });
        Ok(HandlerReply::with_version(response, sealed.key_version_id))
    }
}

fn encrypt_asymmetric(
    request: &EncryptRequest,
    context: &Context<'_>,
) -> Result<HandlerReply<EncryptResponse>, Fault> {
    let algorithm = algorithm(request.algorithm.as_ref())?;
    let done = context.engine.asymmetric_encrypt(
        &request.key_id,
        context.key_version_id,
        algorithm,
        request.plaintext.expose_secret(),
    )?;
    let response = payload!(EncryptResponse {
        key_id: done.key_id,
        ciphertext_blob: done.value,
        algorithm: algorithm.as_str().into(),
    });
    Ok(HandlerReply::with_version(response, done.key_version_id))
}

fn decrypt_asymmetric(
    request: &DecryptRequest,
    context: &Context<'_>,
) -> Result<HandlerReply<DecryptResponse>, Fault> {
    let algorithm = algorithm(request.algorithm.as_ref())?;
    let done = context.engine.asymmetric_decrypt(
        request.key_id.as_deref().unwrap_or_default(),
        context.key_version_id,
        algorithm,
        &request.ciphertext_blob,
    )?;
    let response = payload!(DecryptResponse {
        key_id: done.key_id,
        plaintext: SecretSlice::from(done.value.to_vec()),
        algorithm: algorithm.as_str().into(),
    });
    Ok(HandlerReply::with_version(response, done.key_version_id))
}

fn algorithm(name: Option<&values::EncryptionAlgorithm>) -> Result<EncryptionAlgorithm, Fault> {
    EncryptionAlgorithm::parse(optional(name).unwrap_or_default())
}
