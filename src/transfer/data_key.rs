//! Data keys: two operations, one that makes the key and one that encrypts its Base64 text.
//!
//! The shared gateway's data keys are such ciphertexts, so that `Decrypt` gives the key's Base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use tower::Service;
use zeroize::Zeroizing;

use super::crypto::{Sealed, seal};
use super::native::{Answer, Native, required};
use crate::api::data_key::{
    GenerateDataKeyRequest, GenerateDataKeyResponse, GenerateDataKeyWithoutPlaintextRequest,
    GenerateDataKeyWithoutPlaintextResponse,
};
use crate::api::values::DataKeySpec;
use crate::instance_api::{advance, classic};
use crate::{BoxError, Call, Error, Pairs, Reply};

pub(super) async fn with_plaintext<S>(
    native: &mut Native<S>,
    request: &GenerateDataKeyRequest,
) -> Result<Reply, BoxError>
where
    S: Service<Call, Response = Reply>,
    S::Error: Into<BoxError>,
{
    let key = DataKey::generate(
        native,
        &request.key_id,
        length(request.key_spec.as_ref(), request.number_of_bytes)?,
        request.encryption_context.as_ref(),
    )
    .await?;
    let response = GenerateDataKeyResponse {
        key_id: key.key_id,
        key_version_id: key.key_version_id,
        ciphertext_blob: key.ciphertext_blob,
        plaintext: key.plaintext,
        ciphertext_for_recipient: None,
        request_id: key.request_id,
    };
    Ok(key.answer.with(response))
}

pub(super) async fn without_plaintext<S>(
    native: &mut Native<S>,
    request: &GenerateDataKeyWithoutPlaintextRequest,
) -> Result<Reply, BoxError>
where
    S: Service<Call, Response = Reply>,
    S::Error: Into<BoxError>,
{
    let key = DataKey::generate(
        native,
        &request.key_id,
        length(request.key_spec.as_ref(), request.number_of_bytes)?,
        request.encryption_context.as_ref(),
    )
    .await?;
    let response = GenerateDataKeyWithoutPlaintextResponse {
        key_id: key.key_id,
        key_version_id: key.key_version_id,
        ciphertext_blob: key.ciphertext_blob,
        request_id: key.request_id,
    };
    Ok(key.answer.with(response))
}

struct DataKey {
    key_id: String,
    key_version_id: String,
    ciphertext_blob: String,
    plaintext: SecretString,
    request_id: String,
    answer: Answer<()>,
}

impl DataKey {
    /// The blob is the second operation's, the rest the first's. If the second fails the key is
    /// wiped with the future that holds it.
    async fn generate<S>(
        native: &mut Native<S>,
        key_id: &str,
        length: i32,
        context: Option<&Pairs>,
    ) -> Result<Self, BoxError>
    where
        S: Service<Call, Response = Reply>,
        S::Error: Into<BoxError>,
    {
        let aad = native.aad(context)?;
        let drawn = Drawn::draw(native, key_id, length, aad.clone()).await?;
        let octets = required("Plaintext", drawn.key.expose_secret())?;
        let text = Zeroizing::new(STANDARD.encode(octets));
        let plaintext = SecretSlice::from(text.as_bytes().to_vec());
        let (sealed, answer) = seal(native, key_id, plaintext, aad).await?;
        let Sealed { key_version_id, ciphertext_blob, .. } = sealed;
        Ok(Self {
            key_id: required("KeyId", drawn.key_id)?,
            key_version_id: drawn.key_version_id.unwrap_or(key_version_id),
            ciphertext_blob,
            plaintext: SecretString::from(text.as_str()),
            request_id: drawn.request_id,
            answer,
        })
    }
}

/// The first operation's answer, in either version.
struct Drawn {
    key_id: String,
    key_version_id: Option<String>,
    key: SecretSlice<u8>,
    request_id: String,
}

impl Drawn {
    async fn draw<S>(
        native: &mut Native<S>,
        key_id: &str,
        length: i32,
        aad: Option<Vec<u8>>,
    ) -> Result<Self, BoxError>
    where
        S: Service<Call, Response = Reply>,
        S::Error: Into<BoxError>,
    {
        if native.is_low_version() {
            let mut operation =
                classic::GenerateDataKeyRequest::new(key_id).number_of_bytes(length);
            operation.aad = aad;
            let answer = native.send(operation, None).await?;
            Ok(Self {
                key_id: answer.response.key_id.clone(),
                key_version_id: answer.key_version().map(str::to_owned),
                key: answer.response.plaintext.clone(),
                request_id: answer.response.request_id.clone(),
            })
        } else {
            let mut operation =
                advance::AdvanceGenerateDataKeyRequest::new(key_id).number_of_bytes(length);
            operation.aad = aad;
            let answer = native.send(operation, None).await?;
            let version = answer.response.key_version_id.clone();
            Ok(Self {
                key_id: answer.response.key_id.clone(),
                key_version_id: Some(version).filter(|version| !version.is_empty()),
                key: answer.response.plaintext.clone(),
                request_id: answer.response.request_id.clone(),
            })
        }
    }
}

/// The data key's length in octets.
fn length(key_spec: Option<&DataKeySpec>, number_of_bytes: Option<i32>) -> Result<i32, Error> {
    match (number_of_bytes, key_spec) {
        (Some(length @ 1..=1024), _) => Ok(length),
        (Some(_), _) => {
            Err(Error::invalid_parameter("NumberOfBytes").with_source("expected 1 to 1024 octets"))
        }
        (None, None | Some(DataKeySpec::Aes256)) => Ok(32),
        (None, Some(DataKeySpec::Aes128)) => Ok(16),
        (None, Some(DataKeySpec::Other(text))) if text.is_empty() => Ok(32),
        (None, Some(_)) => {
            Err(Error::refused("InvalidParameter", "The specified parameter KeySpec is not valid.")
                .with_source("expected AES_256 or AES_128"))
        }
    }
}
