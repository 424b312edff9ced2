//! Secrets.

use crate::api::values::{RotationStatus, SecretDataType, SecretType};
use crate::client::InstanceApi;
use crate::{SecretString, kms_api};

kms_api! {
    version = "dkms-gcs-0.2";
    impl InstanceApi;
    pub registry ACTIONS;

    /// Gives a secret's value.
    pub operation GetSecretValue {
        idempotent: true;
        request_id: 8;
        request {
            /// The secret's name.
            secret_name: String @ 1,
            /// The version's stage.
            version_stage: Option<String> @ 2,
            /// The version's id.
            version_id: Option<String> @ 3,
            /// Whether to give the secret's extended configuration too.
            fetch_extended_config: Option<bool> @ 4,
        }
        response {
            /// The secret's name.
            secret_name: String @ 1,
            /// The secret's type.
            secret_type: SecretType @ 2,
            /// The secret itself.
            #[secret] secret_data: SecretString @ 3,
            /// `text` or `binary`.
            secret_data_type: SecretDataType @ 4,
            /// The version's stages.
            version_stages: Vec<String> @ 5,
            /// The version's id.
            version_id: String @ 6,
            /// When the version was made, in UTC.
            create_time: String @ 7,
            /// When it was last rotated, in UTC.
            last_rotation_date: String @ 9,
            /// When it will be rotated next, in UTC.
            next_rotation_date: String @ 10,
            /// The extended configuration, as JSON.
            extended_config: String @ 11,
            /// Whether it is rotated.
            automatic_rotation: RotationStatus @ 12,
            /// The time between rotations.
            rotation_interval: String @ 13,
        }
    }
}
