//! Encryption with the ciphertext of the Advance operations, which contains everything that
//! decryption needs, including the key version's id.

use alibabacloud_kms::native::kms::{
    KmsDecryptRequest, KmsDecryptResponse, KmsEncryptRequest, KmsEncryptResponse,
};
use secrecy::{ExposeSecret, SecretSlice};

use super::super::{Context, Handle, Handler, HandlerReply, plaintext};
use super::bytes;
use crate::engine::{BlobParts, Fault, KeyAction, Mode};

/// The operations of this family.
pub(super) const OPERATIONS: &[Handler] =
    &[Handler::new::<KmsDecryptRequest>(), Handler::new::<KmsEncryptRequest>()];

impl Handle for KmsEncryptRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<KmsEncryptResponse>, Fault> {
        let text = plaintext(self.plaintext.expose_secret())?;
        let sealed = context.engine.encrypt(&self.key_id, text, bytes(self.aad.as_ref()))?;
        let response = payload!(KmsEncryptResponse {
            ciphertext_blob: sealed.advance_blob(),
            key_id: sealed.key_id,
        });
        Ok(response.into())
    }
}

impl Handle for KmsDecryptRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<KmsDecryptResponse>, Fault> {
        let mode = Mode::default();
        let parts = BlobParts::from_advance_blob(&self.ciphertext_blob, mode)?;
        let aad = bytes(self.aad.as_ref());
        let opened = context.engine.decrypt_in(KeyAction::Decrypt, mode, parts, aad, None)?;
        let response = payload!(KmsDecryptResponse {
            key_id: opened.key_id,
            plaintext: SecretSlice::from(opened.value.plaintext.to_vec()),
        });
        Ok(response.into())
    }
}
