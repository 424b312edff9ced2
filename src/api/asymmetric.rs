//! Asymmetric keys: public keys, encryption, signatures.
//!
//! The shared gateway requires the key version. A key of an instance has only one version, so an
//! instance gateway works without that parameter.

use crate::api::values::{EncryptionAlgorithm, SigningAlgorithm};
use crate::{KmsClient, SecretString, kms_api};

kms_api! {
    version = "2016-01-20";
    impl KmsClient;
    examples = "client";
    pub registry ACTIONS;

    /// Returns the public key of an asymmetric key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-getpublickey"]
    pub action GetPublicKey {
        gateways: shared, instance;
        idempotent: true;
        request {
            /// Id, alias or ARN of the key.
            key_id: String,
            /// The key version. The shared gateway requires it. A key of an instance has only one
            /// version, so an instance gateway works without.
            key_version_id: Option<String> required,
            /// `true` only checks whether the call would succeed (default `false`). The service
            /// then always answers with an error; its code is `DryRunOperationError` if the call
            /// would have succeeded.
            dry_run: Option<String>,
        }
        response {
            /// The id of the key.
            key_id: String,
            /// The key version.
            key_version_id: Option<String>,
            /// The public key, in PEM.
            public_key: String,
        }
    }

    /// Encrypts a short value with an asymmetric key's public key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-asymmetricencrypt"]
    pub action AsymmetricEncrypt {
        gateways: shared, instance;
        // A repeated call makes another ciphertext of the same plaintext, which is harmless.
        idempotent: true;
        request {
            /// Id, alias or ARN of the key.
            key_id: String,
            /// `RSAES_OAEP_SHA_256`, `RSAES_OAEP_SHA_1` or `SM2PKE`.
            algorithm: EncryptionAlgorithm,
            /// The plaintext, in Base64.
            #[secret] plaintext: SecretString as base64,
            /// The key version. The shared gateway requires it. A key of an instance has only one
            /// version, so an instance gateway works without.
            key_version_id: Option<String> required,
            /// `true` only checks whether the call would succeed (default `false`). The service
            /// then always answers with an error; its code is `DryRunOperationError` if the call
            /// would have succeeded.
            dry_run: Option<String>,
        }
        response {
            /// The id of the key.
            key_id: String,
            /// The key version that encrypted the plaintext.
            key_version_id: Option<String>,
            /// The ciphertext, in Base64.
            ciphertext_blob: String,
        }
    }

    /// Decrypts a ciphertext with an asymmetric key's private key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-asymmetricdecrypt"]
    pub action AsymmetricDecrypt {
        gateways: shared, instance;
        idempotent: true;
        request {
            /// Id, alias or ARN of the key.
            key_id: String,
            /// The algorithm that made the ciphertext.
            algorithm: EncryptionAlgorithm,
            /// The ciphertext, in Base64.
            ciphertext_blob: String as base64,
            /// The key version. The shared gateway requires it. A key of an instance has only one
            /// version, so an instance gateway works without.
            key_version_id: Option<String> required,
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
            key_version_id: Option<String>,
            /// The plaintext, in Base64.
            #[secret] plaintext: SecretString or empty or ciphertext_for_recipient,
            /// The plaintext encrypted for `Recipient`, in Base64, if the request had one.
            ciphertext_for_recipient: Option<String>,
        }
    }

    /// Signs a digest with an asymmetric key's private key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-asymmetricsign"]
    pub action AsymmetricSign {
        gateways: shared, instance;
        // A repeated call makes another signature of the same digest, which is harmless.
        idempotent: true;
        request {
            /// Id, alias or ARN of the key.
            key_id: String,
            /// `RSA_PSS_SHA_256`, `RSA_PKCS1_SHA_256`, `ECDSA_SHA_256` or `SM2DSA`.
            algorithm: SigningAlgorithm,
            /// The digest to sign, in Base64: 32 bytes for each of these algorithms.
            digest: String as base64,
            /// The key version. The shared gateway requires it. A key of an instance has only one
            /// version, so an instance gateway works without.
            key_version_id: Option<String> required,
            /// `true` only checks whether the call would succeed (default `false`). The service
            /// then always answers with an error; its code is `DryRunOperationError` if the call
            /// would have succeeded.
            dry_run: Option<String>,
        }
        response {
            /// The id of the key.
            key_id: String,
            /// The key version that made the signature.
            key_version_id: Option<String>,
            /// The signature, in Base64.
            value: String,
        }
    }

    /// Verifies the signature of a digest with an asymmetric key's public key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-asymmetricverify"]
    pub action AsymmetricVerify {
        gateways: shared, instance;
        idempotent: true;
        request {
            /// Id, alias or ARN of the key.
            key_id: String,
            /// The algorithm that made the signature.
            algorithm: SigningAlgorithm,
            /// The digest that was signed, in Base64.
            digest: String as base64,
            /// The signature, in Base64.
            value: String as base64,
            /// The key version. The shared gateway requires it. A key of an instance has only one
            /// version, so an instance gateway works without.
            key_version_id: Option<String> required,
            /// `true` only checks whether the call would succeed (default `false`). The service
            /// then always answers with an error; its code is `DryRunOperationError` if the call
            /// would have succeeded.
            dry_run: Option<String>,
        }
        response {
            /// The id of the key.
            key_id: String,
            /// The key version that verified the signature.
            key_version_id: Option<String>,
            /// Whether the signature is valid for the digest.
            value: bool,
        }
    }
}
