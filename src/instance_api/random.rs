//! Random octets.

use crate::client::InstanceApi;
use crate::{SecretBytes, kms_api};

kms_api! {
    version = "dkms-gcs-0.2";
    impl InstanceApi;
    pub registry ACTIONS;

    /// Makes random octets.
    pub operation GenerateRandom {
        // A repeated call makes others; the lost ones were never used.
        idempotent: true;
        request_id: 2;
        request {
            /// The length in octets, 1 to 1024.
            length: i32 @ 1,
        }
        response {
            /// The random octets.
            #[secret] random: SecretBytes @ 1,
        }
    }
}
