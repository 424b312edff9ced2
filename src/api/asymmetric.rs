//! Asymmetric keys: public keys, encryption, signatures.
//!
//! The shared gateway must be told the key version; an instance's keys have one, and the instance
//! needs no such parameter.

use crate::api::values::{EncryptionAlgorithm, SigningAlgorithm};
use crate::{KmsClient, SecretString, kms_api};

kms_api! {
    version = "2016-01-20";
    impl KmsClient;
    pub registry ACTIONS;

    /// Gives the public key of an asymmetric key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-getpublickey"]
    pub action GetPublicKey {
        gateways: shared, instance;
        idempotent: true;
        request {
            /// Key id, alias or ARN.
            key_id: String,
            /// The key version; the shared gateway must have it.
            key_version_id: Option<String> required,
            /// `true` only checks whether the call would be allowed.
            dry_run: Option<String>,
        }
        response {
            /// The key's id.
            key_id: String,
            /// The key version.
            key_version_id: Option<String>,
            /// The public key, as PEM.
            public_key: String,
        }
    }

    /// Encrypts a short value with an asymmetric key's public key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-asymmetricencrypt"]
    pub action AsymmetricEncrypt {
        gateways: shared, instance;
        // A repeated call makes another ciphertext of the same plaintext, which harms nobody.
        idempotent: true;
        request {
            /// Key id, alias or ARN.
            key_id: String,
            /// `RSAES_OAEP_SHA_256`, `RSAES_OAEP_SHA_1` or `SM2PKE`.
            algorithm: EncryptionAlgorithm,
            /// What to encrypt, in Base64.
            #[secret] plaintext: SecretString,
            /// The key version; the shared gateway must have it.
            key_version_id: Option<String> required,
            /// `true` only checks whether the call would be allowed.
            dry_run: Option<String>,
        }
        response {
            /// The key's id.
            key_id: String,
            /// The key version that encrypted.
            key_version_id: Option<String>,
            /// The ciphertext, in Base64.
            ciphertext_blob: String,
        }
    }

    /// Decrypts with an asymmetric key's private key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-asymmetricdecrypt"]
    pub action AsymmetricDecrypt {
        gateways: shared, instance;
        idempotent: true;
        request {
            /// Key id, alias or ARN.
            key_id: String,
            /// The algorithm that encrypted.
            algorithm: EncryptionAlgorithm,
            /// The ciphertext, in Base64.
            ciphertext_blob: String,
            /// The key version; the shared gateway must have it.
            key_version_id: Option<String> required,
            /// `true` only checks whether the call would be allowed.
            dry_run: Option<String>,
            /// The attestation of an enclave, as JSON, that alone can open the answer.
            recipient: Option<String> in body,
        }
        response {
            /// The key's id.
            key_id: String,
            /// The key version that decrypted.
            key_version_id: Option<String>,
            /// What was encrypted, in Base64.
            #[secret] plaintext: SecretString,
            /// The plaintext, encrypted for the `Recipient`, in Base64.
            ciphertext_for_recipient: Option<String>,
        }
    }

    /// Signs a digest with an asymmetric key's private key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-asymmetricsign"]
    pub action AsymmetricSign {
        gateways: shared, instance;
        // A repeated call makes another signature of the same digest, which harms nobody.
        idempotent: true;
        request {
            /// Key id, alias or ARN.
            key_id: String,
            /// `RSA_PSS_SHA_256`, `RSA_PKCS1_SHA_256`, `ECDSA_SHA_256` or `SM2DSA`.
            algorithm: SigningAlgorithm,
            /// The digest to sign, in Base64; 32 octets for all of these algorithms.
            digest: String,
            /// The key version; the shared gateway must have it.
            key_version_id: Option<String> required,
            /// `true` only checks whether the call would be allowed.
            dry_run: Option<String>,
        }
        response {
            /// The key's id.
            key_id: String,
            /// The key version that signed.
            key_version_id: Option<String>,
            /// The signature, in Base64.
            value: String,
        }
    }

    /// Verifies a digest's signature with an asymmetric key's public key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-asymmetricverify"]
    pub action AsymmetricVerify {
        gateways: shared, instance;
        idempotent: true;
        request {
            /// Key id, alias or ARN.
            key_id: String,
            /// The algorithm that signed.
            algorithm: SigningAlgorithm,
            /// The digest that was signed, in Base64.
            digest: String,
            /// The signature, in Base64.
            value: String,
            /// The key version; the shared gateway must have it.
            key_version_id: Option<String> required,
            /// `true` only checks whether the call would be allowed.
            dry_run: Option<String>,
        }
        response {
            /// The key's id.
            key_id: String,
            /// The key version that verified.
            key_version_id: Option<String>,
            /// Whether the signature is the digest's.
            value: bool,
        }
    }
}
