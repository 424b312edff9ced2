//! Digests and message authentication codes.

use crate::client::NativeApi;
use crate::{SecretBytes, kms_api};

kms_api! {
    version = "dkms-gcs-0.2";
    impl NativeApi;
    examples = "client.instance()";
    pub registry ACTIONS;

    /// Computes the digest of a message.
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

    /// Makes a message authentication code (MAC).
    pub operation Hmac {
        idempotent: true;
        request_id: 3;
        request {
            /// Id, alias or ARN of the key.
            key_id: String @ 1,
            /// The message.
            #[secret] message: SecretBytes @ 2,
        }
        response {
            /// The id of the key.
            key_id: String @ 1,
            /// The MAC.
            signature: Vec<u8> @ 2,
        }
    }
}
