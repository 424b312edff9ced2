//! The older operations: symmetric keys with the nonce apart and the key version in a header, and
//! asymmetric keys.

use alibabacloud_kms::api::values;
use alibabacloud_kms::instance_api::classic::{
    DecryptRequest, DecryptResponse, EncryptRequest, EncryptResponse, GenerateDataKeyRequest,
    GenerateDataKeyResponse,
};
use secrecy::{ExposeSecret, SecretSlice};

use super::super::data_key;
use super::super::{Answer, Context, Handle, optional, plaintext};
use super::{AES_GCM, check_symmetric, is_symmetric, octets};
use crate::engine::{EncryptionAlgorithm, Fault};

impl Handle for EncryptRequest {
    fn handle(&self, context: &Context<'_>) -> Result<Answer<EncryptResponse>, Fault> {
        if !is_symmetric(self.algorithm.as_ref()) {
            return encrypt_asymmetric(self, context);
        }
        check_symmetric(None, self.padding_mode.as_ref())?;
        // A nonce that comes twice breaks the key: the gateway draws it.
        if !octets(self.iv.as_ref()).is_empty() {
            return Err(Fault::invalid("Iv"));
        }
        let sealed = context.engine.encrypt(
            &self.key_id,
            plaintext(self.plaintext.expose_secret())?,
            octets(self.aad.as_ref()),
        )?;
        let response = payload!(EncryptResponse {
            key_id: sealed.key_id,
            ciphertext_blob: sealed.ciphertext_and_tag,
            iv: sealed.iv.to_vec(),
            algorithm: AES_GCM.into(),
        });
        Ok(Answer::of_version(response, sealed.key_version_id))
    }
}

impl Handle for DecryptRequest {
    fn handle(&self, context: &Context<'_>) -> Result<Answer<DecryptResponse>, Fault> {
        if !is_symmetric(self.algorithm.as_ref()) {
            return decrypt_asymmetric(self, context);
        }
        check_symmetric(None, self.padding_mode.as_ref())?;
        let key = optional(self.key_id.as_ref());
        let version = match (context.key_version_id, key) {
            (Some(version), _) => version.to_owned(),
            (None, Some(key)) => context.engine.describe_key(key)?.primary_key_version,
            (None, None) => return Err(Fault::missing("KeyId")),
        };
        let opened = context.engine.decrypt(
            &version,
            octets(self.iv.as_ref()),
            &self.ciphertext_blob,
            octets(self.aad.as_ref()),
            key,
        )?;
        let response = payload!(DecryptResponse {
            key_id: opened.key_id,
            plaintext: SecretSlice::from(opened.value.to_vec()),
            algorithm: AES_GCM.into(),
        });
        Ok(Answer::of_version(response, opened.key_version_id))
    }
}

impl Handle for GenerateDataKeyRequest {
    fn handle(&self, context: &Context<'_>) -> Result<Answer<GenerateDataKeyResponse>, Fault> {
        check_symmetric(self.algorithm.as_ref(), None)?;
        let length = data_key::octets(self.number_of_bytes)?;
        let key = context.engine.generate_data_key(length)?;
        let aad = octets(self.aad.as_ref());
        let sealed = context.engine.encrypt(&self.key_id, &key, aad)?;
        let response = payload!(GenerateDataKeyResponse {
            key_id: sealed.key_id,
            iv: sealed.iv.to_vec(),
            plaintext: SecretSlice::from(key.to_vec()),
            ciphertext_blob: sealed.ciphertext_and_tag,
            algorithm: AES_GCM.into(),
        });
        Ok(Answer::of_version(response, sealed.key_version_id))
    }
}

fn encrypt_asymmetric(
    request: &EncryptRequest,
    context: &Context<'_>,
) -> Result<Answer<EncryptResponse>, Fault> {
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
    Ok(Answer::of_version(response, done.key_version_id))
}

fn decrypt_asymmetric(
    request: &DecryptRequest,
    context: &Context<'_>,
) -> Result<Answer<DecryptResponse>, Fault> {
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
    Ok(Answer::of_version(response, done.key_version_id))
}

fn algorithm(name: Option<&values::EncryptionAlgorithm>) -> Result<EncryptionAlgorithm, Fault> {
    EncryptionAlgorithm::parse(optional(name).unwrap_or_default())
}
