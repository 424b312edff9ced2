//! Instances: dedicated gateways with keys and secrets of their own.
//!
//! These are actions of the shared gateway that manage instances. The operations that an instance
//! serves itself are in [`native`](crate::native).

use crate::api::values::{InstanceProvider, InstanceStatus};
use crate::{KmsClient, Timestamp, kms_api};

kms_api! {
    version = "2016-01-20";
    impl KmsClient;
    examples = "client";
    pub registry ACTIONS;

    /// The description of an instance.
    pub object KmsInstance {
        /// The id of the instance.
        instance_id: String,
        /// The name of the version.
        instance_name: Option<String>,
        /// The status: whether it can be used.
        status: Option<InstanceStatus>,
        /// The CA certificates that sign the certificate of the instance's gateway, in PEM: trust
        /// them to call it.
        ca_certificate_chain_pem: Option<String>,
        /// The id of the VPC that it was connected to first.
        vpc_id: Option<String>,
        /// The ids of the vSwitches of that VPC.
        vswitch_ids: Vec<String>,
        /// The ids of the zones that it is in.
        zone_ids: Vec<String>,
        /// The other VPCs from which it can be reached.
        bind_vpcs: Vec<BindVpc> each "BindVpc",
        /// The computing performance, in calls per second.
        spec: Option<i32>,
        /// The maximum number of keys.
        key_num: Option<i32>,
        /// The maximum number of secrets.
        secret_num: Option<String>,
        /// The maximum number of VPCs from which it can be reached.
        vpc_num: Option<i32>,
        /// Whether it keeps an audit log: 1 if it does, else 0.
        log: Option<i32>,
        /// The size of the log in GB.
        log_storage: Option<i32>,
        /// The type of the product that was bought.
        product_type: Option<String>,
        /// The version of the product.
        product_version: Option<String>,
        /// The billing method.
        charge_type: Option<String>,
        /// The status of the purchase.
        sale_status: Option<String>,
        /// The time of its creation, in UTC.
        create_time: Option<Timestamp>,
        /// The time at which it was connected, in UTC.
        start_date: Option<Timestamp>,
        /// The time at which it expires, in UTC.
        end_date: Option<Timestamp>,
        /// Whether it is protected from deletion.
        deletion_protection: Option<bool>,
        /// The reason for the protection from deletion.
        deletion_protection_description: Option<String>,
    }

    /// A VPC from which an instance can be reached.
    pub object BindVpc {
        /// The id of the VPC.
        vpc_id: Option<String>,
        /// The id of a vSwitch of the VPC.
        v_switch_id: Option<String>,
        /// The id of the region of the VPC.
        region_id: Option<String>,
        /// The id of the account that owns the VPC.
        vpc_owner_id: Option<String>,
    }

    /// An instance in a list.
    pub object KmsInstanceEntry {
        /// The id of the instance.
        kms_instance_id: String,
        /// The ARN of the instance.
        kms_instance_arn: Option<String>,
    }

    /// The quota of one type of resource.
    pub object QuotaInfo {
        /// The type of resource.
        resource_type: Option<String>,
        /// The maximum number.
        resource_quota: Option<i32>,
        /// The number in use.
        used_quantity: Option<i32>,
    }

    /// Connects a purchased instance to a VPC, which enables it.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-connectkmsinstance"]
    pub action ConnectKmsInstance {
        gateways: shared;
        // A repeated call is refused: the instance is being connected.
        idempotent: false;
        request {
            /// The id of the instance.
            kms_instance_id: String,
            /// The provider of the instance: `Aliyun`.
            km_provider: InstanceProvider = "KMProvider",
            /// The id of the VPC.
            vpc_id: String,
            /// The ids of two zones, separated by a comma.
            zone_ids: String,
            /// The ids of vSwitches in these zones, separated by a comma.
            v_switch_ids: String,
        }
        response {}
    }

    /// Returns the description of an instance.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-getkmsinstance"]
    pub action GetKmsInstance {
        gateways: shared;
        idempotent: true;
        request {
            /// The id of the instance.
            kms_instance_id: String,
        }
        response {
            /// The instance.
            kms_instance: KmsInstance,
        }
    }

    /// Returns the account's default instance in the region.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-getdefaultkmsinstance"]
    pub action GetDefaultKmsInstance {
        gateways: shared;
        idempotent: true;
        request {}
        response {
            /// The id of the instance.
            default_kms_instance_id: Option<String>,
        }
    }

    /// Returns the quotas of an instance and how much of each is used.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-getkmsinstancequotainfos"]
    pub action GetKmsInstanceQuotaInfos {
        gateways: shared;
        idempotent: true;
        request {
            /// The id of the instance.
            kms_instance_id: Option<String>,
            /// The type of resource (default: all types).
            resource_type: Option<String>,
        }
        response {
            /// The id of the instance.
            kms_instance_id: Option<String>,
            /// The quotas, one per type of resource.
            kms_instance_quota_infos: Vec<QuotaInfo>,
        }
    }

    /// Lists the instances of the account in the region.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-listkmsinstances"]
    pub action ListKmsInstances {
        gateways: shared;
        idempotent: true;
        pages: kms_instances;
        request {
            /// The number of the page, from 1 (default 1).
            page_number: Option<i32>,
            /// The maximum number of instances on a page: 1 to 100 (default 20).
            page_size: Option<i32>,
            /// The conditions that the listed items fulfil: a JSON list of objects with `Key` and
            /// `Values`.
            filters: Option<String>,
        }
        response {
            /// The instances on this page.
            kms_instances: Vec<KmsInstanceEntry> each "KmsInstance",
            /// The number of this page.
            page_number: i32,
            /// The maximum number of instances on a page.
            page_size: i32,
            /// The number of instances on all pages.
            total_count: i32,
        }
    }

    /// Sets the VPCs from which an instance can be reached, in addition to the first one.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-updatekmsinstancebindvpc"]
    pub action UpdateKmsInstanceBindVpc {
        gateways: shared;
        // The same VPCs again change nothing.
        idempotent: true;
        request {
            /// The id of the instance.
            kms_instance_id: String,
            /// The VPCs: a JSON list of objects with `VpcId`, `VSwitchId`, `RegionId` and
            /// `VpcOwnerId`.
            bind_vpcs: String,
        }
        response {}
    }

    /// Releases an instance with its keys and secrets.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-releasekmsinstance"]
    pub action ReleaseKmsInstance {
        gateways: shared;
        // A repeated call is refused: the instance is gone.
        idempotent: false;
        request {
            /// The id of the instance.
            kms_instance_id: String,
            /// `true` releases it even without a backup (default `false`).
            force_delete_without_backup: Option<String>,
        }
        response {}
    }
}
