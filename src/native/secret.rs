//! KMS secrets.

use crate::api::values::{RotationStatus, SecretDataType, SecretType};
use crate::client::NativeApi;
use crate::{SecretString, Timestamp, kms_api};

kms_api! {
    version = "dkms-gcs-0.2";
    impl NativeApi;
    examples = "client.instance()";
    pub registry ACTIONS;

    /// Returns the value of a secret.
    pub operation GetSecretValue {
        idempotent: true;
        request_id: 8;
        request {
            /// The name of the secret.
            secret_name: String @ 1,
            /// The stage of the version (default `ACSCurrent`). For generic secrets only.
            version_stage: Option<String> @ 2,
            /// The id of the version.
            version_id: Option<String> @ 3,
            /// Whether to return the extended configuration of the secret too.
            fetch_extended_config: Option<bool> @ 4,
        }
        response {
            /// The name of the secret.
            secret_name: String @ 1,
            /// The type of the secret.
            secret_type: SecretType or empty @ 2,
            /// The value of the secret.
            #[secret] secret_data: SecretString @ 3,
            /// The type of the data: `text` or `binary`.
            secret_data_type: SecretDataType or empty @ 4,
            /// The stages of the version.
            version_stages: Vec<String> @ 5,
            /// The id of the version.
            version_id: String @ 6,
            /// The time at which the version was created, in UTC.
            create_time: Timestamp or empty @ 7,
            /// The time of the last rotation, in UTC.
            last_rotation_date: Timestamp or empty @ 9,
            /// The time of the next rotation, in UTC.
            next_rotation_date: Timestamp or empty @ 10,
            /// The extended configuration, as JSON.
            extended_config: String or empty @ 11,
            /// The automatic rotation: `Enabled`, `Disabled` or `Invalid`.
            automatic_rotation: RotationStatus or empty @ 12,
            /// The time between rotations, in seconds, such as `604800s`.
            rotation_interval: String or empty @ 13,
        }
    }
}
