//! The account and its regions.

use crate::api::values::AccountStatus;
use crate::{KmsClient, kms_api};

kms_api! {
    version = "2016-01-20";
    impl KmsClient;
    pub registry ACTIONS;

    /// A region.
    pub object Region {
        /// Its id, such as `cn-hangzhou`.
        region_id: String,
    }

    /// Lists the regions in which the service is.
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

    /// Opens the service for the account.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-openkmsservice"]
    pub action OpenKmsService {
        gateways: shared;
        // A repeated call may be refused: the service is open.
        idempotent: false;
        request {}
        response {}
    }

    /// Says whether the account can use the service.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-describeaccountkmsstatus"]
    pub action DescribeAccountKmsStatus {
        gateways: shared;
        idempotent: true;
        request {}
        response {
            /// Whether it can.
            account_status: Option<AccountStatus>,
        }
    }
}
