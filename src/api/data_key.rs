//! Data keys: random keys that encrypt data elsewhere, given with their encrypted form.

use crate::api::values::{DataKeySpec, WrappingAlgorithm, WrappingKeySpec};
use crate::{KmsClient, Pairs, SecretString, kms_api};

kms_api! {
    version = "2016-01-20";
    impl KmsClient;
    pub registry ACTIONS;

    /// Makes a random data key and gives it in plaintext and encrypted.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-generatedatakey"]
    pub action GenerateDataKey {
        gateways: shared, instance;
        // A repeated call makes another key; the lost one was never used.
        idempotent: true;
        request {
            /// Key id, alias or ARN of the key that encrypts the data key.
            key_id: String,
            /// `AES_256` (32 octets, the default) or `AES_128` (16).
            key_spec: Option<DataKeySpec>,
            /// The data key's length in octets, 1 to 1024; wins over `KeySpec`.
            number_of_bytes: Option<i32>,
            /// Names and values that must be given again to decrypt the data key.
            encryption_context: Option<Pairs> as json,
            /// `true` only checks whether the call would be allowed.
            dry_run: Option<String>,
            /// The attestation of an enclave, as JSON, that alone can open the answer.
            recipient: Option<String> in body,
        }
        response {
            /// The key's id.
            key_id: String,
            /// The key version that encrypted the data key.
            key_version_id: String,
            /// The encrypted data key, in Base64: keep this beside the data.
            ciphertext_blob: String,
            /// The data key, in Base64: use it and forget it.
            #[secret] plaintext: SecretString,
            /// The plaintext, encrypted for the `Recipient`, in Base64.
            ciphertext_for_recipient: Option<String>,
        }
    }

    /// Makes a random data key and gives it encrypted only.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-generatedatakeywithoutplaintext"]
    pub action GenerateDataKeyWithoutPlaintext {
        gateways: shared, instance;
        // A repeated call makes another key; the lost one was never used.
        idempotent: true;
        request {
            /// Key id, alias or ARN of the key that encrypts the data key.
            key_id: String,
            /// `AES_256` (32 octets, the default) or `AES_128` (16).
            key_spec: Option<DataKeySpec>,
            /// The data key's length in octets, 1 to 1024; wins over `KeySpec`.
            number_of_bytes: Option<i32>,
            /// Names and values that must be given again to decrypt the data key.
            encryption_context: Option<Pairs> as json,
            /// `true` only checks whether the call would be allowed.
            dry_run: Option<String>,
        }
        response {
            /// The key's id.
            key_id: String,
            /// The key version that encrypted the data key.
            key_version_id: String,
            /// The encrypted data key, in Base64.
            ciphertext_blob: String,
        }
    }

    /// A version of a managed data key.
    pub object ManagedDataKeyVersion {
        /// Its id.
        data_key_version_id: Option<String>,
        /// Its name.
        data_key_version_name: Option<String>,
    }

    /// Makes a random data key and gives it encrypted with a key and with a public key of yours.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-generateandexportdatakey"]
    pub action GenerateAndExportDataKey {
        gateways: shared;
        data_plane: true;
        // A repeated call makes another key; the lost one was never used.
        idempotent: true;
        request {
            /// Key id, alias or ARN of the key that encrypts the data key.
            key_id: String,
            /// Your public key, in Base64.
            public_key_blob: String,
            /// What your key is.
            wrapping_key_spec: WrappingKeySpec,
            /// How to encrypt with it.
            wrapping_algorithm: WrappingAlgorithm,
            /// `AES_256` (32 octets, the default) or `AES_128` (16).
            key_spec: Option<DataKeySpec>,
            /// The data key's length in octets, 1 to 1024; wins over `KeySpec`.
            number_of_bytes: Option<i32>,
            /// Names and values that must be given again to decrypt the data key.
            encryption_context: Option<Pairs> as json,
            /// `true` only checks whether the call would be allowed.
            dry_run: Option<String>,
        }
        response {
            /// The key's id.
            key_id: String,
            /// The key version that encrypted the data key.
            key_version_id: String,
            /// The data key, encrypted with the key, in Base64.
            ciphertext_blob: String,
            /// The data key, encrypted with your public key, in Base64.
            exported_data_key: String,
        }
    }

    /// Gives a data key encrypted with a public key of yours.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-exportdatakey"]
    pub action ExportDataKey {
        gateways: shared;
        data_plane: true;
        idempotent: true;
        request {
            /// The encrypted data key, in Base64.
            ciphertext_blob: String,
            /// Your public key, in Base64.
            public_key_blob: String,
            /// What your key is.
            wrapping_key_spec: WrappingKeySpec,
            /// How to encrypt with it.
            wrapping_algorithm: WrappingAlgorithm,
            /// The names and values that were given to encrypt the data key.
            encryption_context: Option<Pairs> as json,
            /// `true` only checks whether the call would be allowed.
            dry_run: Option<String>,
        }
        response {
            /// The id of the key that decrypted the data key.
            key_id: String,
            /// The key version that decrypted it.
            key_version_id: String,
            /// The data key, encrypted with your public key, in Base64.
            exported_data_key: String,
        }
    }

    /// Gives a data key that the service keeps.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-getmanageddatakey"]
    pub action GetManagedDataKey {
        gateways: shared;
        data_plane: true;
        idempotent: true;
        request {
            /// The data key's name.
            data_key_name: String,
            /// The version.
            data_key_version_id: Option<String>,
            /// Whether to give the latest version.
            use_latest: Option<bool>,
        }
        response {
            /// The data key's name.
            data_key_name: Option<String>,
            /// The version's id.
            data_key_version_id: Option<String>,
            /// The version's name.
            data_key_version_name: Option<String>,
            /// The data key, in Base64: use it and forget it.
            #[secret] plaintext: SecretString,
        }
    }

    /// Lists the versions of a data key that the service keeps.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-listmanageddatakeyversions"]
    pub action ListManagedDataKeyVersions {
        gateways: shared;
        idempotent: true;
        pages: managed_data_key_versions;
        request {
            /// The data key's name.
            data_key_name: String,
            /// The page, from 1.
            page_number: Option<i32>,
            /// Versions on a page.
            page_size: Option<i32>,
        }
        response {
            /// The data key's name.
            data_key_name: Option<String>,
            /// The versions.
            managed_data_key_versions: Vec<ManagedDataKeyVersion> each "ManagedDataKeyVersion",
            /// The page.
            page_number: i32,
            /// Versions on a page.
            page_size: i32,
            /// Versions on all pages.
            total_count: i32,
        }
    }
}
