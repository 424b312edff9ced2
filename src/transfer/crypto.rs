//! `Encrypt` and `Decrypt` of texts with symmetric keys.

use std::mem;

use secrecy::{ExposeSecret, SecretSlice};

use super::Transfer;
use super::blob::Blob;
use super::field::{inexpressible, required, some};
use super::native::Native;
use super::operation::{NativeReply, Operation, TransferBack};
use crate::api::crypto::{DecryptRequest, DecryptResponse, EncryptRequest, EncryptResponse};
use crate::native::{advance, classic};
use crate::{Charset, CharsetError, Error, SecretString};

impl Transfer for EncryptRequest {
    const OPERATIONS: &'static [Operation] = &[
        Operation::with_back::<Self, advance::AdvanceEncryptRequest>(),
        Operation::with_back::<Self, classic::EncryptRequest>(),
    ];

    async fn transfer(&self, native: &mut Native<'_>) -> Result<EncryptResponse, Error> {
        let plaintext = encode(native.charset(), &self.plaintext)?;
        let aad = native.aad(self.encryption_context.as_ref())?;
        seal(native, &self.key_id, plaintext, aad).await
    }
}

/// Encrypts bytes, in either version.
pub(super) async fn seal(
    native: &mut Native<'_>,
    key_id: &str,
    plaintext: SecretSlice<u8>,
    aad: Option<Vec<u8>>,
) -> Result<EncryptResponse, Error> {
    if native.is_low_version() {
        let mut operation = classic::EncryptRequest::new(key_id, plaintext);
        operation.aad = aad;
        let NativeReply { response, key_version } = native.send(operation).await?;
        let ciphertext = required("CiphertextBlob", response.ciphertext_blob)?;
        let blob = Blob::from_parts(key_version.as_deref(), &response.iv, &ciphertext)?;
        Ok(EncryptResponse {
            key_id: required("KeyId", response.key_id)?,
            ciphertext_blob: blob.to_base64(),
            key_version_id: key_version.unwrap_or_default(),
            request_id: response.request_id,
        })
    } else {
        let mut operation = advance::AdvanceEncryptRequest::new(key_id, plaintext);
        operation.aad = aad;
        let response = native.send(operation).await?.response;
        let ciphertext = required("CiphertextBlob", response.ciphertext_blob)?;
        let blob = Blob::from_advance(&ciphertext)?;
        Ok(EncryptResponse {
            ciphertext_blob: blob.to_base64(),
            key_id: required("KeyId", response.key_id)?,
            key_version_id: blob.key_version_or(some(response.key_version_id))?,
            request_id: response.request_id,
        })
    }
}

impl TransferBack<advance::AdvanceEncryptRequest> for EncryptRequest {
    #[inline]
    fn back(
        response: &EncryptResponse,
        _: Charset,
    ) -> Result<NativeReply<advance::AdvanceEncryptResponse>, Error> {
        Ok(NativeReply::new(advance::AdvanceEncryptResponse {
            ciphertext_blob: blob(response)?.to_advance(),
            key_id: response.key_id.clone(),
            key_version_id: response.key_version_id.clone(),
            request_id: response.request_id.clone(),
            ..Default::default()
        }))
    }
}

impl TransferBack<classic::EncryptRequest> for EncryptRequest {
    #[inline]
    fn back(
        response: &EncryptResponse,
        _: Charset,
    ) -> Result<NativeReply<classic::EncryptResponse>, Error> {
        let blob = blob(response)?;
        let key_version = blob.key_version().map_err(not_a_blob)?.to_owned();
        let native = classic::EncryptResponse {
            ciphertext_blob: blob.ciphertext().to_vec(),
            iv: blob.nonce().to_vec(),
            key_id: response.key_id.clone(),
            request_id: response.request_id.clone(),
            ..Default::default()
        };
        Ok(NativeReply::new(native).key_version(key_version))
    }
}

fn blob(response: &EncryptResponse) -> Result<Blob<'_>, Error> {
    Blob::from_parameter(&response.ciphertext_blob).map_err(not_a_blob)
}

fn not_a_blob(error: Error) -> Error {
    let expected = "the Base64 of a ciphertext with its key version and nonce (`testing::ciphertext` \
                    makes one)";
    inexpressible("CiphertextBlob", expected, error)
}

impl Transfer for DecryptRequest {
    const OPERATIONS: &'static [Operation] = &[
        Operation::with_back::<Self, advance::AdvanceDecryptRequest>(),
        Operation::with_back::<Self, classic::DecryptRequest>(),
    ];

    async fn transfer(&self, native: &mut Native<'_>) -> Result<DecryptResponse, Error> {
        let blob = Blob::from_parameter(&self.ciphertext_blob)?;
        let aad = native.aad(self.encryption_context.as_ref())?;
        let charset = native.charset();
        if native.is_low_version() {
            let mut operation = classic::DecryptRequest::new(blob.ciphertext());
            operation.iv = Some(blob.nonce().to_vec());
            operation.aad = aad;
            let version = Some(blob.key_version()?);
            let NativeReply { response, key_version } =
                native.send_with_key_version(operation, version).await?;
            Ok(DecryptResponse {
                key_id: required("KeyId", response.key_id)?,
                key_version_id: blob.key_version_or(key_version)?,
                plaintext: charset.decode(response.plaintext.expose_secret())?,
                ciphertext_for_recipient: None,
                request_id: response.request_id,
            })
        } else {
            let mut operation = advance::AdvanceDecryptRequest::new(blob.to_advance());
            operation.iv = Some(blob.nonce().to_vec());
            operation.aad = aad;
            let response = native.send(operation).await?.response;
            Ok(DecryptResponse {
                key_id: required("KeyId", response.key_id)?,
                key_version_id: blob.key_version_or(some(response.key_version_id))?,
                plaintext: charset.decode(response.plaintext.expose_secret())?,
                ciphertext_for_recipient: None,
                request_id: response.request_id,
            })
        }
    }
}

impl TransferBack<advance::AdvanceDecryptRequest> for DecryptRequest {
    #[inline]
    fn back(
        response: &DecryptResponse,
        charset: Charset,
    ) -> Result<NativeReply<advance::AdvanceDecryptResponse>, Error> {
        Ok(NativeReply::new(advance::AdvanceDecryptResponse {
            plaintext: back_text(charset, &response.plaintext)?,
            key_id: response.key_id.clone(),
            key_version_id: response.key_version_id.clone(),
            request_id: response.request_id.clone(),
            ..Default::default()
        }))
    }
}

impl TransferBack<classic::DecryptRequest> for DecryptRequest {
    #[inline]
    fn back(
        response: &DecryptResponse,
        charset: Charset,
    ) -> Result<NativeReply<classic::DecryptResponse>, Error> {
        let native = classic::DecryptResponse {
            plaintext: back_text(charset, &response.plaintext)?,
            key_id: response.key_id.clone(),
            request_id: response.request_id.clone(),
            ..Default::default()
        };
        Ok(NativeReply::new(native).key_version(response.key_version_id.clone()))
    }
}

fn back_text(charset: Charset, plaintext: &SecretString) -> Result<SecretSlice<u8>, Error> {
    encode(charset, plaintext)
        .map_err(|error| inexpressible("Plaintext", "a text of the call's charset", error))
}

fn encode(charset: Charset, text: &SecretString) -> Result<SecretSlice<u8>, CharsetError> {
    let mut bytes = charset.encode(text.expose_secret())?;
    // Full to its capacity, the vector becomes the secret's box without being copied.
    Ok(SecretSlice::from(mem::take(&mut *bytes)))
}
