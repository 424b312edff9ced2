//! Data keys: made and opened by KMS.
//!
//! `GenerateDataKey` answers the key as Base64, and what it encrypts is that Base64 text: so `Decrypt`
//! answers the text again. Both calls are made in UTF-8 whatever the client's charset is: an instance
//! would read the ASCII of the Base64, and one client's form of a context, in that charset.

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
    pub(super) fn new(octets: Zeroizing<Vec<u8>>) -> Option<Self> {
        (octets.len() == LENGTH).then_some(Self(octets))
    }

    fn of_base64(text: &SecretString) -> Option<Self> {
        let text = text.expose_secret();
        // Room for all, so that no half-filled buffer is left behind.
        let mut octets = Zeroizing::new(Vec::with_capacity(text.len()));
        STANDARD.decode_vec(text, &mut octets).ok()?;
        Self::new(octets)
    }

    pub(super) fn expose(&self) -> &[u8] {
        &self.0
    }
}

/// A new data key, with what an envelope says of it.
pub(super) struct Generated {
    pub(super) data_key: DataKey,
    pub(super) encrypted: Vec<u8>,
    pub(super) key_id: String,
}

/// Makes a data key.
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
    let data_key = DataKey::of_base64(&response.plaintext)
        .ok_or_else(|| wrong("the answer's data key is not the Base64 of 32 octets"))?;
    let encrypted = STANDARD
        .decode(&response.ciphertext_blob)
        .ok()
        .filter(|octets| !octets.is_empty())
        .ok_or_else(|| wrong("the answer's CiphertextBlob is not Base64"))?;
    Ok(Generated { data_key, encrypted, key_id: response.key_id })
}

/// Opens an encrypted data key.
pub(super) async fn decrypt(
    client: &KmsClient,
    encrypted: &[u8],
    context: &Pairs,
) -> Result<DataKey, Error> {
    let mut request = DecryptRequest::new(STANDARD.encode(encrypted));
    request.encryption_context = context_parameter(context);
    let response = call(client, request).await?;
    DataKey::of_base64(&response.plaintext)
        .ok_or_else(|| not_authentic("what its header has for a data key is none"))
}

/// An empty context is none: on an instance the digest of nothing is not nothing.
fn context_parameter(context: &Pairs) -> Option<Pairs> {
    (!context.is_empty()).then(|| context.clone())
}

async fn call<A: Action>(client: &KmsClient, request: A) -> Result<A::Response, Error> {
    let mut call = Call::new(request);
    call.options_mut().charset = Some(Charset::UTF_8);
    client.send(call).await?.into_response::<A>()
}
