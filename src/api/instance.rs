//! Instances: dedicated gateways with keys and secrets of their own.
//!
//! These are actions of the shared gateway, about instances. What an instance does itself is in
//! [`instance_api`](crate::instance_api).

use crate::api::values::{InstanceProvider, InstanceStatus};
use crate::{KmsClient, kms_api};

kms_api! {
    version = "2016-01-20";
    impl KmsClient;
    pub registry ACTIONS;

    /// What the service says of an instance.
    pub object KmsInstance {
        /// The instance's id.
        instance_id: String,
        /// Its name.
        instance_name: Option<String>,
        /// Whether it can be used.
        status: Option<InstanceStatus>,
        /// The certificates that its gateway's is signed by, as PEM: what to trust.
        ca_certificate_chain_pem: Option<String>,
        /// The network that it was connected to first.
        vpc_id: Option<String>,
        /// The switches of that network.
        vswitch_ids: Vec<String>,
        /// The zones that it is in.
        zone_ids: Vec<String>,
        /// The other networks that reach it.
        bind_vpcs: Vec<BindVpc> each "BindVpc",
        /// Its computing power, in calls a second.
        spec: Option<i32>,
        /// How many keys it may have.
        key_num: Option<i32>,
        /// How many secrets it may have.
        secret_num: Option<String>,
        /// How many networks may reach it.
        vpc_num: Option<i32>,
        /// Whether it keeps an audit log: 0 or 1.
        log: Option<i32>,
        /// The log's size in GB.
        log_storage: Option<i32>,
        /// What was bought.
        product_type: Option<String>,
        /// Its version.
        product_version: Option<String>,
        /// How it is paid.
        charge_type: Option<String>,
        /// Whether it is paid.
        sale_status: Option<String>,
        /// When it was made, in UTC.
        create_time: Option<String>,
        /// When it was connected, in UTC.
        start_date: Option<String>,
        /// When it expires, in UTC.
        end_date: Option<String>,
        /// Whether it is protected from deletion.
        deletion_protection: Option<bool>,
        /// Why it is protected.
        deletion_protection_description: Option<String>,
    }

    /// A network that reaches an instance.
    pub object BindVpc {
        /// The network's id.
        vpc_id: Option<String>,
        /// The switch in it.
        v_switch_id: Option<String>,
        /// The region that it is in.
        region_id: Option<String>,
        /// The account that owns it.
        vpc_owner_id: Option<String>,
    }

    /// An instance in a list.
    pub object KmsInstanceEntry {
        /// The instance's id.
        kms_instance_id: String,
        /// The instance's ARN.
        kms_instance_arn: Option<String>,
    }

    /// How much of a kind of resource there may be.
    pub object QuotaInfo {
        /// The kind of resource.
        resource_type: Option<String>,
        /// How many there may be.
        resource_quota: Option<i32>,
        /// How many there are.
        used_quantity: Option<i32>,
    }

    /// Connects an instance that was bought to a network, and so enables it.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-connectkmsinstance"]
    pub action ConnectKmsInstance {
        gateways: shared;
        // A repeated call is refused: the instance is being connected.
        idempotent: false;
        request {
            /// The instance's id.
            kms_instance_id: String,
            /// Who provides it: `Aliyun`.
            km_provider: InstanceProvider = "KMProvider",
            /// The network's id.
            vpc_id: String,
            /// The ids of two zones, separated by a comma.
            zone_ids: String,
            /// The ids of switches in these zones, separated by a comma.
            v_switch_ids: String,
        }
        response {}
    }

    /// Describes an instance.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-getkmsinstance"]
    pub action GetKmsInstance {
        gateways: shared;
        idempotent: true;
        request {
            /// The instance's id.
            kms_instance_id: String,
        }
        response {
            /// The instance.
            kms_instance: Option<KmsInstance>,
        }
    }

    /// Says which instance is the account's default in the region.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-getdefaultkmsinstance"]
    pub action GetDefaultKmsInstance {
        gateways: shared;
        idempotent: true;
        request {}
        response {
            /// The instance's id.
            default_kms_instance_id: Option<String>,
        }
    }

    /// Says how much of each kind of resource an instance may have, and has.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-getkmsinstancequotainfos"]
    pub action GetKmsInstanceQuotaInfos {
        gateways: shared;
        idempotent: true;
        request {
            /// The instance's id.
            kms_instance_id: Option<String>,
            /// The kind of resource; all unless told.
            resource_type: Option<String>,
        }
        response {
            /// The instance's id.
            kms_instance_id: Option<String>,
            /// The kinds of resources.
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
            /// The page, from 1.
            page_number: Option<i32>,
            /// Instances on a page, 1 to 100; 20 unless told.
            page_size: Option<i32>,
            /// Conditions, as a JSON list of `Key` and `Values`.
            filters: Option<String>,
        }
        response {
            /// The instances.
            kms_instances: Vec<KmsInstanceEntry> each "KmsInstance",
            /// The page.
            page_number: i32,
            /// Instances on a page.
            page_size: i32,
            /// Instances on all pages.
            total_count: i32,
        }
    }

    /// Sets which networks reach an instance, beside the one that it was connected to first.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-updatekmsinstancebindvpc"]
    pub action UpdateKmsInstanceBindVpc {
        gateways: shared;
        // The same networks again change nothing.
        idempotent: true;
        request {
            /// The instance's id.
            kms_instance_id: String,
            /// The networks, as a JSON list of `VpcId`, `VSwitchId`, `RegionId` and `VpcOwnerId`.
            bind_vpcs: String,
        }
        response {}
    }

    /// Gives an instance up, with its keys and secrets.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-releasekmsinstance"]
    pub action ReleaseKmsInstance {
        gateways: shared;
        // A repeated call is refused: the instance is gone.
        idempotent: false;
        request {
            /// The instance's id.
            kms_instance_id: String,
            /// `true` does so even if there is no backup.
            force_delete_without_backup: Option<String>,
        }
        response {}
    }
}
