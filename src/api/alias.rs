//! Aliases: names of keys, each of which can be moved to another key.

use crate::{KmsClient, kms_api};

kms_api! {
    version = "2016-01-20";
    impl KmsClient;
    examples = "client";
    pub registry ACTIONS;

    /// Creates an alias of a key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-createalias"]
    pub action CreateAlias {
        gateways: shared;
        // A repeated call is refused: the alias exists.
        idempotent: false;
        request {
            /// The alias: `alias/` and 1 to 249 characters.
            alias_name: String,
            /// Id or ARN of the key.
            key_id: String,
        }
        response {}
    }

    /// An alias in a list.
    pub object AliasEntry {
        /// The alias.
        alias_name: String,
        /// The alias's ARN.
        alias_arn: Option<String>,
        /// The id of the key that the alias names.
        key_id: Option<String>,
    }

    /// Moves an alias to another key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-updatealias"]
    pub action UpdateAlias {
        gateways: shared;
        // The same key again changes nothing.
        idempotent: true;
        request {
            /// The alias: `alias/` and 1 to 249 characters.
            alias_name: String,
            /// Id or ARN of the key that the alias will name.
            key_id: String,
        }
        response {}
    }

    /// Deletes an alias. The key is not deleted.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-deletealias"]
    pub action DeleteAlias {
        gateways: shared;
        // A repeated call is refused: the alias is gone.
        idempotent: false;
        request {
            /// The alias: `alias/` and 1 to 249 characters.
            alias_name: String,
        }
        response {}
    }

    /// Lists the aliases of the account in the region.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-listaliases"]
    pub action ListAliases {
        gateways: shared;
        idempotent: true;
        pages: aliases;
        request {
            /// The number of the page, from 1 (default 1).
            page_number: Option<i32>,
            /// The maximum number of aliases on a page: 1 to 100 (default 10).
            page_size: Option<i32>,
        }
        response {
            /// The aliases on this page.
            aliases: Vec<AliasEntry> each "Alias",
            /// The number of this page.
            page_number: i32,
            /// The maximum number of aliases on a page.
            page_size: i32,
            /// The number of aliases on all pages.
            total_count: i32,
        }
    }

    /// Lists the aliases of a key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-listaliasesbykeyid"]
    pub action ListAliasesByKeyId {
        gateways: shared;
        idempotent: true;
        pages: aliases;
        request {
            /// Id or ARN of the key.
            key_id: String,
            /// The number of the page, from 1 (default 1).
            page_number: Option<i32>,
            /// The maximum number of aliases on a page: 1 to 100 (default 10).
            page_size: Option<i32>,
        }
        response {
            /// The aliases on this page.
            aliases: Vec<AliasEntry> each "Alias",
            /// The number of this page.
            page_number: i32,
            /// The maximum number of aliases on a page.
            page_size: i32,
            /// The number of aliases on all pages.
            total_count: i32,
        }
    }
}
