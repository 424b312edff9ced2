//! What gateways answer.

use alibabacloud_kms::instance_api::advance::{
    AdvanceEncryptResponse, AdvanceGenerateDataKeyResponse,
};

/// The shared gateway to `Encrypt`.
pub const ENCRYPTED: &str = r#"{"KeyId":"k","CiphertextBlob":"YQ==","RequestId":"r"}"#;

/// The instance to `AdvanceEncrypt`, in a form that the transfer can express.
pub fn sealed() -> AdvanceEncryptResponse {
    let mut response = AdvanceEncryptResponse::default();
    response.key_id = "k".to_owned();
    response.ciphertext_blob = [&[0x24, 0, 2][..], &[9; 60]].concat();
    response.request_id = "r".to_owned();
    response
}

/// The instance to `AdvanceGenerateDataKey`.
pub fn drawn() -> AdvanceGenerateDataKeyResponse {
    let mut response = AdvanceGenerateDataKeyResponse::default();
    response.key_id = "k".to_owned();
    response.plaintext = vec![7; 32].into();
    response.request_id = "r".to_owned();
    response
}
