//! `Encrypt` and `Decrypt` of texts with symmetric keys.

use secrecy::{ExposeSecret, SecretSlice};
use tower::Service;

use super::blob::Blob;
use super::native::{Answer, Native, required};
use crate::api::crypto::{DecryptRequest, DecryptResponse, EncryptRequest, EncryptResponse};
use crate::instance_api::{advance, classic};
use crate::{BoxError, Call, Error, ErrorKind, Outcome, Reply};

/// A ciphertext in the shared gateway's form.
pub(super) struct Sealed {
    pub(super) key_id: String,
    pub(super) key_version_id: String,
    pub(super) ciphertext_blob: String,
    pub(super) request_id: String,
}

pub(super) async fn encrypt<S>(
    native: &mut Native<S>,
    request: &EncryptRequest,
) -> Result<Reply, BoxError>
where
    S: Service<Call, Response = Reply>,
    S::Error: Into<BoxError>,
{
    let text = request.plaintext.expose_secret();
    let plaintext = native.charset().encode(text).map_err(Error::from)?;
    let plaintext = SecretSlice::from(plaintext.to_vec());
    let aad = native.aad(request.encryption_context.as_ref())?;
    let (sealed, answer) = seal(native, &request.key_id, plaintext, aad).await?;
    Ok(answer.with(EncryptResponse {
        key_id: sealed.key_id,
        key_version_id: sealed.key_version_id,
        ciphertext_blob: sealed.ciphertext_blob,
        request_id: sealed.request_id,
    }))
}

/// Encrypts octets, in either version.
pub(super) async fn seal<S>(
    native: &mut Native<S>,
    key_id: &str,
    plaintext: SecretSlice<u8>,
    aad: Option<Vec<u8>>,
) -> Result<(Sealed, Answer<()>), BoxError>
where
    S: Service<Call, Response = Reply>,
    S::Error: Into<BoxError>,
{
    if native.is_low_version() {
        let mut operation = classic::EncryptRequest::new(key_id, plaintext);
        operation.aad = aad;
        let answer = native.send(operation, None).await?;
        let version = answer.key_version().unwrap_or_default().to_owned();
        let response = &answer.response;
        let ciphertext = required("CiphertextBlob", &response.ciphertext_blob)?;
        let blob = Blob::of_parts(answer.key_version(), &response.iv, ciphertext)?;
        let sealed = Sealed {
            key_id: required("KeyId", response.key_id.clone())?,
            key_version_id: version,
            ciphertext_blob: blob.to_base64(),
            request_id: response.request_id.clone(),
        };
        Ok((sealed, answer.without_response()))
    } else {
        let mut operation = advance::AdvanceEncryptRequest::new(key_id, plaintext);
        operation.aad = aad;
        let answer = native.send(operation, None).await?;
        let response = &answer.response;
        let blob = Blob::of_advance(required("CiphertextBlob", &response.ciphertext_blob)?)?;
        let sealed = Sealed {
            key_id: required("KeyId", response.key_id.clone())?,
            key_version_id: response.key_version_id.clone(),
            ciphertext_blob: blob.to_base64(),
            request_id: response.request_id.clone(),
        };
        Ok((sealed, answer.without_response()))
    }
}

pub(super) async fn decrypt<S>(
    native: &mut Native<S>,
    request: &DecryptRequest,
) -> Result<Reply, BoxError>
where
    S: Service<Call, Response = Reply>,
    S::Error: Into<BoxError>,
{
    let blob = Blob::of_parameter(&request.ciphertext_blob)?;
    let aad = native.aad(request.encryption_context.as_ref())?;
    let charset = native.charset();
    let text = |octets: &SecretSlice<u8>| {
        charset.decode(octets.expose_secret()).map_err(|error| {
            Error::new(
                ErrorKind::Decode,
                format!("the plaintext is not {charset}: it was encrypted in another charset"),
            )
            .with_outcome(Outcome::Answered)
            .with_source(error)
        })
    };
    if native.is_low_version() {
        let mut operation = classic::DecryptRequest::new(blob.ciphertext());
        operation.iv = Some(blob.nonce().to_vec());
        operation.aad = aad;
        let answer = native.send(operation, Some(blob.key_version()?)).await?;
        let response = DecryptResponse {
            key_id: required("KeyId", answer.response.key_id.clone())?,
            key_version_id: answer.key_version().unwrap_or_default().to_owned(),
            plaintext: text(&answer.response.plaintext)?,
            ciphertext_for_recipient: None,
            request_id: answer.response.request_id.clone(),
        };
        Ok(answer.with(response))
    } else {
        let mut operation = advance::AdvanceDecryptRequest::new(blob.to_advance());
        operation.iv = Some(blob.nonce().to_vec());
        operation.aad = aad;
        let answer = native.send(operation, None).await?;
        let response = DecryptResponse {
            key_id: required("KeyId", answer.response.key_id.clone())?,
            key_version_id: answer.response.key_version_id.clone(),
            plaintext: text(&answer.response.plaintext)?,
            ciphertext_for_recipient: None,
            request_id: answer.response.request_id.clone(),
        };
        Ok(answer.with(response))
    }
}
