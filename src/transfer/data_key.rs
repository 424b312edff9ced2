//! Data keys: one operation generates the key, a second one encrypts its Base64 text.
//!
//! The ciphertext of the shared gateway's data keys holds the Base64 too, so `Decrypt` returns the
//! same for both.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use zeroize::Zeroizing;

use super::Transfer;
use super::crypto::seal;
use super::field::{back_base64, required, some};
use super::native::Native;
use super::operation::{NativeOperation, NativeReply, Operation, TransferBack};
use crate::api::crypto::{EncryptRequest, EncryptResponse};
use crate::api::data_key::{
    GenerateDataKeyRequest, GenerateDataKeyResponse, GenerateDataKeyWithoutPlaintextRequest,
    GenerateDataKeyWithoutPlaintextResponse,
};
use crate::api::values::DataKeySpec;
use crate::native::{advance, classic};
use crate::{Charset, Error, Pairs};

impl Transfer for GenerateDataKeyRequest {
    const OPERATIONS: &'static [Operation] = &[
        Operation::with_back::<Self, advance::AdvanceGenerateDataKeyRequest>(),
        Operation::with_back::<Self, advance::AdvanceEncryptRequest>(),
        Operation::with_back::<Self, classic::GenerateDataKeyRequest>(),
        Operation::with_back::<Self, classic::EncryptRequest>(),
    ];

    async fn transfer(&self, native: &mut Native<'_>) -> Result<GenerateDataKeyResponse, Error> {
        let length = length(self.key_spec.as_ref(), self.number_of_bytes)?;
        let context = self.encryption_context.as_ref();
        let key = DataKey::generate(native, &self.key_id, length, context).await?;
        Ok(GenerateDataKeyResponse {
            key_id: key.key_id,
            key_version_id: key.key_version_id,
            ciphertext_blob: key.ciphertext_blob,
            plaintext: key.plaintext,
            ciphertext_for_recipient: None,
            request_id: key.request_id,
        })
    }
}

impl Transfer for GenerateDataKeyWithoutPlaintextRequest {
    const OPERATIONS: &'static [Operation] = &[
        Operation::with_back::<Self, advance::AdvanceGenerateDataKeyRequest>(),
        Operation::with_back::<Self, advance::AdvanceEncryptRequest>(),
        Operation::with_back::<Self, classic::GenerateDataKeyRequest>(),
        Operation::with_back::<Self, classic::EncryptRequest>(),
    ];

    async fn transfer(
        &self,
        native: &mut Native<'_>,
    ) -> Result<GenerateDataKeyWithoutPlaintextResponse, Error> {
        let length = length(self.key_spec.as_ref(), self.number_of_bytes)?;
        let context = self.encryption_context.as_ref();
        let key = DataKey::generate(native, &self.key_id, length, context).await?;
        Ok(GenerateDataKeyWithoutPlaintextResponse {
            key_id: key.key_id,
            key_version_id: key.key_version_id,
            ciphertext_blob: key.ciphertext_blob,
            request_id: key.request_id,
        })
    }
}

struct DataKey {
    key_id: String,
    key_version_id: String,
    ciphertext_blob: String,
    plaintext: SecretString,
    request_id: String,
}

impl DataKey {
    /// The ciphertext comes from the second operation, everything else from the first. If the
    /// second fails, the key is wiped with the future that holds it.
    async fn generate(
        native: &mut Native<'_>,
        key_id: &str,
        length: i32,
        context: Option<&Pairs>,
    ) -> Result<Self, Error> {
        let aad = native.aad(context)?;
        let drawn = Generated::draw(native, key_id, length, aad.clone()).await?;
        let bytes = required("Plaintext", drawn.key.expose_secret())?;
        let text = Zeroizing::new(STANDARD.encode(bytes));
        let plaintext = SecretSlice::from(text.as_bytes().to_vec());
        let sealed = seal(native, key_id, plaintext, aad).await?;
        Ok(Self {
            key_id: required("KeyId", drawn.key_id)?,
            key_version_id: drawn.key_version_id.unwrap_or(sealed.key_version_id),
            ciphertext_blob: sealed.ciphertext_blob,
            plaintext: SecretString::from(text.as_str()),
            request_id: drawn.request_id,
        })
    }
}

/// The answer of the first operation, in either version.
struct Generated {
    key_id: String,
    key_version_id: Option<String>,
    key: SecretSlice<u8>,
    request_id: String,
}

