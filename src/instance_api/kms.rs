//! Encryption whose blob says all that opens it, the key too.

use crate::client::InstanceApi;
use crate::{SecretBytes, kms_api};

kms_api! {
    version = "dkms-gcs-0.2";
    impl InstanceApi;
    pub registry ACTIONS;

    /// Encrypts with a symmetric key; the blob names it.
    pub operation KmsEncrypt {
        // A repeated call makes another ciphertext of the same plaintext, which harms nobody.
        idempotent: true;
        request_id: 3;
        request {
            /// Key id, alias or ARN.
            key_id: String @ 1,
            /// What to encrypt.
            #[secret] plaintext: SecretBytes @ 2,
            /// What is authenticated with the ciphertext.
            aad: Option<Vec<u8>> @ 3,
        }
        response {
            /// The key's id.
            key_id: String @ 1,
            /// The ciphertext.
            ciphertext_blob: Vec<u8> @ 2,
        }
    }

    /// Decrypts a blob of `KmsEncrypt`.
    pub operation KmsDecrypt {
        idempotent: true;
        request_id: 3;
        request {
            /// The ciphertext.
            ciphertext_blob: Vec<u8> @ 1,
            /// What was authenticated with it.
            aad: Option<Vec<u8>> @ 2,
        }
        response {
            /// The key's id.
            key_id: String @ 1,
            /// The plaintext.
            #[secret] plaintext: SecretBytes @ 2,
        }
    }
}
