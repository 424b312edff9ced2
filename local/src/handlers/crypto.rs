//! `Encrypt`, `Decrypt` and `ReEncrypt`, whose plaintexts are texts.

use alibabacloud_kms::Pairs;
use alibabacloud_kms::api::crypto::{
    DecryptRequest, DecryptResponse, EncryptRequest, EncryptResponse, ReEncryptRequest,
    ReEncryptResponse,
};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::checks::{decode, encode};
use super::{Context, Handle, Handler, HandlerReply, optional, plaintext, required};
use crate::engine::{BlobParts, EncryptionAlgorithm, Fault, KeyAction, Mode, Outcome, SealedParts};

/// The actions of this family.
pub(super) const ACTIONS: &[Handler] = &[
    Handler::new::<DecryptRequest>(),
    Handler::new::<EncryptRequest>(),
    Handler::new::<ReEncryptRequest>(),
];

impl Handle for EncryptRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<EncryptResponse>, Fault> {
        let text = self.plaintext.expose_secret().as_bytes();
        let pairs = self.encryption_context.as_ref();
        let sealed = seal(context, KeyAction::Encrypt, &self.key_id, text, pairs)?;
        let response = payload!(EncryptResponse {
            ciphertext_blob: encode(&sealed.shared_blob()),
            key_id: sealed.key_id,
            key_version_id: sealed.key_version_id,
        });
        Ok(response.into())
    }
}

impl Handle for DecryptRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<DecryptResponse>, Fault> {
        let pairs = self.encryption_context.as_ref();
        let opened = open(context, KeyAction::Decrypt, &self.ciphertext_blob, pairs)?;
        let text = std::str::from_utf8(&opened.value).map_err(|_| {
            // The instance encrypts any bytes, but JSON carries only text.
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

impl Handle for ReEncryptRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<ReEncryptResponse>, Fault> {
        let algorithm = optional(self.source_encryption_algorithm.as_ref());
        let source = optional(self.source_key_id.as_ref());
        let opened = if let (None, None) = (algorithm, source) {
            let pairs = self.source_encryption_context.as_ref();
            open(context, KeyAction::ReEncryptFrom, &self.ciphertext_blob, pairs)?
        } else {
            let version = self.source_key_version_id.as_ref();
            let opened = context.engine.asymmetric_decrypt_for(
                KeyAction::ReEncryptFrom,
                source.ok_or_else(|| Fault::missing("SourceKeyId"))?,
                Some(required(version, "SourceKeyVersionId")?),
                EncryptionAlgorithm::parse(algorithm.unwrap_or_default())
                    .map_err(|fault| fault.renamed("Algorithm", "SourceEncryptionAlgorithm"))?,
                &decode("CiphertextBlob", &self.ciphertext_blob)?,
            )?;
            // In Base64, like a data key, so that `Decrypt` returns a text.
            let text = Zeroizing::new(encode(&opened.value).into_bytes());
            Outcome { value: text, ..opened }
        };
        let pairs = self.destination_encryption_context.as_ref();
        let key = &self.destination_key_id;
        let sealed = seal(context, KeyAction::ReEncryptTo, key, &opened.value, pairs)?;
        // The service returns the key that decrypted.
        let response = payload!(ReEncryptResponse {
            ciphertext_blob: encode(&sealed.shared_blob()),
            key_id: opened.key_id,
            key_version_id: opened.key_version_id,
        });
        Ok(response.into())
    }
}

/// Encrypts a text for the RPC dialect's `Decrypt` with the same encryption context.
pub(super) fn seal(
    context: &Context<'_>,
    action: KeyAction,
    key: &str,
    text: &[u8],
    pairs: Option<&Pairs>,
) -> Result<SealedParts, Fault> {
    let aad = context.aad(pairs)?;
    context.engine.encrypt_for(action, key, plaintext(text)?, &aad)
}

/// Decrypts a blob of the RPC dialect.
pub(super) fn open(
    context: &Context<'_>,
    action: KeyAction,
    blob: &str,
    pairs: Option<&Pairs>,
) -> Result<Outcome<Zeroizing<Vec<u8>>>, Fault> {
    let blob = decode("CiphertextBlob", blob)?;
    let parts = BlobParts::from_shared_blob(&blob)?;
    let mut opened = Err(Fault::invalid_ciphertext());
    for aad in context.possible_aads(pairs)? {
        opened = context.engine.decrypt_in(action, Mode::default(), parts, &aad, None);
        if opened.is_ok() {
            break;
        }
    }
    let Outcome { key_id, key_version_id, value } = opened?;
    Ok(Outcome { key_id, key_version_id, value: value.plaintext })
}
