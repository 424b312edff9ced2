//! The current operations with symmetric keys, whose ciphertext contains key version and nonce.

use crate::api::values::{EncryptionAlgorithm, KeyFormat, KeySpec};
use crate::client::NativeApi;
use crate::{SecretBytes, kms_api};

kms_api! {
    version = "dkms-gcs-0.2";
    impl NativeApi;
    examples = "client.instance()";
    pub registry ACTIONS;

    /// Encrypts a plaintext with a symmetric key. The ciphertext contains its key version.
    pub operation AdvanceEncrypt {
        // A repeated call makes another ciphertext of the same plaintext, which is harmless.
        idempotent: true;
        request_id: 4;
        request {
            /// Id, alias or ARN of the key.
            key_id: String @ 1,
            /// The plaintext.
            #[secret] plaintext: SecretBytes @ 2,
            /// The algorithm (default: the one of the key, if it has only one).
            algorithm: Option<EncryptionAlgorithm> @ 3,
            /// The additional authenticated data (AAD). Decryption requires the same.
            aad: Option<Vec<u8>> @ 4,
            /// The nonce (initialization vector).
            iv: Option<Vec<u8>> @ 5,
            /// The padding mode, for algorithms that have several.
            padding_mode: Option<String> @ 6,
        }
        response {
            /// Id, alias or ARN of the key.
            key_id: String @ 1,
            /// The ciphertext.
            ciphertext_blob: Vec<u8> @ 2,
            /// The nonce (initialization vector) that was used.
            iv: Vec<u8> or empty @ 3,
            /// The algorithm (default: the one of the key, if it has only one).
            algorithm: EncryptionAlgorithm or empty @ 5,
            /// The padding mode, for algorithms that have several.
            padding_mode: String or empty @ 6,
            /// The key version.
            key_version_id: String or empty @ 7,
        }
    }

    /// Decrypts a ciphertext of `AdvanceEncrypt`.
    pub operation AdvanceDecrypt {
        idempotent: true;
        request_id: 3;
        request {
            /// The ciphertext.
            ciphertext_blob: Vec<u8> @ 1,
            /// Id, alias or ARN of the key.
            key_id: Option<String> @ 2,
            /// The algorithm (default: the one of the key, if it has only one).
            algorithm: Option<EncryptionAlgorithm> @ 3,
            /// The additional authenticated data (AAD). Decryption requires the same.
            aad: Option<Vec<u8>> @ 4,
            /// The nonce (initialization vector).
            iv: Option<Vec<u8>> @ 5,
            /// The padding mode, for algorithms that have several.
            padding_mode: Option<String> @ 6,
        }
        response {
            /// Id, alias or ARN of the key.
            key_id: String @ 1,
            /// The plaintext.
            #[secret] plaintext: SecretBytes or empty @ 2,
            /// The algorithm (default: the one of the key, if it has only one).
            algorithm: EncryptionAlgorithm or empty @ 4,
            /// The padding mode, for algorithms that have several.
            padding_mode: String or empty @ 5,
            /// The key version.
            key_version_id: String or empty @ 6,
        }
    }

    /// Generates a data key and returns it in plaintext and encrypted.
    pub operation AdvanceGenerateDataKey {
        // A repeated call generates another key; the lost one was never used.
        idempotent: true;
        request_id: 5;
        request {
            /// Id, alias or ARN of the key.
            key_id: String @ 1,
            /// The length in bytes: 1 to 1024.
            number_of_bytes: Option<i32> @ 2,
            /// The additional authenticated data (AAD). Decryption requires the same.
            aad: Option<Vec<u8>> @ 3,
        }
        response {
            /// Id, alias or ARN of the key.
            key_id: String @ 1,
            /// The nonce (initialization vector) that was used.
            iv: Vec<u8> or empty @ 2,
            /// The plaintext.
            #[secret] plaintext: SecretBytes @ 3,
            /// The ciphertext.
            ciphertext_blob: Vec<u8> @ 4,
            /// The algorithm (default: the one of the key, if it has only one).
            algorithm: EncryptionAlgorithm or empty @ 6,
            /// The key version.
            key_version_id: String or empty @ 7,
        }
    }

    /// Generates a key pair and returns its private key in plaintext and encrypted.
    pub operation AdvanceGenerateDataKeyPair {
        // A repeated call generates another pair; the lost one was never used.
        idempotent: true;
        request_id: 7;
        request {
            /// Id, alias or ARN of the key that encrypts the private key.
            key_id: String @ 1,
            /// The type of the key pair, such as `RSA_2048`.
            key_pair_spec: KeySpec @ 2,
            /// The format of its keys: `PEM` or `DER`.
            key_format: Option<KeyFormat> @ 3,
            /// The additional authenticated data (AAD). Decryption requires the same.
            aad: Option<Vec<u8>> @ 4,
        }
        response {
            /// The id of the key.
            key_id: String @ 1,
            /// The nonce (initialization vector) that was used.
            iv: Vec<u8> or empty @ 2,
            /// The type of the key pair.
            key_pair_spec: KeySpec or empty @ 3,
            /// The private key. Discard it after use; its ciphertext can be decrypted again.
            #[secret] private_key_plaintext: SecretBytes @ 4,
            /// The encrypted private key.
            private_key_ciphertext_blob: Vec<u8> @ 5,
            /// The public key.
            public_key: Vec<u8> @ 6,
            /// The algorithm that encrypted the private key.
            algorithm: EncryptionAlgorithm or empty @ 8,
            /// The key version.
            key_version_id: String or empty @ 9,
        }
    }

    /// Generates a key pair and returns its private key encrypted only.
    pub operation AdvanceGenerateDataKeyPairWithoutPlaintext {
        // A repeated call generates another pair; the lost one was never used.
        idempotent: true;
        request_id: 6;
        request {
            /// Id, alias or ARN of the key that encrypts the private key.
            key_id: String @ 1,
            /// The type of the key pair, such as `RSA_2048`.
            key_pair_spec: KeySpec @ 2,
            /// The format of its keys: `PEM` or `DER`.
            key_format: Option<KeyFormat> @ 3,
            /// The additional authenticated data (AAD). Decryption requires the same.
            aad: Option<Vec<u8>> @ 4,
        }
        response {
            /// The id of the key.
            key_id: String @ 1,
            /// The nonce (initialization vector) that was used.
            iv: Vec<u8> or empty @ 2,
            /// The type of the key pair.
            key_pair_spec: KeySpec or empty @ 3,
            /// The encrypted private key.
            private_key_ciphertext_blob: Vec<u8> @ 4,
            /// The public key.
            public_key: Vec<u8> @ 5,
            /// The algorithm that encrypted the private key.
            algorithm: EncryptionAlgorithm or empty @ 7,
            /// The key version.
            key_version_id: String or empty @ 8,
        }
    }
}
