//! Keys: making them, finding them, switching them on and off, rotating and deleting them.

use crate::KmsClient;
use crate::api::values::{
    DeletionProtection, KeyOrigin, KeySpec, KeyState, KeyUsage, ProtectionLevel, RotationStatus,
};
use crate::kms_api;

kms_api! {
    version = "2016-01-20";
    impl KmsClient;
    pub registry ACTIONS;

    /// What the service says of a key.
    pub object KeyMetadata {
        /// The key's id.
        key_id: String,
        /// The key's ARN.
        arn: Option<String>,
        /// `Enabled`, `Disabled`, `PendingDeletion` or `PendingImport`.
        key_state: Option<KeyState>,
        /// What the key is, such as `Aliyun_AES_256`.
        key_spec: Option<KeySpec>,
        /// `ENCRYPT/DECRYPT` or `SIGN/VERIFY`.
        key_usage: Option<KeyUsage>,
        /// `Aliyun_KMS`, `EXTERNAL` or `EXTERNAL_KEY_STORE`.
        origin: Option<KeyOrigin>,
        /// `SOFTWARE` or `HSM`.
        protection_level: Option<ProtectionLevel>,
        /// What the key is for.
        description: Option<String>,
        /// Who made it.
        creator: Option<String>,
        /// When it was made, in UTC.
        creation_date: Option<String>,
        /// When it will be deleted, in UTC.
        delete_date: Option<String>,
        /// When its imported material expires, in UTC.
        material_expire_time: Option<String>,
        /// `Enabled`, `Disabled` or `Suspended`.
        automatic_rotation: Option<RotationStatus>,
        /// The time between rotations, such as `31536000s`.
        rotation_interval: Option<String>,
        /// When it was last rotated, in UTC.
        last_rotation_date: Option<String>,
        /// When it will be rotated next, in UTC.
        next_rotation_date: Option<String>,
        /// The version that encrypts.
        primary_key_version: Option<String>,
        /// The instance that keeps the key.
        dkms_instance_id: Option<String> = "DKMSInstanceId",
        /// `Enabled` or `Disabled`.
        deletion_protection: Option<DeletionProtection>,
        /// Why deletion is protected.
        deletion_protection_description: Option<String>,
    }

    /// A new key's description.
    pub object CreatedKeyMetadata {
        /// The key's id.
        key_id: String,
        /// The key's ARN.
        arn: Option<String>,
        /// The key's state.
        key_state: Option<KeyState>,
        /// What the key is.
        key_spec: Option<KeySpec>,
        /// What the key does.
        key_usage: Option<KeyUsage>,
        /// Where its material is from.
        origin: Option<KeyOrigin>,
        /// `SOFTWARE` or `HSM`.
        protection_level: Option<ProtectionLevel>,
        /// What the key is for.
        description: Option<String>,
        /// Who made it.
        creator: Option<String>,
        /// When it was made, in UTC.
        creation_date: Option<String>,
        /// When it will be deleted, in UTC.
        delete_date: Option<String>,
        /// When its imported material expires, in UTC.
        material_expire_time: Option<String>,
        /// `Enabled`, `Disabled` or `Suspended`.
        automatic_rotation: Option<RotationStatus>,
        /// The time between rotations.
        rotation_interval: Option<String>,
        /// When it was last rotated, in UTC.
        last_rotation_date: Option<String>,
        /// When it will be rotated next, in UTC.
        next_rotation_date: Option<String>,
        /// The version that encrypts.
        primary_key_version: Option<String>,
        /// The instance that keeps the key.
        dkms_instance_id: Option<String> = "DKMSInstanceId",
    }

    /// A key in a list.
    pub object KeyEntry {
        /// The key's id.
        key_id: String,
        /// The key's ARN.
        key_arn: Option<String>,
    }

    /// Makes a key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-createkey"]
    pub action CreateKey {
        gateways: shared;
        // A repeated call makes a second key.
        idempotent: false;
        request {
            /// The instance that keeps the key.
            dkms_instance_id: Option<String> = "DKMSInstanceId" required by service,
            /// `Aliyun_AES_256` (the default), `RSA_2048`, `EC_P256` and others.
            key_spec: Option<KeySpec>,
            /// `ENCRYPT/DECRYPT` or `SIGN/VERIFY`.
            key_usage: Option<KeyUsage>,
            /// `Aliyun_KMS` (the default) or `EXTERNAL`.
            origin: Option<KeyOrigin>,
            /// `SOFTWARE` or `HSM`.
            protection_level: Option<ProtectionLevel>,
            /// What the key is for, 8,192 characters at most.
            description: Option<String>,
            /// Whether to rotate it.
            enable_automatic_rotation: Option<bool>,
            /// The time between rotations, such as `365d`; with automatic rotation it must be given.
            rotation_interval: Option<String> required by service,
            /// Where the material of an external key is kept.
            key_storage_mechanism: Option<String>,
            /// The key's policy, as JSON.
            policy: Option<String>,
            /// Tags, as a JSON list of `TagKey` and `TagValue`.
            tags: Option<String>,
        }
        response {
            /// The new key.
            key_metadata: Option<CreatedKeyMetadata>,
        }
    }

    /// Describes a key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-describekey"]
    pub action DescribeKey {
        gateways: shared;
        idempotent: true;
        request {
            /// Key id, alias or ARN.
            key_id: String,
        }
        response {
            /// The key.
            key_metadata: Option<KeyMetadata>,
        }
    }

    /// Lists the keys of the account in the region.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-listkeys"]
    pub action ListKeys {
        gateways: shared;
        idempotent: true;
        pages: keys;
        request {
            /// The page, from 1.
            page_number: Option<i32>,
            /// Keys on a page, 1 to 100; 10 unless told.
            page_size: Option<i32>,
            /// Conditions, as a JSON list of `Key` and `Values`.
            filters: Option<String>,
        }
        response {
            /// The keys.
            keys: Vec<KeyEntry> each "Key",
            /// The page.
            page_number: i32,
            /// Keys on a page.
            page_size: i32,
            /// Keys on all pages.
            total_count: i32,
        }
    }

    /// Lets a key be used.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-enablekey"]
    pub action EnableKey {
        gateways: shared;
        // The same state again changes nothing.
        idempotent: true;
        request {
            /// Key id or ARN.
            key_id: String,
        }
        response {}
    }

    /// Keeps a key from being used.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-disablekey"]
    pub action DisableKey {
        gateways: shared;
        // The same state again changes nothing.
        idempotent: true;
        request {
            /// Key id or ARN.
            key_id: String,
        }
        response {}
    }

    /// A version of a key.
    pub object KeyVersion {
        /// The key's id.
        key_id: String,
        /// The version's id.
        key_version_id: String,
        /// When it was made, in UTC.
        creation_date: Option<String>,
    }

    /// Says anew what a key is for.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-updatekeydescription"]
    pub action UpdateKeyDescription {
        gateways: shared;
        // The same text again changes nothing.
        idempotent: true;
        request {
            /// Key id or ARN.
            key_id: String,
            /// What the key is for, 8,192 characters at most; an empty text clears it.
            description: Option<String> required,
        }
        response {}
    }

    /// Has a key deleted after some days; it cannot be used from now on.
    ///
    /// What the key encrypted can never be decrypted after that.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-schedulekeydeletion"]
    pub action ScheduleKeyDeletion {
        gateways: shared;
        // A repeated call is refused: the key waits for its deletion.
        idempotent: false;
        request {
            /// Key id or ARN.
            key_id: String,
            /// The days until it is deleted, 7 to 366.
            pending_window_in_days: i32,
        }
        response {}
    }

    /// Keeps a key that was to be deleted.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-cancelkeydeletion"]
    pub action CancelKeyDeletion {
        gateways: shared;
        // A repeated call is refused: the key does not wait for its deletion.
        idempotent: false;
        request {
            /// Key id or ARN.
            key_id: String,
        }
        response {}
    }

    /// Protects a key from deletion, or no longer.
    ///
    /// One of the key, the instance and the ARN says what is protected.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-setdeletionprotection"]
    pub action SetDeletionProtection {
        gateways: shared;
        // The same setting again changes nothing.
        idempotent: true;
        request {
            /// Whether to protect it.
            enable_deletion_protection: bool,
            /// Why it is protected.
            deletion_protection_description: Option<String>,
            /// The key's id.
            key_id: Option<String>,
            /// The instance's id.
            kms_instance_id: Option<String>,
            /// The key's ARN.
            protected_resource_arn: Option<String>,
        }
        response {}
    }

    /// Sets whether and when a key is rotated.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-updaterotationpolicy"]
    pub action UpdateRotationPolicy {
        gateways: shared;
        // The same policy again changes nothing.
        idempotent: true;
        request {
            /// Key id or ARN.
            key_id: String,
            /// Whether to rotate it.
            enable_automatic_rotation: bool,
            /// The time between rotations, such as `365d`; with automatic rotation it must be
            /// given.
            rotation_interval: Option<String>,
        }
        response {}
    }

    /// Rotates a key now: makes a version of it.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-createkeyversion"]
    pub action CreateKeyVersion {
        gateways: shared;
        // A repeated call makes a second version.
        idempotent: false;
        request {
            /// Key id or ARN.
            key_id: String,
        }
        response {
            /// The new version.
            key_version: Option<KeyVersion>,
        }
    }

    /// Describes a version of a key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-describekeyversion"]
    pub action DescribeKeyVersion {
        gateways: shared;
        idempotent: true;
        request {
            /// Key id, alias or ARN.
            key_id: String,
            /// The version's id.
            key_version_id: String,
        }
        response {
            /// The version.
            key_version: Option<KeyVersion>,
        }
    }

    /// Lists the versions of a key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-listkeyversions"]
    pub action ListKeyVersions {
        gateways: shared;
        idempotent: true;
        pages: key_versions;
        request {
            /// Key id, alias or ARN.
            key_id: String,
            /// The page, from 1.
            page_number: Option<i32>,
            /// Versions on a page, 1 to 100; 10 unless told.
            page_size: Option<i32>,
        }
        response {
            /// The versions.
            key_versions: Vec<KeyVersion> each "KeyVersion",
            /// The page.
            page_number: i32,
            /// Versions on a page.
            page_size: i32,
            /// Versions on all pages.
            total_count: i32,
        }
    }
}
