//! Data keys. The RPC dialect encrypts the Base64 text of a data key, so that `Decrypt` returns
//! this text.

use alibabacloud_kms::Pairs;
use alibabacloud_kms::api::data_key::{
    GenerateDataKeyRequest, GenerateDataKeyResponse, GenerateDataKeyWithoutPlaintextRequest,
    GenerateDataKeyWithoutPlaintextResponse,
};
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::checks::encode;
use super::crypto::seal;
use super::{Context, Handle, Handler, HandlerReply};
use crate::engine::{Fault, KeyAction, SealedParts};

/// The actions of this family.
pub(super) const ACTIONS: &[Handler] = &[
    Handler::new::<GenerateDataKeyRequest>(),
    Handler::new::<GenerateDataKeyWithoutPlaintextRequest>(),
];

impl Handle for GenerateDataKeyRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<GenerateDataKeyResponse>, Fault> {
        let length = length(self.key_spec.as_ref().map(AsRef::as_ref), self.number_of_bytes)?;
        let pairs = self.encryption_context.as_ref();
        let action = KeyAction::GenerateDataKey;
        let (key, sealed) = generate(context, action, &self.key_id, length, pairs)?;
        let text = Zeroizing::new(encode(&key));
        let response = payload!(GenerateDataKeyResponse {
            plaintext: SecretString::from(text.as_str()),
            ciphertext_blob: encode(&sealed.shared_blob()),
            key_id: sealed.key_id,
            key_version_id: sealed.key_version_id,
        });
        Ok(response.into())
    }
}

impl Handle for GenerateDataKeyWithoutPlaintextRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<GenerateDataKeyWithoutPlaintextResponse>, Fault> {
        let length = length(self.key_spec.as_ref().map(AsRef::as_ref), self.number_of_bytes)?;
        let pairs = self.encryption_context.as_ref();
        let action = KeyAction::GenerateDataKeyWithoutPlaintext;
        let (_, sealed) = generate(context, action, &self.key_id, length, pairs)?;
        let response = payload!(GenerateDataKeyWithoutPlaintextResponse {
            ciphertext_blob: encode(&sealed.shared_blob()),
            key_id: sealed.key_id,
            key_version_id: sealed.key_version_id,
        });
        Ok(response.into())
    }
}

/// Returns the length of a data key in bytes (default 32).
pub(super) fn byte_length(number_of_bytes: Option<i32>) -> Result<usize, Fault> {
    usize::try_from(number_of_bytes.unwrap_or(32)).map_err(|_| Fault::invalid("NumberOfBytes"))
}

pub(super) fn length(key_spec: Option<&str>, number_of_bytes: Option<i32>) -> Result<usize, Fault> {
    match (number_of_bytes, key_spec) {
        (None, Some("AES_128")) => Ok(16),
        (None, None | Some("" | "AES_256")) | (Some(_), _) => byte_length(number_of_bytes),
        (None, Some(_)) => {
            let message = "The specified parameter KeySpec is not valid.";
            Err(Fault::new(400, "InvalidParameter", message))
        }
    }
}

/// Generates a data key. Returns it in plaintext and encrypted.
pub(super) fn generate(
    context: &Context<'_>,
    action: KeyAction,
    key: &str,
    length: usize,
    pairs: Option<&Pairs>,
) -> Result<(Zeroizing<Vec<u8>>, SealedParts), Fault> {
    let bytes = context.engine.generate_data_key(length)?;
    let text = Zeroizing::new(encode(&bytes));
    let sealed = seal(context, action, key, text.as_bytes(), pairs)?;
    Ok((bytes, sealed))
}
