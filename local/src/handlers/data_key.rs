//! Data keys. The RPC dialect's are ciphertexts of the key's Base64 text, so that `Decrypt` gives
//! that text.

use alibabacloud_kms::Pairs;
use alibabacloud_kms::api::data_key::{
    GenerateDataKeyRequest, GenerateDataKeyResponse, GenerateDataKeyWithoutPlaintextRequest,
    GenerateDataKeyWithoutPlaintextResponse,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::asymmetric::encode;
use super::crypto::seal;
use super::{Answer, Context, Handle};
use crate::engine::{Fault, SealedParts};

impl Handle for GenerateDataKeyRequest {
    fn handle(&self, context: &Context<'_>) -> Result<Answer<GenerateDataKeyResponse>, Fault> {
        let length = length(self.key_spec.as_ref().map(AsRef::as_ref), self.number_of_bytes)?;
        let pairs = self.encryption_context.as_ref();
        let (text, sealed) = generate(context, &self.key_id, length, pairs)?;
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
    ) -> Result<Answer<GenerateDataKeyWithoutPlaintextResponse>, Fault> {
        let length = length(self.key_spec.as_ref().map(AsRef::as_ref), self.number_of_bytes)?;
        let pairs = self.encryption_context.as_ref();
        let (_, sealed) = generate(context, &self.key_id, length, pairs)?;
        let response = payload!(GenerateDataKeyWithoutPlaintextResponse {
            ciphertext_blob: encode(&sealed.shared_blob()),
            key_id: sealed.key_id,
            key_version_id: sealed.key_version_id,
        });
        Ok(response.into())
    }
}

/// A data key's length in octets that a request asks for; 32 unless told.
pub(super) fn octets(number_of_bytes: Option<i32>) -> Result<usize, Fault> {
    usize::try_from(number_of_bytes.unwrap_or(32)).map_err(|_| Fault::invalid("NumberOfBytes"))
}

fn length(key_spec: Option<&str>, number_of_bytes: Option<i32>) -> Result<usize, Fault> {
    match (number_of_bytes, key_spec) {
        (None, Some("AES_128")) => Ok(16),
        (None, None | Some("" | "AES_256")) | (Some(_), _) => octets(number_of_bytes),
        (None, Some(_)) => {
            let message = "The specified parameter KeySpec is not valid.";
            Err(Fault::new(400, "InvalidParameter", message))
        }
    }
}

fn generate(
    context: &Context<'_>,
    key: &str,
    length: usize,
    pairs: Option<&Pairs>,
) -> Result<(Zeroizing<String>, SealedParts), Fault> {
    let octets = context.engine.generate_data_key(length)?;
    let text = Zeroizing::new(STANDARD.encode(&*octets));
    let sealed = seal(context, key, text.as_bytes(), pairs)?;
    Ok((text, sealed))
}
