//! Random octets.

use alibabacloud_kms_macros::kms_api;

use crate::SecretBytes;
use crate::client::InstanceApi;

kms_api! {
    version = "dkms-gcs-0.2";
    impl InstanceApi;

    /// Makes random octets.
    pub operation GenerateRandom {
        // A repeated call makes others; the lost ones were never used.
        idempotent: true;
        request {
            /// The length in octets, 1 to 1024.
            length: i32 @ 1,
        }
        response {
            /// The random octets.
            #[secret] random: SecretBytes @ 1,
            /// The request's id.
            request_id: String @ 2,
        }
    }
}
