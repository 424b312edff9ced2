//! The asymmetric actions: Base64 in and out, octets on the wire, the key version in a header.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use tower::Service;
use zeroize::Zeroizing;

use super::blob::base64;
use super::native::{Native, required};
use crate::api::asymmetric::{
    AsymmetricDecryptRequest, AsymmetricDecryptResponse, AsymmetricEncryptRequest,
    AsymmetricEncryptResponse, AsymmetricSignRequest, AsymmetricSignResponse,
    AsymmetricVerifyRequest, AsymmetricVerifyResponse,
};
use crate::api::values::MessageType;
use crate::instance_api::{classic, signature};
use crate::{BoxError, Call, Reply};

pub(super) async fn encrypt<S>(
    native: &mut Native<S>,
    request: &AsymmetricEncryptRequest,
) -> Result<Reply, BoxError>
where
    S: Service<Call, Response = Reply>,
    S::Error: Into<BoxError>,
{
    let plaintext = base64("Plaintext", request.plaintext.expose_secret())?;
    let operation = classic::EncryptRequest::new(&request.key_id, SecretSlice::from(plaintext))
        .algorithm(request.algorithm.clone());
    let answer = native.send(operation, request.key_version_id.as_deref()).await?;
    let response = AsymmetricEncryptResponse {
        key_id: required("KeyId", answer.response.key_id.clone())?,
        key_version_id: answer.key_version().map(str::to_owned),
        ciphertext_blob: STANDARD
            .encode(required("CiphertextBlob", &answer.response.ciphertext_blob)?),
        request_id: answer.response.request_id.clone(),
    };
    Ok(answer.with(response))
}

pub(super) async fn decrypt<S>(
    native: &mut Native<S>,
    request: &AsymmetricDecryptRequest,
) -> Result<Reply, BoxError>
where
    S: Service<Call, Response = Reply>,
    S::Error: Into<BoxError>,
{
    let operation =
        classic::DecryptRequest::new(base64("CiphertextBlob", &request.ciphertext_blob)?)
            .key_id(&request.key_id)
            .algorithm(request.algorithm.clone());
    let answer = native.send(operation, request.key_version_id.as_deref()).await?;
    let text = Zeroizing::new(STANDARD.encode(answer.response.plaintext.expose_secret()));
    let response = AsymmetricDecryptResponse {
        key_id: required("KeyId", answer.response.key_id.clone())?,
        key_version_id: answer.key_version().map(str::to_owned),
        plaintext: SecretString::from(text.as_str()),
        ciphertext_for_recipient: None,
        request_id: answer.response.request_id.clone(),
    };
    Ok(answer.with(response))
}

pub(super) async fn sign<S>(
    native: &mut Native<S>,
    request: &AsymmetricSignRequest,
) -> Result<Reply, BoxError>
where
    S: Service<Call, Response = Reply>,
    S::Error: Into<BoxError>,
{
    let digest = base64("Digest", &request.digest)?;
    let operation = signature::SignRequest::new(&request.key_id, request.algorithm.clone(), digest)
        .message_type(MessageType::Digest);
    let answer = native.send(operation, request.key_version_id.as_deref()).await?;
    let response = AsymmetricSignResponse {
        key_id: required("KeyId", answer.response.key_id.clone())?,
        key_version_id: answer.key_version().map(str::to_owned),
        value: STANDARD.encode(required("Signature", &answer.response.signature)?),
        request_id: answer.response.request_id.clone(),
    };
    Ok(answer.with(response))
}

pub(super) async fn verify<S>(
    native: &mut Native<S>,
    request: &AsymmetricVerifyRequest,
) -> Result<Reply, BoxError>
where
    S: Service<Call, Response = Reply>,
    S::Error: Into<BoxError>,
{
    let digest = base64("Digest", &request.digest)?;
    let value = base64("Value", &request.value)?;
    let operation =
        signature::VerifyRequest::new(&request.key_id, value, request.algorithm.clone(), digest)
            .message_type(MessageType::Digest);
    let answer = native.send(operation, request.key_version_id.as_deref()).await?;
    let response = AsymmetricVerifyResponse {
        key_id: required("KeyId", answer.response.key_id.clone())?,
        key_version_id: answer.key_version().map(str::to_owned),
        value: answer.response.value,
        request_id: answer.response.request_id.clone(),
    };
    Ok(answer.with(response))
}
