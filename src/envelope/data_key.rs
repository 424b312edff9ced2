//! Data keys: generated and decrypted by KMS.
//!
//! `GenerateDataKey` returns the key as Base64, and encrypts that Base64 text instead of the key's
//! bytes, so `Decrypt` returns the text. Both calls use UTF-8, whatever the client's charset is: an
//! instance would otherwise read the Base64 text, and one client's form of a context, in that
//! charset.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::error::not_authentic;
use crate::api::crypto::DecryptRequest;
use crate::api::data_key::GenerateDataKeyRequest;
use crate::api::values::DataKeySpec;
use crate::{
    Action, Call, Charset, Error, ErrorKind, ExposeSecret, KmsClient, Outcome, Pairs, SecretString,
};

const LENGTH: usize = 32;

/// A data key, wiped on drop.
pub(super) struct DataKey(Zeroizing<Vec<u8>>);

impl DataKey {
    pub(super) fn new(bytes: Zeroizing<Vec<u8>>) -> Option<Self> {
        (bytes.len() == LENGTH).then_some(Self(bytes))
    }

    fn of_base64(text: &SecretString) -> Option<Self> {
        let text = text.expose_secret();
        // Reserve the full length: growing would leave half-filled buffers behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
        STANDARD.decode_vec(text, &mut bytes).ok()?;
        Self::new(bytes)
    }

    pub(super) fn expose(&self) -> &[u8] {
        &self.0
    }
}

/// A new data key, with what the header says about it.
pub(super) struct Generated {
    pub(super) data_key: DataKey,
    pub(super) encrypted: Vec<u8>,
    pub(super) key_id: String,
}

/// A data key that KMS decrypted.
pub(super) struct Decrypted {
    pub(super) data_key: DataKey,
    /// The key in KMS that decrypted it.
    pub(super) key_id: String,
}

/// Generates a data key.
pub(super) async fn generate(
    client: &KmsClient,
    key_id: &str,
    context: &Pairs,
) -> Result<Generated, Error> {
    let mut request = GenerateDataKeyRequest::new(key_id).key_spec(DataKeySpec::Aes256);
    request.encryption_context = context_parameter(context);
    let response = call(client, request).await?;
    let wrong = |why| {
        Error::new(ErrorKind::Decode, why)
            .with_outcome(Outcome::Answered)
            .with_action(GenerateDataKeyRequest::INFO)
    };
    let data_key = DataKey::of_base64(&response.plaintext).ok_or_else(|| {
        wrong("the data key in the service's answer is not the Base64 of 32 bytes")
    })?;
    let encrypted = STANDARD
        .decode(&response.ciphertext_blob)
        .ok()
        .filter(|bytes| !bytes.is_empty())
        .ok_or_else(|| wrong("the answer's CiphertextBlob is not Base64"))?;
    Ok(Generated { data_key, encrypted, key_id: response.key_id })
}

/// Decrypts an encrypted data key.
pub(super) async fn decrypt(
    client: &KmsClient,
    encrypted: &[u8],
    context: &Pairs,
) -> Result<Decrypted, Error> {
    let mut request = DecryptRequest::new(STANDARD.encode(encrypted));
    request.encryption_context = context_parameter(context);
    let response = call(client, request).await?;
    let data_key = DataKey::of_base64(&response.plaintext).ok_or_else(|| {
        not_authentic(
            "the data key in its header decrypts to something that is not the Base64 of 32 bytes",
        )
    })?;
    Ok(Decrypted { data_key, key_id: response.key_id })
}

/// An empty context is not sent: on an instance, the digest of an empty context differs from no
/// AAD.
fn context_parameter(context: &Pairs) -> Option<Pairs> {
    (!context.is_empty()).then(|| context.clone())
}

async fn call<A: Action>(client: &KmsClient, request: A) -> Result<A::Response, Error> {
    let mut call = Call::new(request);
    call.options_mut().charset = Some(Charset::UTF_8);
    client.send(call).await?.into_response::<A>()
}
