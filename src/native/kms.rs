//! Encryption whose ciphertext contains everything that decryption needs, including the key's id.

use crate::client::NativeApi;
use crate::{SecretBytes, kms_api};

kms_api! {
    version = "dkms-gcs-0.2";
    impl NativeApi;
    examples = "client.instance()";
    pub registry ACTIONS;

    /// Encrypts a plaintext with a symmetric key. The ciphertext contains the key's id.
    pub operation KmsEncrypt {
        // A repeated call makes another ciphertext of the same plaintext, which is harmless.
        idempotent: true;
        request_id: 3;
        request {
            /// Id, alias or ARN of the key.
            key_id: String @ 1,
            /// The plaintext.
            #[secret] plaintext: SecretBytes @ 2,
            /// The additional authenticated data (AAD). Decryption requires the same.
            aad: Option<Vec<u8>> @ 3,
        }
        response {
            /// The id of the key.
            key_id: String @ 1,
            /// The ciphertext.
            ciphertext_blob: Vec<u8> @ 2,
        }
    }

    /// Decrypts a ciphertext of `KmsEncrypt`.
    pub operation KmsDecrypt {
        idempotent: true;
        request_id: 3;
        request {
            /// The ciphertext.
            ciphertext_blob: Vec<u8> @ 1,
            /// The additional authenticated data (AAD) that the ciphertext was made with.
            aad: Option<Vec<u8>> @ 2,
        }
        response {
            /// The id of the key.
            key_id: String @ 1,
            /// The plaintext.
            #[secret] plaintext: SecretBytes or empty @ 2,
        }
    }
}
