//! Secrets that the service keeps and rotates.

use crate::api::values::{RotationStatus, SecretDataType, SecretType};
use crate::{JsonObject, KmsClient, SecretString, kms_api};

kms_api! {
    version = "2016-01-20";
    impl KmsClient;
    pub registry ACTIONS;

    /// Gives a secret's value.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-getsecretvalue"]
    pub action GetSecretValue {
        gateways: shared, instance;
        idempotent: true;
        request {
            /// The secret's name or ARN.
            secret_name: String,
            /// The version's stage, `ACSCurrent` unless told; generic secrets only.
            version_stage: Option<String>,
            /// The version's id; generic secrets only.
            version_id: Option<String>,
            /// Whether to give the secret's extended configuration too.
            fetch_extended_config: Option<bool>,
            /// `true` only checks whether the call would be allowed.
            dry_run: Option<String>,
            /// The attestation of an enclave, as JSON, that alone can open the answer.
            recipient: Option<String> in body,
        }
        response {
            /// The secret's name.
            secret_name: String,
            /// `Generic`, `Rds`, `RAMCredentials`, `ECS` and others.
            secret_type: Option<SecretType>,
            /// The secret itself; Base64 if its type is `binary`.
            #[secret] secret_data: SecretString,
            /// `text` or `binary`.
            secret_data_type: Option<SecretDataType>,
            /// The version's id.
            version_id: String,
            /// The version's stages, such as `ACSCurrent`.
            version_stages: Vec<String> each "VersionStage",
            /// When the version was made, in UTC.
            create_time: Option<String>,
            /// The extended configuration, as JSON.
            extended_config: Option<String>,
            /// `Enabled`, `Disabled` or `Invalid`.
            automatic_rotation: Option<RotationStatus>,
            /// The time between rotations, such as `604800s`.
            rotation_interval: Option<String>,
            /// When it was last rotated, in UTC.
            last_rotation_date: Option<String>,
            /// When it will be rotated next, in UTC.
            next_rotation_date: Option<String>,
            /// The secret, encrypted for the `Recipient`, in Base64.
            ciphertext_for_recipient: Option<String>,
        }
    }

    /// Makes a secret with its first version.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-createsecret"]
    pub action CreateSecret {
        gateways: shared;
        // A repeated call is refused: the secret exists.
        idempotent: false;
        request {
            /// The name, unique in the account and region.
            secret_name: String,
            /// The first version's id, unique in the secret.
            version_id: String,
            /// The secret itself, 30 KB at most.
            #[secret] secret_data: SecretString in body,
            /// `text` (the default) or `binary`: the data is Base64.
            secret_data_type: Option<SecretDataType>,
            /// `Generic` (the default), `Rds`, `RAMCredentials`, `ECS` and others.
            secret_type: Option<SecretType>,
            /// What the secret is for.
            description: Option<String>,
            /// The instance that keeps the secret.
            dkms_instance_id: Option<String> = "DKMSInstanceId",
            /// The key that encrypts the secret.
            encryption_key_id: Option<String>,
            /// The configuration of a rotated secret's type.
            extended_config: Option<JsonObject> as json,
            /// Whether to rotate it; not for generic secrets.
            enable_automatic_rotation: Option<bool>,
            /// The time between rotations, such as `7d`.
            rotation_interval: Option<String>,
            /// The secret's policy, as JSON.
            policy: Option<String>,
            /// Tags, as a JSON list of `TagKey` and `TagValue`.
            tags: Option<String>,
        }
        response {
            /// The secret's ARN.
            arn: Option<String>,
            /// The secret's name.
            secret_name: String,
            /// The secret's type.
            secret_type: Option<SecretType>,
            /// The first version's id.
            version_id: String,
            /// `Enabled`, `Disabled` or `Invalid`.
            automatic_rotation: Option<RotationStatus>,
            /// The time between rotations.
            rotation_interval: Option<String>,
            /// When it will be rotated next, in UTC.
            next_rotation_date: Option<String>,
            /// The extended configuration, as JSON.
            extended_config: Option<String>,
            /// The instance that keeps the secret.
            dkms_instance_id: Option<String> = "DKMSInstanceId",
        }
    }

    /// A secret whose value is asked for.
    pub object SecretToGet {
        /// The secret's name or ARN.
        secret_name: String,
        /// The version's stage, `ACSCurrent` unless told; generic secrets only.
        version_stage: Option<String>,
        /// The version's id; generic secrets only.
        version_id: Option<String>,
        /// `true` gives the secret's extended configuration too.
        fetch_extended_config: Option<String>,
    }

    /// A secret's value.
    pub object SecretValue {
        /// The secret's name.
        secret_name: String,
        /// What the secret is.
        secret_type: Option<SecretType>,
        /// The secret itself; Base64 if its type is `binary`.
        #[secret] secret_data: SecretString,
        /// What its data is.
        secret_data_type: Option<SecretDataType>,
        /// The version's id.
        version_id: String,
        /// The version's stages, such as `ACSCurrent`.
        version_stages: Vec<String> each "VersionStage",
        /// When the version was made, in UTC.
        create_time: Option<String>,
        /// The extended configuration, as JSON.
        extended_config: Option<String>,
        /// Whether it is rotated.
        automatic_rotation: Option<RotationStatus>,
        /// The time between rotations, such as `604800s`.
        rotation_interval: Option<String>,
        /// When it was last rotated, in UTC.
        last_rotation_date: Option<String>,
        /// When it will be rotated next, in UTC.
        next_rotation_date: Option<String>,
        /// The id of the request for this value.
        request_id: Option<String>,
    }

    /// Why a secret's value was not given.
    pub object SecretFailure {
        /// The secret's name.
        secret_name: String,
        /// The error's code.
        code: Option<String>,
        /// The error's message.
        message: Option<String>,
        /// The HTTP status that the error would have had alone.
        http_status: Option<i32>,
    }

    /// A tag of a secret.
    pub object SecretTag {
        /// The tag's key.
        tag_key: Option<String>,
        /// The tag's value.
        tag_value: Option<String>,
    }

    /// A secret in a list.
    pub object SecretEntry {
        /// The secret's name.
        secret_name: String,
        /// What the secret is.
        secret_type: Option<SecretType>,
        /// The cloud service that manages the secret, if one does.
        owing_service: Option<String>,
        /// The tags, if they were asked for.
        tags: Vec<SecretTag> each "Tag",
        /// When it was made, in UTC.
        create_time: Option<String>,
        /// When it was last changed, in UTC.
        update_time: Option<String>,
        /// When it will be deleted, in UTC.
        planned_delete_time: Option<String>,
    }

    /// A version of a secret.
    pub object SecretVersion {
        /// The version's id.
        version_id: String,
        /// The version's stages, such as `ACSCurrent`.
        version_stages: Vec<String> each "VersionStage",
        /// When it was made, in UTC.
        create_time: Option<String>,
    }

    /// What can be changed in a secret's extended configuration.
    pub object SecretExtendedConfig {
        /// Data of yours.
        custom_data: Option<JsonObject>,
    }

    /// Gives the values of several secrets.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-batchgetsecretvalue"]
    pub action BatchGetSecretValue {
        gateways: shared;
        data_plane: true;
        idempotent: true;
        request {
            /// The secrets.
            secrets_list: Vec<SecretToGet> as json,
        }
        response {
            /// The values that could be given.
            secret_values: Vec<SecretValue>,
            /// Why the others could not.
            errors: Vec<SecretFailure>,
        }
    }

    /// Describes a secret, without its value.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-describesecret"]
    pub action DescribeSecret {
        gateways: shared;
        idempotent: true;
        request {
            /// The secret's name or ARN.
            secret_name: String,
            /// `true` gives its tags too.
            fetch_tags: Option<String>,
        }
        response {
            /// The secret's ARN.
            arn: Option<String>,
            /// The secret's name.
            secret_name: String,
            /// What the secret is.
            secret_type: Option<SecretType>,
            /// What the secret is for.
            description: Option<String>,
            /// The cloud service that manages the secret, if one does.
            owing_service: Option<String>,
            /// The instance that keeps the secret.
            dkms_instance_id: Option<String> = "DKMSInstanceId",
            /// The key that encrypts the secret.
            encryption_key_id: Option<String>,
            /// The extended configuration, as JSON.
            extended_config: Option<String>,
            /// Whether it is rotated.
            automatic_rotation: Option<RotationStatus>,
            /// The time between rotations, such as `604800s`.
            rotation_interval: Option<String>,
            /// When it was last rotated, in UTC.
            last_rotation_date: Option<String>,
            /// When it will be rotated next, in UTC.
            next_rotation_date: Option<String>,
            /// When it was made, in UTC.
            create_time: Option<String>,
            /// When it was last changed, in UTC.
            update_time: Option<String>,
            /// When it will be deleted, in UTC.
            planned_delete_time: Option<String>,
            /// The tags, if they were asked for.
            tags: Vec<SecretTag> each "Tag",
        }
    }

    /// Lists the secrets of the account in the region.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-listsecrets"]
    pub action ListSecrets {
        gateways: shared;
        idempotent: true;
        pages: secret_list;
        request {
            /// The page, from 1.
            page_number: Option<i32>,
            /// Secrets on a page, 1 to 100; 10 unless told.
            page_size: Option<i32>,
            /// Conditions, as a JSON list of `Key` and `Values`.
            filters: Option<String>,
            /// `true` gives their tags too.
            fetch_tags: Option<String>,
        }
        response {
            /// The secrets.
            secret_list: Vec<SecretEntry> each "Secret",
            /// The page.
            page_number: i32,
            /// Secrets on a page.
            page_size: i32,
            /// Secrets on all pages.
            total_count: i32,
        }
    }

    /// Lists the versions of a secret.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-listsecretversionids"]
    pub action ListSecretVersionIds {
        gateways: shared;
        idempotent: true;
        pages: version_ids;
        request {
            /// The secret's name or ARN.
            secret_name: String,
            /// `true` lists versions without a stage too.
            include_deprecated: Option<String>,
            /// The page, from 1.
            page_number: Option<i32>,
            /// Versions on a page; 10 unless told.
            page_size: Option<i32>,
        }
        response {
            /// The secret's name.
            secret_name: String,
            /// The versions.
            version_ids: Vec<SecretVersion> each "VersionId",
            /// The page.
            page_number: i32,
            /// Versions on a page.
            page_size: i32,
            /// Versions on all pages.
            total_count: i32,
        }
    }

    /// Gives a generic secret a new version, which becomes the current one.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-putsecretvalue"]
    pub action PutSecretValue {
        gateways: shared;
        // A repeated call is refused: the version exists.
        idempotent: false;
        request {
            /// The secret's name or ARN.
            secret_name: String,
            /// The new version's id, unique in the secret.
            version_id: String,
            /// The secret itself, 30 KB at most.
            #[secret] secret_data: SecretString in body,
            /// What its data is.
            secret_data_type: Option<SecretDataType>,
            /// The version's stages, as a JSON list; `["ACSCurrent"]` unless told.
            version_stages: Option<String>,
        }
        response {
            /// The secret's name.
            secret_name: String,
            /// The version's id.
            version_id: String,
            /// The version's stages.
            version_stages: Vec<String> each "VersionStage",
        }
    }

    /// Changes what a secret is for, or its extended configuration.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-updatesecret"]
    pub action UpdateSecret {
        gateways: shared;
        // The same description again changes nothing.
        idempotent: true;
        request {
            /// The secret's name or ARN.
            secret_name: String,
            /// What the secret is for.
            description: Option<String>,
            /// The configuration of a rotated secret's type.
            extended_config: Option<SecretExtendedConfig>,
        }
        response {
            /// The secret's name.
            secret_name: String,
        }
    }

    /// Moves a stage of a generic secret from one version to another.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-updatesecretversionstage"]
    pub action UpdateSecretVersionStage {
        gateways: shared;
        // A repeated call is refused: the stage has left the version that it was taken from.
        idempotent: false;
        request {
            /// The secret's name or ARN.
            secret_name: String,
            /// The stage: `ACSCurrent`, `ACSPrevious` or one of yours.
            version_stage: String,
            /// The id of the version that shall have it.
            move_to_version: Option<String>,
            /// The id of the version that has it.
            remove_from_version: Option<String>,
        }
        response {
            /// The secret's name.
            secret_name: String,
        }
    }

    /// Sets whether and when a secret is rotated; not for generic secrets.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-updatesecretrotationpolicy"]
    pub action UpdateSecretRotationPolicy {
        gateways: shared;
        // The same policy again changes nothing.
        idempotent: true;
        request {
            /// The secret's name or ARN.
            secret_name: String,
            /// Whether to rotate it.
            enable_automatic_rotation: bool,
            /// The time between rotations, such as `7d`; ignored without rotation.
            rotation_interval: String,
        }
        response {
            /// The secret's name.
            secret_name: String,
        }
    }

    /// Rotates a secret now; not for generic secrets.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-rotatesecret"]
    pub action RotateSecret {
        gateways: shared;
        // A repeated call may rotate it a second time.
        idempotent: false;
        request {
            /// The secret's name or ARN.
            secret_name: String,
            /// The new version's id, unique in the secret.
            version_id: String,
        }
        response {
            /// The secret's ARN.
            arn: Option<String>,
            /// The secret's name.
            secret_name: String,
            /// The new version's id.
            version_id: String,
        }
    }

    /// Deletes a secret, at once or after some days in which it can be restored.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-deletesecret"]
    pub action DeleteSecret {
        gateways: shared;
        // A repeated call is refused: the secret is gone or waits for its deletion.
        idempotent: false;
        request {
            /// The secret's name or ARN.
            secret_name: String,
            /// `true` deletes it at once and for good.
            force_delete_without_recovery: Option<String>,
            /// The days in which it can be restored; 30 unless told.
            recovery_window_in_days: Option<String>,
        }
        response {
            /// The secret's name.
            secret_name: String,
            /// When it will be deleted, in UTC.
            planned_delete_time: Option<String>,
        }
    }

    /// Keeps a secret that was to be deleted.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-restoresecret"]
    pub action RestoreSecret {
        gateways: shared;
        // A repeated call is refused: the secret does not wait for its deletion.
        idempotent: false;
        request {
            /// The secret's name or ARN.
            secret_name: String,
        }
        response {
            /// The secret's name.
            secret_name: String,
        }
    }

    /// Makes a random password; the service does not keep it.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-getrandompassword"]
    pub action GetRandomPassword {
        gateways: shared;
        // A repeated call makes another; the lost one was never used.
        idempotent: true;
        request {
            /// The length in characters, 8 to 128; 32 unless told.
            password_length: Option<String>,
            /// Characters that it shall not have.
            exclude_characters: Option<String>,
            /// `true`: no lower-case letters.
            exclude_lowercase: Option<String>,
            /// `true`: no upper-case letters.
            exclude_uppercase: Option<String>,
            /// `true`: no digits.
            exclude_numbers: Option<String>,
            /// `true`: no punctuation.
            exclude_punctuation: Option<String>,
            /// `true`: at least one of each kind that is not excluded.
            require_each_included_type: Option<String>,
        }
        response {
            /// The password.
            #[secret] random_password: SecretString,
        }
    }
}
