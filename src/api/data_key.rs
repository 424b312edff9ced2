//! Data keys: random keys that encrypt data outside KMS, returned with their encrypted form.

use crate::api::values::{DataKeySpec, WrappingAlgorithm, WrappingKeySpec};
use crate::{KmsClient, Pairs, SecretString, kms_api};

kms_api! {
    version = "2016-01-20";
    impl KmsClient;
    examples = "client";
    pub registry ACTIONS;

    /// Generates a random data key and returns it in plaintext and encrypted.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-generatedatakey"]
    pub action GenerateDataKey {
        gateways: shared, instance;
        // A repeated call makes another key; the lost one was never used.
        idempotent: true;
        request {
            /// Id, alias or ARN of the key that encrypts the data key.
            key_id: String,
            /// The type of the data key: `AES_256` (32 bytes, the default) or `AES_128` (16 bytes).
            key_spec: Option<DataKeySpec>,
            /// The length of the data key in bytes: 1 to 1024. Takes precedence over `KeySpec`.
            number_of_bytes: Option<i32>,
            /// The encryption context: names and values that are authenticated with the encrypted
            /// data key. Decryption requires the same ones.
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
            /// The key version that encrypted the data key.
            key_version_id: String,
            /// The encrypted data key, in Base64. Store it with the data that it encrypts.
            ciphertext_blob: String,
            /// The data key, in Base64. Discard it after use; `Decrypt` returns it again.
            #[secret] plaintext: SecretString or ciphertext_for_recipient,
            /// The plaintext encrypted for `Recipient`, in Base64, if the request had one.
            ciphertext_for_recipient: Option<String>,
        }
    }

    /// Generates a random data key and returns it encrypted only.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-generatedatakeywithoutplaintext"]
    pub action GenerateDataKeyWithoutPlaintext {
        gateways: shared, instance;
        // A repeated call makes another key; the lost one was never used.
        idempotent: true;
        request {
            /// Id, alias or ARN of the key that encrypts the data key.
            key_id: String,
            /// The type of the data key: `AES_256` (32 bytes, the default) or `AES_128` (16 bytes).
            key_spec: Option<DataKeySpec>,
            /// The length of the data key in bytes: 1 to 1024. Takes precedence over `KeySpec`.
            number_of_bytes: Option<i32>,
            /// The encryption context: names and values that are authenticated with the encrypted
            /// data key. Decryption requires the same ones.
            encryption_context: Option<Pairs> as json,
            /// `true` only checks whether the call would succeed (default `false`). The service
            /// then always answers with an error; its code is `DryRunOperationError` if the call
            /// would have succeeded.
            dry_run: Option<String>,
        }
        response {
            /// The id of the key.
            key_id: String,
            /// The key version that encrypted the data key.
            key_version_id: String,
            /// The encrypted data key, in Base64.
            ciphertext_blob: String,
        }
    }

    /// A version of a data key that KMS keeps.
    pub object ManagedDataKeyVersion {
        /// The id of the version.
        data_key_version_id: Option<String>,
        /// The name of the version.
        data_key_version_name: Option<String>,
    }

    /// Generates a random data key and returns it encrypted twice: with a key of KMS and with your
    /// public key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-generateandexportdatakey"]
    pub action GenerateAndExportDataKey {
        gateways: shared;
        data_plane: true;
        // A repeated call makes another key; the lost one was never used.
        idempotent: true;
        request {
            /// Id, alias or ARN of the key that encrypts the data key.
            key_id: String,
            /// Your public key, in Base64.
            public_key_blob: String as base64,
            /// The type of your key.
            wrapping_key_spec: WrappingKeySpec,
            /// The algorithm that encrypts the data key with your public key.
            wrapping_algorithm: WrappingAlgorithm,
            /// The type of the data key: `AES_256` (32 bytes, the default) or `AES_128` (16 bytes).
            key_spec: Option<DataKeySpec>,
            /// The length of the data key in bytes: 1 to 1024. Takes precedence over `KeySpec`.
            number_of_bytes: Option<i32>,
            /// The encryption context: names and values that are authenticated with the encrypted
            /// data key. Decryption requires the same ones.
            encryption_context: Option<Pairs> as json,
            /// `true` only checks whether the call would succeed (default `false`). The service
            /// then always answers with an error; its code is `DryRunOperationError` if the call
            /// would have succeeded.
            dry_run: Option<String>,
        }
        response {
            /// The id of the key.
            key_id: String,
            /// The key version that encrypted the data key.
            key_version_id: String,
            /// The data key, encrypted with the key, in Base64.
            ciphertext_blob: String,
            /// The data key, encrypted with your public key, in Base64.
            exported_data_key: String,
        }
    }

    /// Returns a data key encrypted with your public key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-exportdatakey"]
    pub action ExportDataKey {
        gateways: shared;
        data_plane: true;
        idempotent: true;
        request {
            /// The encrypted data key, in Base64.
            ciphertext_blob: String as base64,
            /// Your public key, in Base64.
            public_key_blob: String as base64,
            /// The type of your key.
            wrapping_key_spec: WrappingKeySpec,
            /// The algorithm that encrypts the data key with your public key.
            wrapping_algorithm: WrappingAlgorithm,
            /// The encryption context that the data key was encrypted with.
            encryption_context: Option<Pairs> as json,
            /// `true` only checks whether the call would succeed (default `false`). The service
            /// then always answers with an error; its code is `DryRunOperationError` if the call
            /// would have succeeded.
            dry_run: Option<String>,
        }
        response {
            /// The id of the key that decrypted the data key.
            key_id: String,
            /// The key version that decrypted the data key.
            key_version_id: String,
            /// The data key, encrypted with your public key, in Base64.
            exported_data_key: String,
        }
    }

    /// Returns a data key that KMS keeps.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-getmanageddatakey"]
    pub action GetManagedDataKey {
        gateways: shared;
        data_plane: true;
        idempotent: true;
        request {
            /// The name of the data key.
            data_key_name: String,
            /// The id of the version.
            data_key_version_id: Option<String>,
            /// Whether to return the latest version.
            use_latest: Option<bool>,
        }
        response {
            /// The name of the data key.
            data_key_name: Option<String>,
            /// The id of the version.
            data_key_version_id: Option<String>,
            /// The name of the version.
            data_key_version_name: Option<String>,
            /// The data key, in Base64. Discard it after use; this action returns it again.
            #[secret] plaintext: SecretString,
        }
    }

    /// Lists the versions of a data key that KMS keeps.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-listmanageddatakeyversions"]
    pub action ListManagedDataKeyVersions {
        gateways: shared;
        idempotent: true;
        pages: managed_data_key_versions;
        request {
            /// The name of the data key.
            data_key_name: String,
            /// The number of the page, from 1 (default 1).
            page_number: Option<i32>,
            /// The maximum number of versions on a page.
            page_size: Option<i32>,
        }
        response {
            /// The name of the data key.
            data_key_name: Option<String>,
            /// The versions on this page.
            managed_data_key_versions: Vec<ManagedDataKeyVersion> each "ManagedDataKeyVersion",
            /// The number of this page.
            page_number: i32,
            /// The maximum number of versions on a page.
            page_size: i32,
            /// The number of versions on all pages.
            total_count: i32,
        }
    }
}
