//! Aliases: second names of keys.

use crate::{KmsClient, kms_api};

kms_api! {
    version = "2016-01-20";
    impl KmsClient;
    pub registry ACTIONS;

    /// Gives a key an alias.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-createalias"]
    pub action CreateAlias {
        gateways: shared;
        // A repeated call is refused: the alias exists.
        idempotent: false;
        request {
            /// The alias, `alias/` and 1 to 249 characters.
            alias_name: String,
            /// Key id or ARN.
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
        /// The id of the key that it names.
        key_id: Option<String>,
    }

    /// Has an alias name another key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-updatealias"]
    pub action UpdateAlias {
        gateways: shared;
        // The same key again changes nothing.
        idempotent: true;
        request {
            /// The alias, `alias/` and 1 to 249 characters.
            alias_name: String,
            /// Id or ARN of the key that it shall name.
            key_id: String,
        }
        response {}
    }

    /// Deletes an alias; the key stays.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-deletealias"]
    pub action DeleteAlias {
        gateways: shared;
        // A repeated call is refused: the alias is gone.
        idempotent: false;
        request {
            /// The alias, `alias/` and 1 to 249 characters.
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
            /// The page, from 1.
            page_number: Option<i32>,
            /// Aliases on a page, 1 to 100; 10 unless told.
            page_size: Option<i32>,
        }
        response {
            /// The aliases.
            aliases: Vec<AliasEntry> each "Alias",
            /// The page.
            page_number: i32,
            /// Aliases on a page.
            page_size: i32,
            /// Aliases on all pages.
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
            /// Key id or ARN.
            key_id: String,
            /// The page, from 1.
            page_number: Option<i32>,
            /// Aliases on a page, 1 to 100; 10 unless told.
            page_size: Option<i32>,
        }
        response {
            /// The aliases.
            aliases: Vec<AliasEntry> each "Alias",
            /// The page.
            page_number: i32,
            /// Aliases on a page.
            page_size: i32,
            /// Aliases on all pages.
            total_count: i32,
        }
    }
}
