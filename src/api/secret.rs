//! KMS secrets: data that KMS keeps encrypted, in versions, and can rotate.

use crate::api::values::{RotationStatus, SecretDataType, SecretType};
use crate::{JsonObject, KmsClient, SecretString, Timestamp, kms_api};

kms_api! {
    version = "2016-01-20";
    impl KmsClient;
    examples = "client";
    pub registry ACTIONS;

    /// Returns the value of a secret.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-getsecretvalue"]
    pub action GetSecretValue {
        gateways: shared, instance;
        idempotent: true;
        request {
            /// Name or ARN of the secret.
            secret_name: String,
            /// The stage of the version (default `ACSCurrent`). For generic secrets only.
            version_stage: Option<String>,
            /// The id of the version. For generic secrets only.
            version_id: Option<String>,
            /// Whether to return the extended configuration of the secret too.
            fetch_extended_config: Option<bool>,
            /// `true` only checks whether the call would succeed (default `false`). The service
            /// then always answers with an error; its code is `DryRunOperationError` if the call
            /// would have succeeded.
            dry_run: Option<String>,
            /// The attestation of an enclave, as JSON. The result is then encrypted so that only
            /// this enclave can decrypt it.
            recipient: Option<String> in body,
        }
        response {
            /// The name of the secret.
            secret_name: String,
            /// The type of the secret, such as `Generic`.
            secret_type: Option<SecretType>,
            /// The value of the secret, in Base64 if its data type is `binary`.
            #[secret] secret_data: SecretString or ciphertext_for_recipient,
            /// The type of the data: `text` or `binary`.
            secret_data_type: Option<SecretDataType>,
            /// The id of the version.
            version_id: String,
            /// The stages of the version, such as `ACSCurrent`.
            version_stages: Vec<String> each "VersionStage",
            /// The time at which the version was created, in UTC.
            create_time: Option<Timestamp>,
            /// The extended configuration, as JSON.
            extended_config: Option<String>,
            /// The automatic rotation: `Enabled`, `Disabled` or `Invalid`.
            automatic_rotation: Option<RotationStatus>,
            /// The time between rotations, in seconds, such as `604800s`.
            rotation_interval: Option<String>,
            /// The time of the last rotation, in UTC.
            last_rotation_date: Option<Timestamp>,
            /// The time of the next rotation, in UTC.
            next_rotation_date: Option<Timestamp>,
            /// The value encrypted for `Recipient`, in Base64, if the request had one.
            ciphertext_for_recipient: Option<String>,
        }
    }

    /// Creates a secret with its first version.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-createsecret"]
    pub action CreateSecret {
        gateways: shared;
        // A repeated call is refused: the secret exists.
        idempotent: false;
        request {
            /// The name: 1 to 192 characters, unique in the account and region.
            secret_name: String,
            /// The id of the first version: 1 to 64 characters, unique in the secret.
            version_id: String,
            /// The value of the secret: up to 30,720 bytes.
            #[secret] secret_data: SecretString in body,
            /// The type of the data: `text` (the default) or `binary` (Base64).
            secret_data_type: Option<SecretDataType>,
            /// The type of the secret (default `Generic`).
            secret_type: Option<SecretType>,
            /// The description of the secret.
            description: Option<String>,
            /// The id of the instance that keeps the secret.
            dkms_instance_id: Option<String> = "DKMSInstanceId",
            /// The id of the key that encrypts the secret.
            encryption_key_id: Option<String>,
            /// The extended configuration of a secret that KMS rotates, as its type defines it.
            extended_config: Option<JsonObject> as json,
            /// Whether to rotate it automatically. Not for generic secrets.
            enable_automatic_rotation: Option<bool>,
            /// The time between rotations: a number and `d`, `h`, `m` or `s`, such as `7d`; 6 hours
            /// to 365 days.
            rotation_interval: Option<String>,
            /// The secret policy, as JSON: up to 32,768 bytes.
            policy: Option<String>,
            /// The tags: a JSON list of objects with `TagKey` and `TagValue`.
            tags: Option<String>,
        }
        response {
            /// The ARN of the secret.
            arn: Option<String>,
            /// The name of the secret.
            secret_name: String,
            /// The type of the secret.
            secret_type: Option<SecretType>,
            /// The id of the first version.
            version_id: String,
            /// The automatic rotation: `Enabled`, `Disabled` or `Invalid`.
            automatic_rotation: Option<RotationStatus>,
            /// The time between rotations, in seconds, such as `604800s`.
            rotation_interval: Option<String>,
            /// The time of the next rotation, in UTC.
            next_rotation_date: Option<Timestamp>,
            /// The extended configuration, as JSON.
            extended_config: Option<String>,
            /// The id of the instance that keeps the secret.
            dkms_instance_id: Option<String> = "DKMSInstanceId",
        }
    }

    /// A secret whose value `BatchGetSecretValue` returns.
    pub object SecretToGet {
        /// Name or ARN of the secret.
        secret_name: String,
        /// The stage of the version (default `ACSCurrent`). For generic secrets only.
        version_stage: Option<String>,
        /// The id of the version. For generic secrets only.
        version_id: Option<String>,
        /// `true` returns the extended configuration of the secret too (default `false`).
        fetch_extended_config: Option<String>,
    }

    /// The value of a secret.
    pub object SecretValue {
        /// The name of the secret.
        secret_name: String,
        /// The type of the secret.
        secret_type: Option<SecretType>,
        /// The value of the secret, in Base64 if its data type is `binary`.
        #[secret] secret_data: SecretString,
        /// The type of the data: `text` or `binary`.
        secret_data_type: Option<SecretDataType>,
        /// The id of the version.
        version_id: String,
        /// The stages of the version, such as `ACSCurrent`.
        version_stages: Vec<String> each "VersionStage",
        /// The time at which the version was created, in UTC.
        create_time: Option<Timestamp>,
        /// The extended configuration, as JSON.
        extended_config: Option<String>,
        /// The automatic rotation: `Enabled`, `Disabled` or `Invalid`.
        automatic_rotation: Option<RotationStatus>,
        /// The time between rotations, in seconds, such as `604800s`.
        rotation_interval: Option<String>,
        /// The time of the last rotation, in UTC.
        last_rotation_date: Option<Timestamp>,
        /// The time of the next rotation, in UTC.
        next_rotation_date: Option<Timestamp>,
        /// The request id that KMS returns with this value.
        request_id: Option<String>,
    }

    /// The error that `BatchGetSecretValue` returns in place of a secret's value.
    pub object SecretFailure {
        /// The name of the secret.
        secret_name: String,
        /// The code of the error.
        code: Option<String>,
        /// The message of the error.
        message: Option<String>,
        /// The HTTP status that a call of `GetSecretValue` would have had.
        http_status: Option<i32>,
    }

    /// A tag of a secret.
    pub object SecretTag {
        /// The key of the tag: up to 128 characters.
        tag_key: Option<String>,
        /// The value of the tag: up to 128 characters.
        tag_value: Option<String>,
    }

    /// A secret in a list.
    pub object SecretEntry {
        /// The name of the secret.
        secret_name: String,
        /// The type of the secret.
        secret_type: Option<SecretType>,
        /// The cloud service that manages the secret, if there is one.
        owing_service: Option<String>,
        /// The tags, if the request asked for them.
        tags: Vec<SecretTag> each "Tag",
        /// The time of its creation, in UTC.
        create_time: Option<Timestamp>,
        /// The time of its last change, in UTC.
        update_time: Option<Timestamp>,
        /// The time at which it will be deleted, in UTC; present while its deletion is scheduled.
        planned_delete_time: Option<Timestamp>,
    }

    /// A version of a secret.
    pub object SecretVersion {
        /// The id of the version.
        version_id: String,
        /// The stages of the version, such as `ACSCurrent`.
        version_stages: Vec<String> each "VersionStage",
        /// The time of its creation, in UTC.
        create_time: Option<Timestamp>,
    }

    /// The part of a secret's extended configuration that can be changed.
    pub object SecretExtendedConfig {
        /// Custom data, which KMS stores and does not interpret.
        custom_data: Option<JsonObject>,
    }

    /// Returns the values of several secrets.
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
            /// The values of the secrets that could be read.
            secret_values: Vec<SecretValue>,
            /// The errors of the secrets that could not be read.
            errors: Vec<SecretFailure>,
        }
    }

    /// Returns the description of a secret, without its value.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-describesecret"]
    pub action DescribeSecret {
        gateways: shared;
        idempotent: true;
        request {
            /// Name or ARN of the secret.
            secret_name: String,
            /// `true` returns its tags too (default `false`).
            fetch_tags: Option<String>,
        }
        response {
            /// The ARN of the secret.
            arn: Option<String>,
            /// The name of the secret.
            secret_name: String,
            /// The type of the secret.
            secret_type: Option<SecretType>,
            /// The description of the secret.
            description: Option<String>,
            /// The cloud service that manages the secret, if there is one.
            owing_service: Option<String>,
            /// The id of the instance that keeps the secret.
            dkms_instance_id: Option<String> = "DKMSInstanceId",
            /// The id of the key that encrypts the secret.
            encryption_key_id: Option<String>,
            /// The extended configuration, as JSON.
            extended_config: Option<String>,
            /// The automatic rotation: `Enabled`, `Disabled` or `Invalid`.
            automatic_rotation: Option<RotationStatus>,
            /// The time between rotations, in seconds, such as `604800s`.
            rotation_interval: Option<String>,
            /// The time of the last rotation, in UTC.
            last_rotation_date: Option<Timestamp>,
            /// The time of the next rotation, in UTC.
            next_rotation_date: Option<Timestamp>,
            /// The time of its creation, in UTC.
            create_time: Option<Timestamp>,
            /// The time of its last change, in UTC.
            update_time: Option<Timestamp>,
            /// The time at which it will be deleted, in UTC; present while its deletion is
            /// scheduled.
            planned_delete_time: Option<Timestamp>,
            /// The tags, if the request asked for them.
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
            /// The number of the page, from 1 (default 1).
            page_number: Option<i32>,
            /// The maximum number of secrets on a page: 1 to 100 (default 10).
            page_size: Option<i32>,
            /// The conditions that the listed items fulfil: a JSON list of objects with `Key` and
            /// `Values`.
            filters: Option<String>,
            /// `true` returns their tags too (default `false`).
            fetch_tags: Option<String>,
        }
        response {
            /// The secrets.
            secret_list: Vec<SecretEntry> each "Secret",
            /// The number of this page.
            page_number: i32,
            /// The maximum number of secrets on a page.
            page_size: i32,
            /// The number of secrets on all pages.
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
            /// Name or ARN of the secret.
            secret_name: String,
            /// `true` lists versions without a stage too (default `false`).
            include_deprecated: Option<String>,
            /// The number of the page, from 1 (default 1).
            page_number: Option<i32>,
            /// The maximum number of versions on a page: 1 to 100 (default 10).
            page_size: Option<i32>,
        }
        response {
            /// The name of the secret.
            secret_name: String,
            /// The versions on this page.
            version_ids: Vec<SecretVersion> each "VersionId",
            /// The number of this page.
            page_number: i32,
            /// The maximum number of versions on a page.
            page_size: i32,
            /// The number of versions on all pages.
            total_count: i32,
        }
    }

    /// Stores a new version of a generic secret, which becomes the current one.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-putsecretvalue"]
    pub action PutSecretValue {
        gateways: shared;
        // A repeated call is refused: the version exists.
        idempotent: false;
        request {
            /// Name or ARN of the secret.
            secret_name: String,
            /// The id of the new version: 1 to 64 characters, unique in the secret.
            version_id: String,
            /// The value of the secret: up to 30,720 bytes.
            #[secret] secret_data: SecretString in body,
            /// The type of the data: `text` (the default) or `binary` (Base64).
            secret_data_type: Option<SecretDataType>,
            /// The stages of the version, as a JSON list (default `["ACSCurrent"]`).
            version_stages: Option<String>,
        }
        response {
            /// The name of the secret.
            secret_name: String,
            /// The id of the version.
            version_id: String,
            /// The stages of the version.
            version_stages: Vec<String> each "VersionStage",
        }
    }

    /// Changes the description or the extended configuration of a secret.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-updatesecret"]
    pub action UpdateSecret {
        gateways: shared;
        // The same description again changes nothing.
        idempotent: true;
        request {
            /// Name or ARN of the secret.
            secret_name: String,
            /// The description of the secret.
            description: Option<String>,
            /// The extended configuration of a secret that KMS rotates, as its type defines it.
            extended_config: Option<SecretExtendedConfig>,
        }
        response {
            /// The name of the secret.
            secret_name: String,
        }
    }

    /// Moves a stage of a generic secret from one version to another.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-updatesecretversionstage"]
    pub action UpdateSecretVersionStage {
        gateways: shared;
        // A repeated call is refused: the stage was moved away already.
        idempotent: false;
        request {
            /// Name or ARN of the secret.
            secret_name: String,
            /// The stage: `ACSCurrent`, `ACSPrevious` or a name of your own.
            version_stage: String,
            /// The id of the version that gets the stage.
            move_to_version: Option<String>,
            /// The id of the version that loses the stage.
            remove_from_version: Option<String>,
        }
        response {
            /// The name of the secret.
            secret_name: String,
        }
    }

    /// Sets whether and how often a secret is rotated automatically. Not for generic secrets.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-updatesecretrotationpolicy"]
    pub action UpdateSecretRotationPolicy {
        gateways: shared;
        // The same policy again changes nothing.
        idempotent: true;
        request {
            /// Name or ARN of the secret.
            secret_name: String,
            /// Whether to rotate it automatically.
            enable_automatic_rotation: bool,
            /// The time between rotations: a number and `d`, `h`, `m` or `s`, such as `7d`; 6 hours
            /// to 365 days. Ignored without automatic rotation.
            rotation_interval: String,
        }
        response {
            /// The name of the secret.
            secret_name: String,
        }
    }

    /// Rotates a secret now. Not for generic secrets.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-rotatesecret"]
    pub action RotateSecret {
        gateways: shared;
        // A repeated call may rotate it a second time.
        idempotent: false;
        request {
            /// Name or ARN of the secret.
            secret_name: String,
            /// The id of the new version: 1 to 64 characters, unique in the secret.
            version_id: String,
        }
        response {
            /// The ARN of the secret.
            arn: Option<String>,
            /// The name of the secret.
            secret_name: String,
            /// The id of the new version.
            version_id: String,
        }
    }

    /// Deletes a secret, at once or after a number of days in which it can be restored.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-deletesecret"]
    pub action DeleteSecret {
        gateways: shared;
        // A repeated call is refused: the secret is gone or its deletion is scheduled.
        idempotent: false;
        request {
            /// Name or ARN of the secret.
            secret_name: String,
            /// `true` deletes it immediately and irrecoverably (default `false`).
            force_delete_without_recovery: Option<String>,
            /// The number of days in which it can be restored: 7 to 30 (default 30).
            recovery_window_in_days: Option<String>,
        }
        response {
            /// The name of the secret.
            secret_name: String,
            /// The time at which it will be deleted, in UTC; present while its deletion is
            /// scheduled.
            planned_delete_time: Option<Timestamp>,
        }
    }

    /// Cancels the scheduled deletion of a secret.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-restoresecret"]
    pub action RestoreSecret {
        gateways: shared;
        // A repeated call is refused: no deletion is scheduled.
        idempotent: false;
        request {
            /// Name or ARN of the secret.
            secret_name: String,
        }
        response {
            /// The name of the secret.
            secret_name: String,
        }
    }

    /// Generates a random password, which KMS does not keep.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-getrandompassword"]
    pub action GetRandomPassword {
        gateways: shared;
        // A repeated call generates another; the lost one was never used.
        idempotent: true;
        request {
            /// The length in characters: 8 to 128 (default 32).
            password_length: Option<String>,
            /// The characters that the password must not contain.
            exclude_characters: Option<String>,
            /// `true` excludes lower-case letters (default `false`).
            exclude_lowercase: Option<String>,
            /// `true` excludes upper-case letters (default `false`).
            exclude_uppercase: Option<String>,
            /// `true` excludes digits (default `false`).
            exclude_numbers: Option<String>,
            /// `true` excludes punctuation (default `false`).
            exclude_punctuation: Option<String>,
            /// `true` requires at least one character of each kind that is not excluded.
            require_each_included_type: Option<String>,
        }
        response {
            /// The password.
            #[secret] random_password: SecretString,
        }
    }
}
