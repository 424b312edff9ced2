//! The account and its regions.

use crate::api::values::AccountStatus;
use crate::{KmsClient, kms_api};

kms_api! {
    version = "2016-01-20";
    impl KmsClient;
    examples = "client";
    pub registry ACTIONS;

    /// A region.
    pub object Region {
        /// The region's id, such as `cn-hangzhou`.
        region_id: String,
    }

    /// Lists the regions in which KMS is available.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-describeregions"]
    pub action DescribeRegions {
        gateways: shared;
        idempotent: true;
        request {}
        response {
            /// The regions.
            regions: Vec<Region> each "Region",
        }
    }

    /// Activates KMS for the account.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-openkmsservice"]
    pub action OpenKmsService {
        gateways: shared;
        // A repeated call may be refused: KMS is active already.
        idempotent: false;
        request {}
        response {}
    }

    /// Returns whether the account can use KMS.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-describeaccountkmsstatus"]
    pub action DescribeAccountKmsStatus {
        gateways: shared;
        idempotent: true;
        request {}
        response {
            /// Whether the account can use KMS.
            account_status: AccountStatus,
        }
    }
}
