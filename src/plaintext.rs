//! Bytes in place of texts: plaintexts that are not text, and data keys.
//!
//! `Encrypt` takes a text and `Decrypt` returns it. Bytes are passed as their Base64, as other KMS
//! clients do: [`EncryptRequest::from_bytes`] encodes them, [`DecryptResponse::bytes`] decodes
//! them.

use alibabacloud_kms_middleware::__private::SecretBuffer;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::api::asymmetric::{AsymmetricDecryptResponse, AsymmetricEncryptRequest};
use crate::api::crypto::{DecryptResponse, EncryptRequest};
use crate::api::data_key::{GenerateDataKeyResponse, GetManagedDataKeyResponse};
use crate::api::values::EncryptionAlgorithm;
use crate::{Error, ErrorKind, ExposeSecret, Outcome, SecretBytes, SecretString};

impl EncryptRequest {
    /// Creates a request that encrypts bytes: its `Plaintext` is their Base64. Up to 4,608 bytes,
    /// whose Base64 is the maximum of 6 KB of text.
    ///
    /// [`DecryptResponse::bytes`] returns them. A ciphertext does not tell whether its plaintext
    /// was text or bytes, so the decrypting program must know it.
    ///
    /// ```
    /// use alibabacloud_kms::ExposeSecret;
    /// use alibabacloud_kms::api::crypto::EncryptRequest;
    ///
    /// let request = EncryptRequest::from_bytes("alias/app", [0, 159, 146, 150]);
    /// assert_eq!(request.plaintext.expose_secret(), "AJ+Slg==");
    /// ```
    #[inline]
    pub fn from_bytes(key_id: impl Into<String>, plaintext: impl AsRef<[u8]>) -> Self {
        Self::new(key_id, to_base64(plaintext.as_ref()))
    }
}

impl DecryptResponse {
    /// Returns the bytes that [`EncryptRequest::from_bytes`] encrypted, or those of a data key.
    ///
    /// # Ambiguity
    ///
    /// A ciphertext does not tell whether its plaintext was a text or the Base64 of bytes. A text
    /// that happens to be Base64, such as `YWJj`, is decoded to the three bytes `abc` here, without
    /// an error. If a text was encrypted, read [`plaintext`](Self::plaintext), even if the program
    /// needs its bytes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`]: the plaintext is not Base64, so a text was encrypted.
    #[inline]
    pub fn bytes(&self) -> Result<SecretBytes, Error> {
        from_base64(&self.plaintext, || {
            "the plaintext is not the Base64 of bytes: it was encrypted as a text, so read \
             `plaintext`"
                .to_owned()
        })
    }
}

impl AsymmetricEncryptRequest {
    /// Creates a request that encrypts bytes: its `Plaintext` is their Base64, as always in this
    /// action.
    #[inline]
    pub fn from_bytes(
        key_id: impl Into<String>,
        algorithm: impl Into<EncryptionAlgorithm>,
        plaintext: impl AsRef<[u8]>,
    ) -> Self {
        Self::new(key_id, algorithm, to_base64(plaintext.as_ref()))
    }
}

impl AsymmetricDecryptResponse {
    /// Returns the bytes of the plaintext. Nothing is ambiguous here: the plaintext of this action
    /// is always Base64.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`]: the plaintext is not Base64.
    #[inline]
    pub fn bytes(&self) -> Result<SecretBytes, Error> {
        of_service(&self.plaintext)
    }
}

impl GenerateDataKeyResponse {
    /// Returns the bytes of the data key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`]: the data key is not Base64, or is empty because it was encrypted for
    /// a `Recipient`.
    #[inline]
    pub fn bytes(&self) -> Result<SecretBytes, Error> {
        data_key(
            &self.plaintext,
            "the answer has no data key: one that was encrypted for a recipient is in \
             `ciphertext_for_recipient`",
        )
    }
}

