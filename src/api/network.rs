//! How applications reach an instance: access points, network rules and client keys.

use crate::api::values::{AuthenticationMethod, ClientKeyOrigin, KeySpec, NetworkType};
use crate::{KmsClient, SecretString, Timestamp, kms_api};

kms_api! {
    version = "2016-01-20";
    impl KmsClient;
    examples = "client";
    pub registry ACTIONS;

    /// An application access point in a list.
    pub object ApplicationAccessPoint {
        /// The name of the access point.
        name: String,
        /// How applications authenticate.
        authentication_method: Option<AuthenticationMethod>,
    }

    /// A network rule in a list.
    pub object NetworkRule {
        /// The name of the rule.
        name: String,
        /// The type of network that the rule applies to.
        network_type: Option<NetworkType> = "Type",
    }

    /// A client key in a list, without its private key.
    pub object ClientKeyEntry {
        /// The id of the client key.
        client_key_id: String,
        /// The name of the access point.
        aap_name: Option<String>,
        /// The type of the key.
        key_algorithm: Option<KeySpec>,
        /// The origin of the key: `KMS_PROVIDED`.
        key_origin: Option<ClientKeyOrigin>,
        /// The public key, in PEM.
        public_key_data: Option<String>,
        /// The time from which it is valid, in UTC.
        not_before: Option<String>,
        /// The time until which it is valid, in UTC.
        not_after: Option<String>,
        /// The time of its creation, in UTC.
        create_time: Option<Timestamp>,
    }

    /// Creates an access point, which defines what a group of applications may do.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-createapplicationaccesspoint"]
    pub action CreateApplicationAccessPoint {
        gateways: shared;
        // A repeated call is refused: the access point exists.
        idempotent: false;
        request {
            /// The name of the access point.
            name: String,
            /// The names of its permission policies: a JSON list of up to 3.
            policies: String,
            /// How applications authenticate.
            authentication_method: Option<AuthenticationMethod>,
            /// The description.
            description: Option<String>,
        }
        response {
            /// The ARN of the access point.
            arn: Option<String>,
            /// The name of the access point.
            name: String,
            /// The names of its permission policies, as a JSON list.
            policies: Option<String>,
            /// How applications authenticate.
            authentication_method: Option<AuthenticationMethod>,
            /// The description.
            description: Option<String>,
        }
    }

    /// Changes an access point. Parameters that are not set stay as they are.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-updateapplicationaccesspoint"]
    pub action UpdateApplicationAccessPoint {
        gateways: shared;
        // The same settings again change nothing.
        idempotent: true;
        request {
            /// The name of the access point.
            name: String,
            /// The names of its permission policies: a JSON list of up to 3.
            policies: Option<String>,
            /// The description.
            description: Option<String>,
        }
        response {}
    }

    /// Deletes an access point.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-deleteapplicationaccesspoint"]
    pub action DeleteApplicationAccessPoint {
        gateways: shared;
        // A repeated call is refused: the access point is gone.
        idempotent: false;
        request {
            /// The name of the access point.
            name: String,
        }
        response {}
    }

    /// Returns the description of an access point.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-describeapplicationaccesspoint"]
    pub action DescribeApplicationAccessPoint {
        gateways: shared;
        idempotent: true;
        request {
            /// The name of the access point.
            name: String,
        }
        response {
            /// The ARN of the access point.
            arn: Option<String>,
            /// The name of the access point.
            name: String,
            /// The names of its permission policies, as a JSON list.
            policies: Option<String>,
            /// How applications authenticate.
            authentication_method: Option<AuthenticationMethod>,
            /// The description.
            description: Option<String>,
        }
    }

    /// Lists the access points of the account in the region.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-listapplicationaccesspoints"]
    pub action ListApplicationAccessPoints {
        gateways: shared;
        idempotent: true;
        pages: application_access_points;
        request {
            /// The number of the page, from 1 (default 1).
            page_number: Option<i32>,
            /// The maximum number of access points on a page: 1 to 100 (default 20).
            page_size: Option<i32>,
        }
        response {
            /// The access points on this page.
            application_access_points: Vec<ApplicationAccessPoint> each "ApplicationAccessPoint",
            /// The number of this page.
            page_number: i32,
            /// The maximum number of access points on a page.
            page_size: i32,
            /// The number of access points on all pages.
            total_count: i32,
        }
    }

    /// Creates a network rule, which defines the addresses from which applications may call.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-createnetworkrule"]
    pub action CreateNetworkRule {
        gateways: shared;
        // A repeated call is refused: the rule exists.
        idempotent: false;
        request {
            /// The name of the rule.
            name: String,
            /// The type of network that the rule applies to.
            network_type: NetworkType = "Type",
            /// The addresses and CIDR blocks, separated by commas or as a JSON list.
            source_private_ip: Option<String>,
            /// The description.
            description: Option<String>,
        }
        response {
            /// The ARN of the rule.
            arn: Option<String>,
            /// The name of the rule.
            name: String,
            /// The type of network that the rule applies to.
            network_type: Option<NetworkType> = "Type",
            /// The addresses and CIDR blocks.
            source_private_ip: Option<String>,
            /// The description.
            description: Option<String>,
        }
    }

    /// Changes a network rule. Parameters that are not set stay as they are.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-updatenetworkrule"]
    pub action UpdateNetworkRule {
        gateways: shared;
        // The same settings again change nothing.
        idempotent: true;
        request {
            /// The name of the rule.
            name: String,
            /// The addresses and CIDR blocks, separated by commas or as a JSON list.
            source_private_ip: Option<String>,
            /// The description.
            description: Option<String>,
        }
        response {}
    }

    /// Deletes a network rule.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-deletenetworkrule"]
    pub action DeleteNetworkRule {
        gateways: shared;
        // A repeated call is refused: the rule is gone.
        idempotent: false;
        request {
            /// The name of the rule.
            name: String,
        }
        response {}
    }

    /// Returns the description of a network rule.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-describenetworkrule"]
    pub action DescribeNetworkRule {
        gateways: shared;
        idempotent: true;
        request {
            /// The name of the rule.
            name: String,
        }
        response {
            /// The ARN of the rule.
            arn: Option<String>,
            /// The type of network that the rule applies to.
            network_type: Option<NetworkType> = "Type",
            /// The addresses and CIDR blocks.
            source_private_ip: Option<String>,
            /// The description.
            description: Option<String>,
        }
    }

    /// Lists the network rules of the account in the region.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-listnetworkrules"]
    pub action ListNetworkRules {
        gateways: shared;
        idempotent: true;
        pages: network_rules;
        request {
            /// The number of the page, from 1 (default 1).
            page_number: Option<i32>,
            /// The maximum number of rules on a page: 1 to 100 (default 20).
            page_size: Option<i32>,
        }
        response {
            /// The rules on this page.
            network_rules: Vec<NetworkRule> each "NetworkRule",
            /// The number of this page.
            page_number: i32,
            /// The maximum number of rules on a page.
            page_size: i32,
            /// The number of rules on all pages.
            total_count: i32,
        }
    }

    /// Creates a client key for an access point and returns its private key, which cannot be read
    /// again.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-createclientkey"]
    pub action CreateClientKey {
        gateways: shared;
        // A repeated call creates a second client key.
        idempotent: false;
        request {
            /// The name of the access point.
            aap_name: String,
            /// The password that encrypts the private key: 8 to 64 characters of at least two kinds
            /// (letters, digits, punctuation).
            #[secret] password: SecretString,
            /// The time from which it is valid, in UTC (default: now).
            not_before: Option<String>,
            /// The time until which it is valid, in UTC (default: five years from now).
            not_after: Option<String>,
        }
        response {
            /// The id of the client key: `KeyId` in its file.
            client_key_id: String,
            /// The type of the key.
            key_algorithm: Option<KeySpec>,
            /// The private key as PKCS#12, encrypted with the password, in Base64.
            #[secret] private_key_data: SecretString,
            /// The time from which it is valid, in UTC.
            not_before: Option<String>,
            /// The time until which it is valid, in UTC.
            not_after: Option<String>,
        }
    }

    /// Deletes a client key. Requests signed with it are refused afterwards.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-deleteclientkey"]
    pub action DeleteClientKey {
        gateways: shared;
        // A repeated call is refused: the client key is gone.
        idempotent: false;
        request {
            /// The id of the client key.
            client_key_id: String,
        }
        response {}
    }

    /// Returns the description of a client key, without its private key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-getclientkey"]
    pub action GetClientKey {
        gateways: shared;
        method: GET;
        idempotent: true;
        request {
            /// The id of the client key.
            client_key_id: String,
        }
        response {
            /// The id of the client key.
            client_key_id: String,
            /// The name of the access point.
            aap_name: Option<String>,
            /// The type of the key.
            key_algorithm: Option<KeySpec>,
            /// The origin of the key: `KMS_PROVIDED`.
            key_origin: Option<ClientKeyOrigin>,
            /// The public key, in PEM.
            public_key_data: Option<String>,
            /// The time from which it is valid, in UTC.
            not_before: Option<String>,
            /// The time until which it is valid, in UTC.
            not_after: Option<String>,
            /// The time of its creation, in UTC.
            create_time: Option<Timestamp>,
        }
    }

    /// Lists the client keys of an access point, without their private keys.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-listclientkeys"]
    pub action ListClientKeys {
        gateways: shared;
        method: GET;
        idempotent: true;
        request {
            /// The name of the access point.
            aap_name: Option<String>,
        }
        response {
            /// The client keys.
            client_keys: Vec<ClientKeyEntry>,
        }
    }
}
