//! Encryption and decryption with symmetric keys, and message authentication codes.

use crate::api::values::{EncryptionAlgorithm, MacAlgorithm};
use crate::{KmsClient, Pairs, SecretString, kms_api};

kms_api! {
    version = "2016-01-20";
    impl KmsClient;
    examples = "client";
    pub registry ACTIONS;

    /// Encrypts up to 6 KB of text with a symmetric key.
    ///
    /// Both gateways can decrypt the ciphertext, no matter which one made it.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-encrypt"]
    pub action Encrypt {
        gateways: shared, instance;
        // A repeated call makes another ciphertext of the same plaintext, which is harmless.
        idempotent: true;
        request {
            /// Id, alias (`alias/…`) or ARN of the key.
            key_id: String,
            /// The text to encrypt (up to 6 KB). Encode binary data in Base64 first.
            #[secret] plaintext: SecretString,
            /// The encryption context: names and values that are authenticated with the ciphertext.
            /// Decryption requires the same ones.
            encryption_context: Option<Pairs> as json,
            /// `true` only checks whether the call would succeed (default `false`). The service
            /// then always answers with an error; its code is `DryRunOperationError` if the call
            /// would have succeeded.
            dry_run: Option<String>,
        }
        response {
            /// The id of the key.
            key_id: String,
            /// The key version that encrypted the plaintext.
            key_version_id: String,
            /// The ciphertext, in Base64. It contains the key version that `Decrypt` needs.
            ciphertext_blob: String,
        }
    }

    /// Decrypts a ciphertext of a symmetric key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-decrypt"]
    pub action Decrypt {
        gateways: shared, instance;
        idempotent: true;
        request {
            /// The ciphertext, in Base64, as `Encrypt` or `GenerateDataKey` returned it.
            ciphertext_blob: String as base64,
            /// The encryption context that the ciphertext was made with.
            encryption_context: Option<Pairs> as json,
            /// `true` only checks whether the call would succeed (default `false`). The service
            /// then always answers with an error; its code is `DryRunOperationError` if the call
            /// would have succeeded.
            dry_run: Option<String>,
            /// The attestation of an enclave, as JSON. The result is then encrypted so that only
            /// this enclave can decrypt it.
            recipient: Option<String> in body,
        }
        response {
            /// The id of the key.
            key_id: String,
            /// The key version that decrypted the ciphertext.
            key_version_id: String,
            /// The plaintext, as it was passed to `Encrypt`.
            #[secret] plaintext: SecretString or empty or ciphertext_for_recipient,
            /// The plaintext encrypted for `Recipient`, in Base64, if the request had one.
            ciphertext_for_recipient: Option<String>,
        }
    }

    /// Decrypts a ciphertext and encrypts its plaintext with another key, inside KMS.
    ///
    /// The ciphertext may come from a symmetric or an asymmetric key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-reencrypt"]
    pub action ReEncrypt {
        gateways: shared;
        // A repeated call makes another ciphertext of the same plaintext, which is harmless.
        idempotent: true;
        request {
            /// Id, alias or ARN of the symmetric key that encrypts the plaintext anew.
            destination_key_id: String,
            /// The ciphertext, in Base64.
            ciphertext_blob: String as base64,
            /// The asymmetric key that made the ciphertext. Not needed for a symmetric key: its
            /// ciphertext names the key.
            source_key_id: Option<String>,
            /// The version of the asymmetric key.
            source_key_version_id: Option<String>,
            /// The algorithm that made the ciphertext, for an asymmetric key.
            source_encryption_algorithm: Option<EncryptionAlgorithm>,
            /// The encryption context that the ciphertext was made with.
            source_encryption_context: Option<Pairs> as json,
            /// The encryption context of the new ciphertext. Decryption requires the same names and
            /// values.
            destination_encryption_context: Option<Pairs> as json,
            /// `true` only checks whether the call would succeed (default `false`). The service
            /// then always answers with an error; its code is `DryRunOperationError` if the call
            /// would have succeeded.
            dry_run: Option<String>,
        }
        response {
            /// The id of the key that encrypted the plaintext anew.
            key_id: String,
            /// The key version that encrypted the plaintext.
            key_version_id: String,
            /// The new ciphertext, in Base64.
            ciphertext_blob: String,
        }
    }

    /// Makes a message authentication code (MAC) with a key that never leaves KMS.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-generatemac"]
    pub action GenerateMac {
        gateways: shared;
        data_plane: true;
        idempotent: true;
        request {
            /// Id, alias or ARN of the key.
            key_id: String,
            /// The algorithm.
            algorithm: MacAlgorithm,
            /// The message (up to 6 KB), in Base64.
            #[secret] message: SecretString as base64,
            /// `true` only checks whether the call would succeed (default `false`). The service
            /// then always answers with an error; its code is `DryRunOperationError` if the call
            /// would have succeeded.
            dry_run: Option<String>,
        }
        response {
            /// The id of the key.
            key_id: String,
            /// The algorithm.
            algorithm: Option<MacAlgorithm>,
            /// The MAC, in Base64.
            mac: String,
        }
    }

    /// Verifies a message authentication code (MAC).
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-verifymac"]
    pub action VerifyMac {
        gateways: shared;
        data_plane: true;
        idempotent: true;
        request {
            /// Id, alias or ARN of the key.
            key_id: String,
            /// The algorithm that made the MAC.
            algorithm: MacAlgorithm,
            /// The message (up to 6 KB), in Base64.
            #[secret] message: SecretString as base64,
            /// The MAC, in Base64.
            mac: String as base64,
            /// `true` only checks whether the call would succeed (default `false`). The service
            /// then always answers with an error; its code is `DryRunOperationError` if the call
            /// would have succeeded.
            dry_run: Option<String>,
        }
        response {
            /// The id of the key.
            key_id: String,
            /// The algorithm.
            algorithm: Option<MacAlgorithm>,
            /// Whether the MAC is valid for the message.
            value: bool,
        }
    }

    /// Returns a fresh challenge for an enclave to put into its attestation.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-getchallenge"]
    pub action GetChallenge {
        gateways: shared;
        idempotent: true;
        request {}
        response {
            /// The nonce that the attestation must contain.
            nonce: Option<String>,
            /// The token that proves to KMS that it issued the challenge.
            #[secret] challenge_token: Option<SecretString>,
        }
    }
}
