//! The account and its regions.

use alibabacloud_kms_macros::kms_api;

use crate::KmsClient;
use crate::api::values::AccountStatus;

kms_api! {
    version = "2016-01-20";
    impl KmsClient;

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
            /// The request's id.
            request_id: String,
        }
    }

    /// Opens the service for the account.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-openkmsservice"]
    pub action OpenKmsService {
        gateways: shared;
        // A repeated call may be refused: the service is open.
        idempotent: false;
        request {}
        response {
            /// The request's id.
            request_id: String,
        }
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
            /// The request's id.
            request_id: String,
        }
    }
}
