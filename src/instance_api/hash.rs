//! Digests, with and without a key.

use alibabacloud_kms_macros::kms_api;

use crate::SecretBytes;
use crate::client::InstanceApi;

kms_api! {
    version = "dkms-gcs-0.2";
    impl InstanceApi;

    /// Digests a message.
    pub operation Hash {
        idempotent: true;
        request {
            /// The message.
            #[secret] message: SecretBytes @ 1,
            /// The algorithm.
            algorithm: Option<String> @ 2,
        }
        response {
            /// The digest.
            digest: Vec<u8> @ 1,
            /// The request's id.
            request_id: String @ 3,
        }
    }

    /// Makes a message authentication code.
    pub operation Hmac {
        idempotent: true;
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
            /// The request's id.
            request_id: String @ 3,
        }
    }
}
