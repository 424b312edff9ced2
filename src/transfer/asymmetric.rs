//! The asymmetric actions: Base64 in and out, bytes on the wire, the key version in a header.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use zeroize::Zeroizing;

use super::Transfer;
use super::field::{back_base64, base64, required};
use super::native::Native;
use super::operation::{NativeReply, Operation, TransferBack};
use crate::api::asymmetric::{
    AsymmetricDecryptRequest, AsymmetricDecryptResponse, AsymmetricEncryptRequest,
    AsymmetricEncryptResponse, AsymmetricSignRequest, AsymmetricSignResponse,
    AsymmetricVerifyRequest, AsymmetricVerifyResponse, GetPublicKeyRequest, GetPublicKeyResponse,
};
use crate::api::values::MessageType;
use crate::native::{classic, signature};
use crate::{Charset, Error};

impl Transfer for AsymmetricEncryptRequest {
    const OPERATIONS: &'static [Operation] =
        &[Operation::with_back::<Self, classic::EncryptRequest>()];

    async fn transfer(&self, native: &mut Native<'_>) -> Result<AsymmetricEncryptResponse, Error> {
        let plaintext = base64("Plaintext", self.plaintext.expose_secret())?;
        let operation = classic::EncryptRequest::new(&self.key_id, SecretSlice::from(plaintext))
            .algorithm(self.algorithm.clone());
        let version = self.key_version_id.as_deref();
        let NativeReply { response, key_version } =
            native.send_with_key_version(operation, version).await?;
        Ok(AsymmetricEncryptResponse {
            key_id: required("KeyId", response.key_id)?,
            key_version_id: key_version,
            ciphertext_blob: STANDARD.encode(required("CiphertextBlob", response.ciphertext_blob)?),
            request_id: response.request_id,
        })
    }
}

impl TransferBack<classic::EncryptRequest> for AsymmetricEncryptRequest {
    #[inline]
    fn back(
        response: &AsymmetricEncryptResponse,
        _: Charset,
    ) -> Result<NativeReply<classic::EncryptResponse>, Error> {
        let native = classic::EncryptResponse {
            key_id: response.key_id.clone(),
            ciphertext_blob: back_base64("CiphertextBlob", &response.ciphertext_blob)?,
            request_id: response.request_id.clone(),
            ..Default::default()
        };
        Ok(NativeReply::new(native).key_version(response.key_version_id.clone()))
    }
}

impl Transfer for AsymmetricDecryptRequest {
    const OPERATIONS: &'static [Operation] =
        &[Operation::with_back::<Self, classic::DecryptRequest>()];

    async fn transfer(&self, native: &mut Native<'_>) -> Result<AsymmetricDecryptResponse, Error> {
        let blob = base64("CiphertextBlob", &self.ciphertext_blob)?;
        let operation = classic::DecryptRequest::new(blob)
            .key_id(&self.key_id)
            .algorithm(self.algorithm.clone());
        let version = self.key_version_id.as_deref();
        let NativeReply { response, key_version } =
            native.send_with_key_version(operation, version).await?;
        let text = Zeroizing::new(STANDARD.encode(response.plaintext.expose_secret()));
        Ok(AsymmetricDecryptResponse {
            key_id: required("KeyId", response.key_id)?,
            key_version_id: key_version,
            plaintext: SecretString::from(text.as_str()),
            ciphertext_for_recipient: None,
            request_id: response.request_id,
        })
    }
}

impl TransferBack<classic::DecryptRequest> for AsymmetricDecryptRequest {
    #[inline]
    fn back(
        response: &AsymmetricDecryptResponse,
        _: Charset,
    ) -> Result<NativeReply<classic::DecryptResponse>, Error> {
        let native = classic::DecryptResponse {
            key_id: response.key_id.clone(),
            plaintext: back_base64("Plaintext", response.plaintext.expose_secret())?.into(),
            request_id: response.request_id.clone(),
            ..Default::default()
        };
        Ok(NativeReply::new(native).key_version(response.key_version_id.clone()))
    }
}

