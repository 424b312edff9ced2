//! Digests, with and without a key.

use crate::client::InstanceApi;
use crate::{SecretBytes, kms_api};

kms_api! {
    version = "dkms-gcs-0.2";
    impl InstanceApi;
    pub registry ACTIONS;

    /// Digests a message.
    pub operation Hash {
        idempotent: true;
        request_id: 3;
        request {
            /// The message.
            #[secret] message: SecretBytes @ 1,
            /// The algorithm.
            algorithm: Option<String> @ 2,
        }
        response {
            /// The digest.
            digest: Vec<u8> @ 1,
        }
    }

    /// Makes a message authentication code.
    pub operation Hmac {
        idempotent: true;
        request_id: 3;
        request {
            /// Key id, alias or ARN.
            key_id: String @ 1,
            /// The message.
            #[secret] message: SecretBytes @ 2,
        }
        response {
            /// The key's id.
            key_id: String @ 1,
            /// The code.
            signature: Vec<u8> @ 2,
        }
    }
}
