//! Keys whose material their owner imports.
//!
//! Such a key is made with the origin `EXTERNAL`. Its material travels encrypted with a public key
//! that is given for the purpose.

use crate::api::values::{WrappingAlgorithm, WrappingKeySpec};
use crate::{KmsClient, SecretString, kms_api};

kms_api! {
    version = "2016-01-20";
    impl KmsClient;
    pub registry ACTIONS;

    /// Gives a public key to encrypt key material with, and a token to import it.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-getparametersforimport"]
    pub action GetParametersForImport {
        gateways: shared;
        // A repeated call gives other parameters; the lost ones were never used.
        idempotent: true;
        request {
            /// Key id or ARN; the key's origin is `EXTERNAL`.
            key_id: String,
            /// What the public key shall be.
            wrapping_key_spec: WrappingKeySpec,
            /// How the material will be encrypted with it.
            wrapping_algorithm: WrappingAlgorithm,
        }
        response {
            /// The key's id.
            key_id: String,
            /// The public key, in Base64.
            public_key: String,
            /// The token for `ImportKeyMaterial`, good for a day.
            #[secret] import_token: SecretString,
            /// When the token expires, in UTC.
            token_expire_time: Option<String>,
        }
    }

    /// Imports a key's material.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-importkeymaterial"]
    pub action ImportKeyMaterial {
        gateways: shared;
        // The same material again changes nothing; another is refused.
        idempotent: true;
        request {
            /// Key id or ARN.
            key_id: String,
            /// The material, encrypted as `GetParametersForImport` said, in Base64.
            encrypted_key_material: String,
            /// The token that came with the public key.
            #[secret] import_token: SecretString,
            /// When the material expires, in seconds since 1970; 0 is never.
            key_material_expire_unix: i64,
        }
        response {}
    }

    /// Deletes a key's imported material; the key cannot be used until it is imported again.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-deletekeymaterial"]
    pub action DeleteKeyMaterial {
        gateways: shared;
        // A repeated call may delete what was imported in between.
        idempotent: false;
        request {
            /// Key id or ARN.
            key_id: String,
        }
        response {}
    }
}
