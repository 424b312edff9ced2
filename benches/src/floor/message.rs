//! The instance's messages, as prost has them.

/// A request to encrypt.
#[derive(Clone, PartialEq, prost::Message)]
#[expect(clippy::exhaustive_structs, reason = "all of it")]
pub struct EncryptRequest {
    /// The key's id.
    #[prost(string, tag = "1")]
    pub key_id: String,
    /// What to encrypt.
    #[prost(bytes = "vec", tag = "2")]
    pub plaintext: Vec<u8>,
}

/// The answer.
#[derive(Clone, PartialEq, prost::Message)]
#[expect(clippy::exhaustive_structs, reason = "all of it")]
pub struct EncryptResponse {
    /// The key's id.
    #[prost(string, tag = "1")]
    pub key_id: String,
    /// The ciphertext.
    #[prost(bytes = "vec", tag = "2")]
    pub ciphertext: Vec<u8>,
    /// The nonce.
    #[prost(bytes = "vec", tag = "3")]
    pub iv: Vec<u8>,
    /// The request's id.
    #[prost(string, tag = "4")]
    pub request_id: String,
}
