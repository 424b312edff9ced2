//! What gateways answer.

use alibabacloud_kms::native::advance::{AdvanceEncryptResponse, AdvanceGenerateDataKeyResponse};

/// The shared gateway to `Encrypt`.
pub const ENCRYPTED: &str =
    r#"{"KeyId":"k","KeyVersionId":"v","CiphertextBlob":"YQ==","RequestId":"r"}"#;

/// The instance to `AdvanceEncrypt`, in a form that the transfer can express.
pub fn sealed() -> AdvanceEncryptResponse {
    let mut response = AdvanceEncryptResponse::default();
    response.key_id = "k".to_owned();
    response.ciphertext_blob = [&[0x24, 0, 2][..], &[9; 60]].concat();
    response.key_version_id = "v".to_owned();
    response.request_id = "r".to_owned();
    response
}

/// The instance to `AdvanceGenerateDataKey`.
pub fn drawn() -> AdvanceGenerateDataKeyResponse {
    let mut response = AdvanceGenerateDataKeyResponse::default();
    response.key_id = "k".to_owned();
    response.plaintext = vec![7; 32].into();
    response.ciphertext_blob = vec![9; 60];
    response.request_id = "r".to_owned();
    response
}
