//! `Encrypt` and `Decrypt` of texts.

use alibabacloud_kms::Pairs;
use alibabacloud_kms::api::crypto::{
    DecryptRequest, DecryptResponse, EncryptRequest, EncryptResponse,
};
use secrecy::{ExposeSecret, SecretString};

use super::{Answer, Context, Handle, plaintext};
use crate::engine::{BlobParts, Fault, SealedParts};
use crate::handlers::asymmetric::{decode, encode};

impl Handle for EncryptRequest {
    fn handle(&self, context: &Context<'_>) -> Result<Answer<EncryptResponse>, Fault> {
        let text = self.plaintext.expose_secret().as_bytes();
        let sealed = seal(context, &self.key_id, text, self.encryption_context.as_ref())?;
        let response = payload!(EncryptResponse {
            ciphertext_blob: encode(&sealed.shared_blob()),
            key_id: sealed.key_id,
            key_version_id: sealed.key_version_id,
        });
        Ok(response.into())
    }
}

impl Handle for DecryptRequest {
    fn handle(&self, context: &Context<'_>) -> Result<Answer<DecryptResponse>, Fault> {
        let blob = decode("CiphertextBlob", &self.ciphertext_blob)?;
        let parts = BlobParts::of_shared_blob(&blob)?;
        let mut opened = Err(Fault::invalid_ciphertext());
        for aad in context.possible_aads(self.encryption_context.as_ref())? {
            opened = context.engine.decrypt(
                parts.key_version_id,
                parts.iv,
                parts.ciphertext_and_tag,
                &aad,
                None,
            );
            if opened.is_ok() {
                break;
            }
        }
        let opened = opened?;
        let text = std::str::from_utf8(&opened.value).map_err(|_| {
            // The instance encrypts any octets; JSON carries only text.
            let message = "The plaintext is not UTF-8 text.";
            Fault::new(400, "InvalidParameter", message)
        })?;
        let response = payload!(DecryptResponse {
            plaintext: SecretString::from(text),
            key_id: opened.key_id,
            key_version_id: opened.key_version_id,
        });
        Ok(response.into())
    }
}

/// Encrypts what the RPC dialect's `Decrypt` opens with the same context.
pub(super) fn seal(
    context: &Context<'_>,
    key: &str,
    text: &[u8],
    pairs: Option<&Pairs>,
) -> Result<SealedParts, Fault> {
    let aad = context.aad(pairs)?;
    context.engine.encrypt(key, plaintext(text)?, &aad)
}
