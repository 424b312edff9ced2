//! The older operations: the nonce is apart, the key version in a header.

use crate::api::values::{EncryptionAlgorithm, KeyFormat, KeySpec};
use crate::client::InstanceApi;
use crate::{SecretBytes, kms_api};

kms_api! {
    version = "dkms-gcs-0.2";
    impl InstanceApi;
    pub registry ACTIONS;

    /// Encrypts with a symmetric or an asymmetric key.
    pub operation Encrypt {
        // A repeated call makes another ciphertext of the same plaintext, which harms nobody.
        idempotent: true;
        request_id: 4;
        request {
            /// Key id, alias or ARN.
            key_id: String @ 1,
            /// What to encrypt.
            #[secret] plaintext: SecretBytes @ 2,
            /// The algorithm, where the key has several.
            algorithm: Option<EncryptionAlgorithm> @ 3,
            /// What is authenticated with the ciphertext.
            aad: Option<Vec<u8>> @ 4,
            /// The nonce.
            iv: Option<Vec<u8>> @ 5,
            /// The padding, where the algorithm has several.
            padding_mode: Option<String> @ 6,
        }
        response {
            /// Key id, alias or ARN.
            key_id: String @ 1,
            /// The ciphertext.
            ciphertext_blob: Vec<u8> @ 2,
            /// The nonce that was used.
            iv: Vec<u8> @ 3,
            /// The algorithm, where the key has several.
            algorithm: EncryptionAlgorithm @ 5,
            /// The padding, where the algorithm has several.
            padding_mode: String @ 6,
        }
    }

    /// Decrypts with a symmetric or an asymmetric key.
    pub operation Decrypt {
        idempotent: true;
        request_id: 3;
        request {
            /// The ciphertext.
            ciphertext_blob: Vec<u8> @ 1,
            /// Key id, alias or ARN.
            key_id: Option<String> @ 2,
            /// The algorithm, where the key has several.
            algorithm: Option<EncryptionAlgorithm> @ 3,
            /// What is authenticated with the ciphertext.
            aad: Option<Vec<u8>> @ 4,
            /// The nonce.
            iv: Option<Vec<u8>> @ 5,
            /// The padding, where the algorithm has several.
            padding_mode: Option<String> @ 6,
        }
        response {
            /// Key id, alias or ARN.
            key_id: String @ 1,
            /// The plaintext.
            #[secret] plaintext: SecretBytes @ 2,
            /// The algorithm, where the key has several.
            algorithm: EncryptionAlgorithm @ 4,
            /// The padding, where the algorithm has several.
            padding_mode: String @ 5,
        }
    }

    /// Makes a data key and gives it in plaintext and encrypted.
    pub operation GenerateDataKey {
        // A repeated call makes another key; the lost one was never used.
        idempotent: true;
        request_id: 5;
        request {
            /// Key id, alias or ARN.
            key_id: String @ 1,
            /// The algorithm, where the key has several.
            algorithm: Option<EncryptionAlgorithm> @ 2,
            /// The length in octets, 1 to 1024.
            number_of_bytes: Option<i32> @ 3,
            /// What is authenticated with the ciphertext.
            aad: Option<Vec<u8>> @ 4,
        }
        response {
            /// Key id, alias or ARN.
            key_id: String @ 1,
            /// The nonce that was used.
            iv: Vec<u8> @ 2,
            /// The plaintext.
            #[secret] plaintext: SecretBytes @ 3,
            /// The ciphertext.
            ciphertext_blob: Vec<u8> @ 4,
            /// The algorithm, where the key has several.
            algorithm: EncryptionAlgorithm @ 6,
        }
    }

    /// Makes a key pair; gives its private key in plaintext and encrypted.
    pub operation GenerateDataKeyPair {
        // A repeated call makes another pair; the lost one was never used.
        idempotent: true;
        request_id: 7;
        request {
            /// Id, alias or ARN of the key that encrypts the private key.
            key_id: String @ 1,
            /// How to encrypt it, where the key has several algorithms.
            algorithm: Option<EncryptionAlgorithm> @ 2,
            /// What the pair is, such as `RSA_2048`.
            key_pair_spec: KeySpec @ 3,
            /// How its keys are written.
            key_format: Option<KeyFormat> @ 4,
            /// What is authenticated with the ciphertext.
            aad: Option<Vec<u8>> @ 5,
        }
        response {
            /// The key's id.
            key_id: String @ 1,
            /// The nonce that was used.
            iv: Vec<u8> @ 2,
            /// What the pair is.
            key_pair_spec: KeySpec @ 3,
            /// The private key: use it and forget it.
            #[secret] private_key_plaintext: SecretBytes @ 4,
            /// The encrypted private key.
            private_key_ciphertext_blob: Vec<u8> @ 5,
            /// The public key.
            public_key: Vec<u8> @ 6,
            /// The algorithm that encrypted the private key.
            algorithm: EncryptionAlgorithm @ 8,
        }
    }

    /// Makes a key pair; gives its private key encrypted only.
    pub operation GenerateDataKeyPairWithoutPlaintext {
        // A repeated call makes another pair; the lost one was never used.
        idempotent: true;
        request_id: 6;
        request {
            /// Id, alias or ARN of the key that encrypts the private key.
            key_id: String @ 1,
            /// How to encrypt it, where the key has several algorithms.
            algorithm: Option<EncryptionAlgorithm> @ 2,
            /// What the pair is, such as `RSA_2048`.
            key_pair_spec: KeySpec @ 3,
            /// How its keys are written.
            key_format: Option<KeyFormat> @ 4,
            /// What is authenticated with the ciphertext.
            aad: Option<Vec<u8>> @ 5,
        }
        response {
            /// The key's id.
            key_id: String @ 1,
            /// The nonce that was used.
            iv: Vec<u8> @ 2,
            /// What the pair is.
            key_pair_spec: KeySpec @ 3,
            /// The encrypted private key.
            private_key_ciphertext_blob: Vec<u8> @ 4,
            /// The public key.
            public_key: Vec<u8> @ 5,
            /// The algorithm that encrypted the private key.
            algorithm: EncryptionAlgorithm @ 7,
        }
    }
}
