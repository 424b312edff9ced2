//! Random bytes.

use crate::client::NativeApi;
use crate::{SecretBytes, kms_api};

kms_api! {
    version = "dkms-gcs-0.2";
    impl NativeApi;
    examples = "client.instance()";
    pub registry ACTIONS;

    /// Generates random bytes.
    pub operation GenerateRandom {
        // A repeated call generates other bytes; the lost ones were never used.
        idempotent: true;
        request_id: 2;
        request {
            /// The length in bytes: 1 to 1024.
            length: i32 @ 1,
        }
        response {
            /// The random bytes.
            #[secret] random: SecretBytes @ 1,
        }
    }
}
