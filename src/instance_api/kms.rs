//! Encryption whose blob says all that opens it, the key too.

use alibabacloud_kms_macros::kms_api;

use crate::SecretBytes;
use crate::client::InstanceApi;

kms_api! {
    version = "dkms-gcs-0.2";
    impl InstanceApi;

    /// Encrypts with a symmetric key; the blob names it.
    pub operation KmsEncrypt {
        // A repeated call makes another ciphertext of the same plaintext, which harms nobody.
        idempotent: true;
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
            /// The request's id.
            request_id: String @ 3,
        }
    }

    /// Decrypts a blob of `KmsEncrypt`.
    pub operation KmsDecrypt {
        idempotent: true;
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
            /// The request's id.
            request_id: String @ 3,
        }
    }
}
