//! Keys whose material is imported by their owner.
//!
//! Such a key is created with the origin `EXTERNAL`. Its material is encrypted for the import with
//! a public key that [`GetParametersForImport`](GetParametersForImportRequest) returns.

use crate::api::values::{WrappingAlgorithm, WrappingKeySpec};
use crate::{KmsClient, SecretString, Timestamp, kms_api};

kms_api! {
    version = "2016-01-20";
    impl KmsClient;
    examples = "client";
    pub registry ACTIONS;

    /// Returns a public key that encrypts key material and a token to import it with.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-getparametersforimport"]
    pub action GetParametersForImport {
        gateways: shared;
        // A repeated call returns other parameters; the lost ones were never used.
        idempotent: true;
        request {
            /// Id or ARN of a key whose origin is `EXTERNAL`.
            key_id: String,
            /// The type of the public key.
            wrapping_key_spec: WrappingKeySpec,
            /// The algorithm that will encrypt the key material with it.
            wrapping_algorithm: WrappingAlgorithm,
        }
        response {
            /// The id of the key.
            key_id: String,
            /// The public key, in Base64.
            public_key: String,
            /// The token for `ImportKeyMaterial`. It is valid for 24 hours.
            #[secret] import_token: SecretString,
            /// The time at which the token expires, in UTC.
            token_expire_time: Option<Timestamp>,
        }
    }

    /// Imports the material of a key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-importkeymaterial"]
    pub action ImportKeyMaterial {
        gateways: shared;
        // The same material again changes nothing; different material is refused.
        idempotent: true;
        request {
            /// Id or ARN of the key.
            key_id: String,
            /// The key material, encrypted with the public key of `GetParametersForImport`, in
            /// Base64.
            encrypted_key_material: String as base64,
            /// The token that `GetParametersForImport` returned with the public key.
            #[secret] import_token: SecretString as base64,
            /// The time at which the material expires, in seconds since 1970 (UTC); 0 for never.
            key_material_expire_unix: i64,
        }
        response {}
    }

    /// Deletes the imported material of a key. The key cannot be used until it is imported again.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-deletekeymaterial"]
    pub action DeleteKeyMaterial {
        gateways: shared;
        // A repeated call may delete material that was imported in between.
        idempotent: false;
        request {
            /// Id or ARN of the key.
            key_id: String,
        }
        response {}
    }
}