impl Generated {
    async fn draw(
        native: &mut Native<'_>,
        key_id: &str,
        length: i32,
        aad: Option<Vec<u8>>,
    ) -> Result<Self, Error> {
        if native.is_low_version() {
            let mut operation =
                classic::GenerateDataKeyRequest::new(key_id).number_of_bytes(length);
            operation.aad = aad;
            let NativeReply { response, key_version } = native.send(operation).await?;
            Ok(Self {
                key_id: response.key_id,
                key_version_id: key_version,
                key: response.plaintext,
                request_id: response.request_id,
            })
        } else {
            let mut operation =
                advance::AdvanceGenerateDataKeyRequest::new(key_id).number_of_bytes(length);
            operation.aad = aad;
            let response = native.send(operation).await?.response;
            Ok(Self {
                key_id: response.key_id,
                key_version_id: some(response.key_version_id),
                key: response.plaintext,
                request_id: response.request_id,
            })
        }
    }
}

/// Returns the length of the data key in bytes.
fn length(key_spec: Option<&DataKeySpec>, number_of_bytes: Option<i32>) -> Result<i32, Error> {
    match (number_of_bytes, key_spec) {
        (Some(length @ 1..=1024), _) => Ok(length),
        (Some(_), _) => {
            Err(Error::invalid_parameter("NumberOfBytes").with_source("expected 1 to 1024 bytes"))
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

/// A response with a data key: what the transfer back reads from it.
trait Keyed {
    /// Returns the data key.
    fn key(&self) -> Result<SecretSlice<u8>, Error>;

    /// Returns its ciphertext, as `Encrypt` would have answered.
    fn sealed(&self) -> EncryptResponse;
}

macro_rules! keyed {
    ($request:ident, $response:ident, $key:expr) => {
        impl Keyed for $response {
            fn key(&self) -> Result<SecretSlice<u8>, Error> {
                let key: fn(&Self) -> Result<Vec<u8>, Error> = $key;
                key(self).map(SecretSlice::from)
            }

            fn sealed(&self) -> EncryptResponse {
                EncryptResponse {
                    key_id: self.key_id.clone(),
                    key_version_id: self.key_version_id.clone(),
                    ciphertext_blob: self.ciphertext_blob.clone(),
                    request_id: self.request_id.clone(),
                }
            }
        }

        impl TransferBack<advance::AdvanceGenerateDataKeyRequest> for $request {
            #[inline]
            fn back(
                response: &$response,
                _: Charset,
            ) -> Result<NativeReply<advance::AdvanceGenerateDataKeyResponse>, Error> {
                drawn_by_advance(response)
            }
        }

        impl TransferBack<advance::AdvanceEncryptRequest> for $request {
            #[inline]
            fn back(
                response: &$response,
                charset: Charset,
            ) -> Result<NativeReply<advance::AdvanceEncryptResponse>, Error> {
                encrypted_by::<advance::AdvanceEncryptRequest>(response, charset)
            }
        }

        impl TransferBack<classic::GenerateDataKeyRequest> for $request {
            #[inline]
            fn back(
                response: &$response,
                _: Charset,
            ) -> Result<NativeReply<classic::GenerateDataKeyResponse>, Error> {
                drawn_by_classic(response)
            }
        }

        impl TransferBack<classic::EncryptRequest> for $request {
            #[inline]
            fn back(
                response: &$response,
                charset: Charset,
            ) -> Result<NativeReply<classic::EncryptResponse>, Error> {
                encrypted_by::<classic::EncryptRequest>(response, charset)
            }
        }
    };
}

keyed!(GenerateDataKeyRequest, GenerateDataKeyResponse, |response| {
    back_base64("Plaintext", response.plaintext.expose_secret())
});

keyed!(GenerateDataKeyWithoutPlaintextRequest, GenerateDataKeyWithoutPlaintextResponse, |_| {
    // The action's response has no data key, so this one is made up. The client encrypts it and
    // discards it.
    Ok(vec![0; 32])
});

fn drawn_by_advance(
    response: &impl Keyed,
) -> Result<NativeReply<advance::AdvanceGenerateDataKeyResponse>, Error> {
    let EncryptResponse { key_id, key_version_id, request_id, .. } = response.sealed();
    Ok(NativeReply::new(advance::AdvanceGenerateDataKeyResponse {
        plaintext: response.key()?,
        key_id,
        key_version_id,
        request_id,
        ..Default::default()
    }))
}

fn drawn_by_classic(
    response: &impl Keyed,
) -> Result<NativeReply<classic::GenerateDataKeyResponse>, Error> {
    let EncryptResponse { key_id, key_version_id, request_id, .. } = response.sealed();
    let native = classic::GenerateDataKeyResponse {
        plaintext: response.key()?,
        key_id,
        request_id,
        ..Default::default()
    };
    Ok(NativeReply::new(native).key_version(key_version_id))
}

fn encrypted_by<O: NativeOperation>(
    response: &impl Keyed,
    charset: Charset,
) -> Result<NativeReply<O::Response>, Error>
where
    EncryptRequest: TransferBack<O>,
{
    <EncryptRequest as TransferBack<O>>::back(&response.sealed(), charset)
}
