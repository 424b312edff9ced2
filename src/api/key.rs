//! Keys: create, find, enable and disable, rotate and delete them.

use crate::KmsClient;
use crate::api::values::{
    DeletionProtection, KeyOrigin, KeySpec, KeyState, KeyUsage, ProtectionLevel, RotationStatus,
};
use crate::{Timestamp, kms_api};

kms_api! {
    version = "2016-01-20";
    impl KmsClient;
    examples = "client";
    pub registry ACTIONS;

    /// The description of a key.
    pub object KeyMetadata {
        /// The id of the key.
        key_id: String,
        /// The ARN of the key.
        arn: Option<String>,
        /// The state: `Enabled`, `Disabled`, `PendingDeletion` or `PendingImport`.
        key_state: Option<KeyState>,
        /// The type of the key, such as `Aliyun_AES_256`.
        key_spec: Option<KeySpec>,
        /// The use of the key: `ENCRYPT/DECRYPT` or `SIGN/VERIFY`.
        key_usage: Option<KeyUsage>,
        /// The origin of the key material: `Aliyun_KMS`, `EXTERNAL` or `EXTERNAL_KEY_STORE`.
        origin: Option<KeyOrigin>,
        /// The protection of the key material: `SOFTWARE` or `HSM`.
        protection_level: Option<ProtectionLevel>,
        /// The description of the key.
        description: Option<String>,
        /// The id of the account that created it.
        creator: Option<String>,
        /// The time of its creation, in UTC.
        creation_date: Option<Timestamp>,
        /// The time at which it will be deleted, in UTC; present while its deletion is scheduled.
        delete_date: Option<Timestamp>,
        /// The time at which its imported material expires, in UTC.
        material_expire_time: Option<Timestamp>,
        /// The automatic rotation: `Enabled`, `Disabled` or `Suspended`.
        automatic_rotation: Option<RotationStatus>,
        /// The time between rotations, in seconds, such as `31536000s`.
        rotation_interval: Option<String>,
        /// The time of the last rotation, in UTC.
        last_rotation_date: Option<Timestamp>,
        /// The time of the next rotation, in UTC.
        next_rotation_date: Option<Timestamp>,
        /// The id of the primary version, which encrypts.
        primary_key_version: Option<String>,
        /// The id of the instance that keeps the key.
        dkms_instance_id: Option<String> = "DKMSInstanceId",
        /// Whether the key is protected from deletion: `Enabled` or `Disabled`.
        deletion_protection: Option<DeletionProtection>,
        /// The reason for the protection from deletion.
        deletion_protection_description: Option<String>,
    }

    /// The description of a new key.
    pub object CreatedKeyMetadata {
        /// The id of the key.
        key_id: String,
        /// The ARN of the key.
        arn: Option<String>,
        /// The state of the key.
        key_state: Option<KeyState>,
        /// The type of the key.
        key_spec: Option<KeySpec>,
        /// The use of the key.
        key_usage: Option<KeyUsage>,
        /// The origin of the key material.
        origin: Option<KeyOrigin>,
        /// The protection of the key material: `SOFTWARE` or `HSM`.
        protection_level: Option<ProtectionLevel>,
        /// The description of the key.
        description: Option<String>,
        /// The id of the account that created it.
        creator: Option<String>,
        /// The time of its creation, in UTC.
        creation_date: Option<Timestamp>,
        /// The time at which it will be deleted, in UTC; present while its deletion is scheduled.
        delete_date: Option<Timestamp>,
        /// The time at which its imported material expires, in UTC.
        material_expire_time: Option<Timestamp>,
        /// The automatic rotation: `Enabled`, `Disabled` or `Suspended`.
        automatic_rotation: Option<RotationStatus>,
        /// The time between rotations, in seconds, such as `604800s`.
        rotation_interval: Option<String>,
        /// The time of the last rotation, in UTC.
        last_rotation_date: Option<Timestamp>,
        /// The time of the next rotation, in UTC.
        next_rotation_date: Option<Timestamp>,
        /// The id of the primary version, which encrypts.
        primary_key_version: Option<String>,
        /// The id of the instance that keeps the key.
        dkms_instance_id: Option<String> = "DKMSInstanceId",
    }

    /// A key in a list.
    pub object KeyEntry {
        /// The id of the key.
        key_id: String,
        /// The ARN of the key.
        key_arn: Option<String>,
    }

    /// Creates a key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-createkey"]
    pub action CreateKey {
        gateways: shared;
        // A repeated call creates a second key.
        idempotent: false;
        request {
            /// The id of the instance that keeps the key.
            dkms_instance_id: Option<String> = "DKMSInstanceId" required by service,
            /// The type of the key (default `Aliyun_AES_256`).
            key_spec: Option<KeySpec>,
            /// The use of the key: `ENCRYPT/DECRYPT` or `SIGN/VERIFY`.
            key_usage: Option<KeyUsage>,
            /// The origin of the key material: `Aliyun_KMS` (the default) or `EXTERNAL`.
            origin: Option<KeyOrigin>,
            /// The protection of the key material: `SOFTWARE` or `HSM`.
            protection_level: Option<ProtectionLevel>,
            /// The description of the key: up to 8,192 characters.
            description: Option<String>,
            /// Whether to rotate it automatically.
            enable_automatic_rotation: Option<bool>,
            /// The time between rotations, such as `365d`. Required with automatic rotation.
            rotation_interval: Option<String> required by service,
            /// Where the material of an external key is kept.
            key_storage_mechanism: Option<String>,
            /// The key policy, as JSON: up to 32,768 bytes.
            policy: Option<String>,
            /// The tags: a JSON list of objects with `TagKey` and `TagValue`.
            tags: Option<String>,
        }
        response {
            /// The new key.
            key_metadata: CreatedKeyMetadata,
        }
    }

    /// Returns the description of a key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-describekey"]
    pub action DescribeKey {
        gateways: shared;
        idempotent: true;
        request {
            /// Id, alias or ARN of the key.
            key_id: String,
        }
        response {
            /// The key.
            key_metadata: KeyMetadata,
        }
    }

    /// Lists the keys of the account in the region.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-listkeys"]
    pub action ListKeys {
        gateways: shared;
        idempotent: true;
        pages: keys;
        request {
            /// The number of the page, from 1 (default 1).
            page_number: Option<i32>,
            /// The maximum number of keys on a page: 1 to 100 (default 10).
            page_size: Option<i32>,
            /// The conditions that the listed items fulfil: a JSON list of objects with `Key` and
            /// `Values`.
            filters: Option<String>,
        }
        response {
            /// The keys on this page.
            keys: Vec<KeyEntry> each "Key",
            /// The number of this page.
            page_number: i32,
            /// The maximum number of keys on a page.
            page_size: i32,
            /// The number of keys on all pages.
            total_count: i32,
        }
    }

    /// Enables a key, so that it can be used.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-enablekey"]
    pub action EnableKey {
        gateways: shared;
        // The same state again changes nothing.
        idempotent: true;
        request {
            /// Id or ARN of the key.
            key_id: String,
        }
        response {}
    }

    /// Disables a key, so that it cannot be used.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-disablekey"]
    pub action DisableKey {
        gateways: shared;
        // The same state again changes nothing.
        idempotent: true;
        request {
            /// Id or ARN of the key.
            key_id: String,
        }
        response {}
    }

    /// A version of a key.
    pub object KeyVersion {
        /// The id of the key.
        key_id: String,
        /// The id of the version.
        key_version_id: String,
        /// The time of its creation, in UTC.
        creation_date: Option<Timestamp>,
    }

    /// Changes the description of a key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-updatekeydescription"]
    pub action UpdateKeyDescription {
        gateways: shared;
        // The same text again changes nothing.
        idempotent: true;
        request {
            /// Id or ARN of the key.
            key_id: String,
            /// The description of the key: up to 8,192 characters. An empty text removes it.
            description: Option<String> required,
        }
        response {}
    }

    /// Schedules the deletion of a key. The key cannot be used from now on.
    ///
    /// After its deletion, what the key encrypted can never be decrypted.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-schedulekeydeletion"]
    pub action ScheduleKeyDeletion {
        gateways: shared;
        // A repeated call is refused: the deletion is scheduled already.
        idempotent: false;
        request {
            /// Id or ARN of the key.
            key_id: String,
            /// The number of days until the key is deleted: 7 to 366.
            pending_window_in_days: i32,
        }
        response {}
    }

    /// Cancels the scheduled deletion of a key. The key is enabled afterwards.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-cancelkeydeletion"]
    pub action CancelKeyDeletion {
        gateways: shared;
        // A repeated call is refused: no deletion is scheduled.
        idempotent: false;
        request {
            /// Id or ARN of the key.
            key_id: String,
        }
        response {}
    }

    /// Protects a key or an instance from deletion, or lifts the protection.
    ///
    /// Set one of `KeyId`, `KmsInstanceId` and `ProtectedResourceArn`.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-setdeletionprotection"]
    pub action SetDeletionProtection {
        gateways: shared;
        // The same setting again changes nothing.
        idempotent: true;
        request {
            /// Whether to protect the key from deletion.
            enable_deletion_protection: bool,
            /// The reason for the protection from deletion.
            deletion_protection_description: Option<String>,
            /// The id of the key.
            key_id: Option<String>,
            /// The id of the instance.
            kms_instance_id: Option<String>,
            /// The ARN of the key.
            protected_resource_arn: Option<String>,
        }
        response {}
    }

    /// Sets whether and how often a key is rotated automatically.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-updaterotationpolicy"]
    pub action UpdateRotationPolicy {
        gateways: shared;
        // The same policy again changes nothing.
        idempotent: true;
        request {
            /// Id or ARN of the key.
            key_id: String,
            /// Whether to rotate it automatically.
            enable_automatic_rotation: bool,
            /// The time between rotations, such as `365d`. Required with automatic rotation.
            rotation_interval: Option<String>,
        }
        response {}
    }

    /// Rotates a key now: creates a version of it.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-createkeyversion"]
    pub action CreateKeyVersion {
        gateways: shared;
        // A repeated call creates a second version.
        idempotent: false;
        request {
            /// Id or ARN of the key.
            key_id: String,
        }
        response {
            /// The new version.
            key_version: KeyVersion,
        }
    }

    /// Returns the description of a key version.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-describekeyversion"]
    pub action DescribeKeyVersion {
        gateways: shared;
        idempotent: true;
        request {
            /// Id, alias or ARN of the key.
            key_id: String,
            /// The id of the version.
            key_version_id: String,
        }
        response {
            /// The id of the version.
            key_version: KeyVersion,
        }
    }

    /// Lists the versions of a key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-listkeyversions"]
    pub action ListKeyVersions {
        gateways: shared;
        idempotent: true;
        pages: key_versions;
        request {
            /// Id, alias or ARN of the key.
            key_id: String,
            /// The number of the page, from 1 (default 1).
            page_number: Option<i32>,
            /// The maximum number of versions on a page: 1 to 100 (default 10).
            page_size: Option<i32>,
        }
        response {
            /// The versions on this page.
            key_versions: Vec<KeyVersion> each "KeyVersion",
            /// The number of this page.
            page_number: i32,
            /// The maximum number of versions on a page.
            page_size: i32,
            /// The number of versions on all pages.
            total_count: i32,
        }
    }
}