impl GetManagedDataKeyResponse {
    /// Returns the bytes of the data key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`]: the data key is not Base64, or is empty.
    #[inline]
    pub fn bytes(&self) -> Result<SecretBytes, Error> {
        data_key(&self.plaintext, "the answer has no data key: check proxies and layers")
    }
}

#[inline]
fn data_key(plaintext: &SecretString, missing: &'static str) -> Result<SecretBytes, Error> {
    if plaintext.expose_secret().is_empty() {
        return Err(Error::new(ErrorKind::Decode, missing).with_outcome(Outcome::Answered));
    }
    of_service(plaintext)
}

/// Decodes a field that is always Base64.
#[inline]
fn of_service(plaintext: &SecretString) -> Result<SecretBytes, Error> {
    from_base64(plaintext, || {
        "the plaintext in the answer is not Base64, as KMS always writes it: check proxies and \
         layers"
            .to_owned()
    })
}

/// Returns the Base64 of bytes.
fn to_base64(bytes: &[u8]) -> SecretString {
    Zeroizing::new(STANDARD.encode(bytes)).as_str().into()
}

/// Decodes Base64 without leaving a copy behind. `message` is the error's text.
#[inline]
fn from_base64(
    text: &SecretString,
    message: impl FnOnce() -> String,
) -> Result<SecretBytes, Error> {
    let text = text.expose_secret();
    let mut bytes = SecretBuffer::from(Zeroizing::new(vec![0; text.len() / 4 * 3 + 3]));
    // The decoder's own error quotes a character of the secret.
    let length = STANDARD
        .decode_slice(text, &mut bytes)
        .map_err(|_| Error::new(ErrorKind::Decode, message()).with_outcome(Outcome::Answered))?;
    Ok(bytes[..length].to_vec().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_text_come_back() {
        for bytes in [&[][..], &[0], &[0, 159, 146, 150], &[255; 4608]] {
            let request = EncryptRequest::from_bytes("alias/app", bytes);
            assert!(request.plaintext.expose_secret().len() <= 6144);
            let response =
                DecryptResponse { plaintext: request.plaintext, ..DecryptResponse::default() };
            assert_eq!(response.bytes().expect("bytes").expose_secret(), bytes);
            let request = AsymmetricEncryptRequest::from_bytes("k", "RSAES_OAEP_SHA_256", bytes);
            let response = AsymmetricDecryptResponse {
                plaintext: request.plaintext,
                ..AsymmetricDecryptResponse::default()
            };
            assert_eq!(response.bytes().expect("bytes").expose_secret(), bytes);
        }
    }

    #[test]
    fn a_text_is_an_error_that_does_not_quote_it_unless_it_happens_to_be_base64() {
        let response =
            |text: &str| DecryptResponse { plaintext: text.into(), ..DecryptResponse::default() };
        for text in ["hunter2!", "abc", "YWJj\n", "YWJ", "中"] {
            let error = response(text).bytes().expect_err("not Base64");
            assert_eq!((error.kind(), error.outcome()), (ErrorKind::Decode, Outcome::Answered));
            assert!(!format!("{error} {error:?}").contains(text), "{error:?}");
        }
        assert_eq!(response("YWJj").bytes().expect("bytes").expose_secret(), b"abc");
    }

    #[test]
    fn data_keys_are_bytes_and_one_for_a_recipient_says_where_it_is() {
        let mut response = GenerateDataKeyResponse::default();
        let error = response.bytes().expect_err("no key");
        assert!(error.to_string().contains("ciphertext_for_recipient"), "{error}");
        response.plaintext = to_base64(&[7; 32]);
        assert_eq!(response.bytes().expect("bytes").expose_secret(), [7; 32]);
        let managed = GetManagedDataKeyResponse {
            plaintext: response.plaintext,
            ..GetManagedDataKeyResponse::default()
        };
        assert_eq!(managed.bytes().expect("bytes").expose_secret(), [7; 32]);
    }
}
