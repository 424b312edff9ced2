//! Encryption and decryption with symmetric keys, and message authentication codes.

use crate::api::values::{EncryptionAlgorithm, MacAlgorithm};
use crate::{KmsClient, Pairs, SecretString, kms_api};

kms_api! {
    version = "2016-01-20";
    impl KmsClient;
    pub registry ACTIONS;

    /// Encrypts up to 6 KB of text with a symmetric key.
    ///
    /// The ciphertext opens on both gateways, whichever made it.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-encrypt"]
    pub action Encrypt {
        gateways: shared, instance;
        // A repeated call makes another ciphertext of the same plaintext, which harms nobody.
        idempotent: true;
        request {
            /// Key id, alias (`alias/…`) or ARN.
            key_id: String,
            /// The text to encrypt, 6 KB at most; Base64 it first if it is not text.
            #[secret] plaintext: SecretString,
            /// Names and values that are authenticated with the ciphertext, and must be given again
            /// to decrypt it.
            encryption_context: Option<Pairs> as json,
            /// `true` only checks whether the call would be allowed.
            dry_run: Option<String>,
        }
        response {
            /// The key's id.
            key_id: String,
            /// The key version that encrypted.
            key_version_id: String,
            /// The ciphertext, in Base64; it names its key version.
            ciphertext_blob: String,
        }
    }

    /// Decrypts what a symmetric key encrypted.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-decrypt"]
    pub action Decrypt {
        gateways: shared, instance;
        idempotent: true;
        request {
            /// The ciphertext, in Base64, as `Encrypt` or `GenerateDataKey` gave it.
            ciphertext_blob: String,
            /// The names and values that were given to encrypt it.
            encryption_context: Option<Pairs> as json,
            /// `true` only checks whether the call would be allowed.
            dry_run: Option<String>,
            /// The attestation of an enclave, as JSON, that alone can open the answer.
            recipient: Option<String> in body,
        }
        response {
            /// The key's id.
            key_id: String,
            /// The key version that decrypted.
            key_version_id: String,
            /// The text that was encrypted.
            #[secret] plaintext: SecretString,
            /// The plaintext, encrypted for the `Recipient`, in Base64.
            ciphertext_for_recipient: Option<String>,
        }
    }

    /// Encrypts what a ciphertext holds with another key, inside the service.
    ///
    /// The ciphertext may be of a symmetric or of an asymmetric key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-reencrypt"]
    pub action ReEncrypt {
        gateways: shared;
        // A repeated call makes another ciphertext of the same plaintext, which harms nobody.
        idempotent: true;
        request {
            /// Key id, alias or ARN of the symmetric key that encrypts.
            destination_key_id: String,
            /// The ciphertext, in Base64.
            ciphertext_blob: String,
            /// The asymmetric key that encrypted it; a symmetric key's ciphertext names its key.
            source_key_id: Option<String>,
            /// The asymmetric key's version.
            source_key_version_id: Option<String>,
            /// The algorithm of the asymmetric key.
            source_encryption_algorithm: Option<EncryptionAlgorithm>,
            /// The names and values that were given to encrypt it.
            source_encryption_context: Option<Pairs> as json,
            /// Names and values that must be given to decrypt the new ciphertext.
            destination_encryption_context: Option<Pairs> as json,
            /// `true` only checks whether the call would be allowed.
            dry_run: Option<String>,
        }
        response {
            /// The id of the key that encrypted.
            key_id: String,
            /// The key version that encrypted.
            key_version_id: String,
            /// The new ciphertext, in Base64.
            ciphertext_blob: String,
        }
    }

    /// Makes a message authentication code with a key that never leaves the service.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-generatemac"]
    pub action GenerateMac {
        gateways: shared;
        data_plane: true;
        idempotent: true;
        request {
            /// Key id, alias or ARN.
            key_id: String,
            /// The algorithm.
            algorithm: MacAlgorithm,
            /// The message, in Base64.
            #[secret] message: SecretString,
            /// `true` only checks whether the call would be allowed.
            dry_run: Option<String>,
        }
        response {
            /// The key's id.
            key_id: String,
            /// The algorithm.
            algorithm: Option<MacAlgorithm>,
            /// The code, in Base64.
            mac: String,
        }
    }

    /// Verifies a message authentication code.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-verifymac"]
    pub action VerifyMac {
        gateways: shared;
        data_plane: true;
        idempotent: true;
        request {
            /// Key id, alias or ARN.
            key_id: String,
            /// The algorithm that made the code.
            algorithm: MacAlgorithm,
            /// The message, in Base64.
            #[secret] message: SecretString,
            /// The code, in Base64.
            mac: String,
            /// `true` only checks whether the call would be allowed.
            dry_run: Option<String>,
        }
        response {
            /// The key's id.
            key_id: String,
            /// The algorithm.
            algorithm: Option<MacAlgorithm>,
            /// Whether the code is the message's.
            value: bool,
        }
    }

    /// Gives a fresh challenge, for an enclave to put into its attestation.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-getchallenge"]
    pub action GetChallenge {
        gateways: shared;
        idempotent: true;
        request {}
        response {
            /// The number to attest to.
            nonce: Option<String>,
            /// What proves to the service that the challenge is its own.
            #[secret] challenge_token: SecretString,
        }
    }
}
