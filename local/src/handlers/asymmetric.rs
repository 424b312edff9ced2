//! Asymmetric keys: Base64 in requests and responses, and a key version in every request.

use alibabacloud_kms::api::asymmetric::{
    AsymmetricDecryptRequest, AsymmetricDecryptResponse, AsymmetricEncryptRequest,
    AsymmetricEncryptResponse, AsymmetricSignRequest, AsymmetricSignResponse,
    AsymmetricVerifyRequest, AsymmetricVerifyResponse, GetPublicKeyRequest, GetPublicKeyResponse,
};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::checks::{decode, encode};
use super::{Context, Handle, Handler, HandlerReply, required};
use crate::engine::{EncryptionAlgorithm, Fault, Message, SigningAlgorithm};

const KEY_VERSION: &str = "KeyVersionId";

/// The actions of this family.
pub(super) const ACTIONS: &[Handler] = &[
    Handler::new::<AsymmetricDecryptRequest>(),
    Handler::new::<AsymmetricEncryptRequest>(),
    Handler::new::<AsymmetricSignRequest>(),
    Handler::new::<AsymmetricVerifyRequest>(),
    Handler::new::<GetPublicKeyRequest>(),
];

impl Handle for GetPublicKeyRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<GetPublicKeyResponse>, Fault> {
        let version = required(self.key_version_id.as_ref(), KEY_VERSION)?;
        let done = context.engine.public_key(&self.key_id, Some(version))?;
        let response = payload!(GetPublicKeyResponse {
            key_id: done.key_id,
            key_version_id: Some(done.key_version_id),
            public_key: done.value,
        });
        Ok(response.into())
    }
}

impl Handle for AsymmetricEncryptRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<AsymmetricEncryptResponse>, Fault> {
        let version = required(self.key_version_id.as_ref(), KEY_VERSION)?;
        let done = context.engine.asymmetric_encrypt(
            &self.key_id,
            Some(version),
            EncryptionAlgorithm::parse(self.algorithm.as_str())?,
            &decode("Plaintext", self.plaintext.expose_secret())?,
        )?;
        let response = payload!(AsymmetricEncryptResponse {
            key_id: done.key_id,
            key_version_id: Some(done.key_version_id),
            ciphertext_blob: encode(&done.value),
        });
        Ok(response.into())
    }
}

impl Handle for AsymmetricDecryptRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<AsymmetricDecryptResponse>, Fault> {
        let version = required(self.key_version_id.as_ref(), KEY_VERSION)?;
        let done = context.engine.asymmetric_decrypt(
            &self.key_id,
            Some(version),
            EncryptionAlgorithm::parse(self.algorithm.as_str())?,
            &decode("CiphertextBlob", &self.ciphertext_blob)?,
        )?;
        let text = Zeroizing::new(encode(&done.value));
        let response = payload!(AsymmetricDecryptResponse {
            key_id: done.key_id,
            key_version_id: Some(done.key_version_id),
            plaintext: SecretString::from(text.as_str()),
        });
        Ok(response.into())
    }
}

impl Handle for AsymmetricSignRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<AsymmetricSignResponse>, Fault> {
        let version = required(self.key_version_id.as_ref(), KEY_VERSION)?;
        let done = context.engine.sign(
            &self.key_id,
            Some(version),
            SigningAlgorithm::parse(self.algorithm.as_str())?,
            Message::Digest(&decode("Digest", &self.digest)?),
        )?;
        let response = payload!(AsymmetricSignResponse {
            key_id: done.key_id,
            key_version_id: Some(done.key_version_id),
            value: encode(&done.value),
        });
        Ok(response.into())
    }
}

impl Handle for AsymmetricVerifyRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<AsymmetricVerifyResponse>, Fault> {
        let version = required(self.key_version_id.as_ref(), KEY_VERSION)?;
        let done = context.engine.verify(
            &self.key_id,
            Some(version),
            SigningAlgorithm::parse(self.algorithm.as_str())?,
            Message::Digest(&decode("Digest", &self.digest)?),
            &decode("Value", &self.value)?,
        )?;
        let response = payload!(AsymmetricVerifyResponse {
            key_id: done.key_id,
            key_version_id: Some(done.key_version_id),
            value: done.value,
        });
        Ok(response.into())
    }
}