impl Transfer for AsymmetricSignRequest {
    const OPERATIONS: &'static [Operation] =
        &[Operation::with_back::<Self, signature::SignRequest>()];

    async fn transfer(&self, native: &mut Native<'_>) -> Result<AsymmetricSignResponse, Error> {
        let digest = base64("Digest", &self.digest)?;
        let operation = signature::SignRequest::new(&self.key_id, self.algorithm.clone(), digest)
            .message_type(MessageType::Digest);
        let version = self.key_version_id.as_deref();
        let NativeReply { response, key_version } =
            native.send_with_key_version(operation, version).await?;
        Ok(AsymmetricSignResponse {
            key_id: required("KeyId", response.key_id)?,
            key_version_id: key_version,
            value: STANDARD.encode(required("Signature", response.signature)?),
            request_id: response.request_id,
        })
    }
}

impl TransferBack<signature::SignRequest> for AsymmetricSignRequest {
    #[inline]
    fn back(
        response: &AsymmetricSignResponse,
        _: Charset,
    ) -> Result<NativeReply<signature::SignResponse>, Error> {
        let native = signature::SignResponse {
            key_id: response.key_id.clone(),
            signature: back_base64("Value", &response.value)?,
            request_id: response.request_id.clone(),
            ..Default::default()
        };
        Ok(NativeReply::new(native).key_version(response.key_version_id.clone()))
    }
}

impl Transfer for AsymmetricVerifyRequest {
    const OPERATIONS: &'static [Operation] =
        &[Operation::with_back::<Self, signature::VerifyRequest>()];

    async fn transfer(&self, native: &mut Native<'_>) -> Result<AsymmetricVerifyResponse, Error> {
        let digest = base64("Digest", &self.digest)?;
        let value = base64("Value", &self.value)?;
        let algorithm = self.algorithm.clone();
        let operation = signature::VerifyRequest::new(&self.key_id, value, algorithm, digest)
            .message_type(MessageType::Digest);
        let version = self.key_version_id.as_deref();
        let NativeReply { response, key_version } =
            native.send_with_key_version(operation, version).await?;
        Ok(AsymmetricVerifyResponse {
            key_id: required("KeyId", response.key_id)?,
            key_version_id: key_version,
            value: response.value,
            request_id: response.request_id,
        })
    }
}

impl TransferBack<signature::VerifyRequest> for AsymmetricVerifyRequest {
    #[inline]
    fn back(
        response: &AsymmetricVerifyResponse,
        _: Charset,
    ) -> Result<NativeReply<signature::VerifyResponse>, Error> {
        let native = signature::VerifyResponse {
            key_id: response.key_id.clone(),
            value: response.value,
            request_id: response.request_id.clone(),
            ..Default::default()
        };
        Ok(NativeReply::new(native).key_version(response.key_version_id.clone()))
    }
}

impl Transfer for GetPublicKeyRequest {
    const OPERATIONS: &'static [Operation] =
        &[Operation::with_back::<Self, signature::GetPublicKeyRequest>()];

    async fn transfer(&self, native: &mut Native<'_>) -> Result<GetPublicKeyResponse, Error> {
        let operation = signature::GetPublicKeyRequest::new(&self.key_id);
        let version = self.key_version_id.as_deref();
        let NativeReply { response, key_version } =
            native.send_with_key_version(operation, version).await?;
        Ok(GetPublicKeyResponse {
            key_id: required("KeyId", response.key_id)?,
            key_version_id: key_version,
            public_key: required("PublicKey", response.public_key)?,
            request_id: response.request_id,
        })
    }
}

impl TransferBack<signature::GetPublicKeyRequest> for GetPublicKeyRequest {
    #[inline]
    fn back(
        response: &GetPublicKeyResponse,
        _: Charset,
    ) -> Result<NativeReply<signature::GetPublicKeyResponse>, Error> {
        let native = signature::GetPublicKeyResponse {
            key_id: response.key_id.clone(),
            public_key: response.public_key.clone(),
            request_id: response.request_id.clone(),
        };
        Ok(NativeReply::new(native).key_version(response.key_version_id.clone()))
    }
}
