//! How applications reach an instance: access points, network rules and client keys.

use crate::api::values::{AuthenticationMethod, ClientKeyOrigin, KeySpec, NetworkType};
use crate::{KmsClient, SecretString, kms_api};

kms_api! {
    version = "2016-01-20";
    impl KmsClient;
    pub registry ACTIONS;

    /// An application access point in a list.
    pub object ApplicationAccessPoint {
        /// The access point's name.
        name: String,
        /// How applications show who they are.
        authentication_method: Option<AuthenticationMethod>,
    }

    /// A network rule in a list.
    pub object NetworkRule {
        /// The rule's name.
        name: String,
        /// The network that it is about.
        network_type: Option<NetworkType> = "Type",
    }

    /// A client key in a list, without its private key.
    pub object ClientKeyEntry {
        /// The client key's id.
        client_key_id: String,
        /// The access point's name.
        aap_name: Option<String>,
        /// What the key is.
        key_algorithm: Option<KeySpec>,
        /// Who made it.
        key_origin: Option<ClientKeyOrigin>,
        /// The public key, as PEM.
        public_key_data: Option<String>,
        /// When it begins to be valid, in UTC.
        not_before: Option<String>,
        /// When it ends to be valid, in UTC.
        not_after: Option<String>,
        /// When it was made, in UTC.
        create_time: Option<String>,
    }

    /// Makes an access point: what a group of applications may do.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-createapplicationaccesspoint"]
    pub action CreateApplicationAccessPoint {
        gateways: shared;
        // A repeated call is refused: the access point exists.
        idempotent: false;
        request {
            /// The access point's name.
            name: String,
            /// Its permission policies, three at most, as a JSON list of names.
            policies: String,
            /// How applications show who they are.
            authentication_method: Option<AuthenticationMethod>,
            /// What it is for.
            description: Option<String>,
        }
        response {
            /// The access point's ARN.
            arn: Option<String>,
            /// The access point's name.
            name: String,
            /// Its permission policies, as a JSON list of names.
            policies: Option<String>,
            /// How applications show who they are.
            authentication_method: Option<AuthenticationMethod>,
            /// What it is for.
            description: Option<String>,
        }
    }

    /// Changes an access point; what is not given stays.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-updateapplicationaccesspoint"]
    pub action UpdateApplicationAccessPoint {
        gateways: shared;
        // The same settings again change nothing.
        idempotent: true;
        request {
            /// The access point's name.
            name: String,
            /// Its permission policies, three at most, as a JSON list of names.
            policies: Option<String>,
            /// What it is for.
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
            /// The access point's name.
            name: String,
        }
        response {}
    }

    /// Describes an access point.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-describeapplicationaccesspoint"]
    pub action DescribeApplicationAccessPoint {
        gateways: shared;
        idempotent: true;
        request {
            /// The access point's name.
            name: String,
        }
        response {
            /// The access point's ARN.
            arn: Option<String>,
            /// The access point's name.
            name: String,
            /// Its permission policies, as a JSON list of names.
            policies: Option<String>,
            /// How applications show who they are.
            authentication_method: Option<AuthenticationMethod>,
            /// What it is for.
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
            /// The page, from 1.
            page_number: Option<i32>,
            /// Access points on a page, 1 to 100; 20 unless told.
            page_size: Option<i32>,
        }
        response {
            /// The access points.
            application_access_points: Vec<ApplicationAccessPoint> each "ApplicationAccessPoint",
            /// The page.
            page_number: i32,
            /// Access points on a page.
            page_size: i32,
            /// Access points on all pages.
            total_count: i32,
        }
    }

    /// Makes a network rule: from which addresses applications may call.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-createnetworkrule"]
    pub action CreateNetworkRule {
        gateways: shared;
        // A repeated call is refused: the rule exists.
        idempotent: false;
        request {
            /// The rule's name.
            name: String,
            /// The network that it is about.
            network_type: NetworkType = "Type",
            /// Addresses and CIDR blocks, separated by commas or as a JSON list.
            source_private_ip: Option<String>,
            /// What it is for.
            description: Option<String>,
        }
        response {
            /// The rule's ARN.
            arn: Option<String>,
            /// The rule's name.
            name: String,
            /// The network that it is about.
            network_type: Option<NetworkType> = "Type",
            /// The addresses and CIDR blocks.
            source_private_ip: Option<String>,
            /// What it is for.
            description: Option<String>,
        }
    }

    /// Changes a network rule; what is not given stays.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-updatenetworkrule"]
    pub action UpdateNetworkRule {
        gateways: shared;
        // The same settings again change nothing.
        idempotent: true;
        request {
            /// The rule's name.
            name: String,
            /// Addresses and CIDR blocks, separated by commas or as a JSON list.
            source_private_ip: Option<String>,
            /// What it is for.
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
            /// The rule's name.
            name: String,
        }
        response {}
    }

    /// Describes a network rule.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-describenetworkrule"]
    pub action DescribeNetworkRule {
        gateways: shared;
        idempotent: true;
        request {
            /// The rule's name.
            name: String,
        }
        response {
            /// The rule's ARN.
            arn: Option<String>,
            /// The network that it is about.
            network_type: Option<NetworkType> = "Type",
            /// The addresses and CIDR blocks.
            source_private_ip: Option<String>,
            /// What it is for.
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
            /// The page, from 1.
            page_number: Option<i32>,
            /// Rules on a page, 1 to 100; 20 unless told.
            page_size: Option<i32>,
        }
        response {
            /// The rules.
            network_rules: Vec<NetworkRule> each "NetworkRule",
            /// The page.
            page_number: i32,
            /// Rules on a page.
            page_size: i32,
            /// Rules on all pages.
            total_count: i32,
        }
    }

    /// Makes a client key for an access point, and gives its private key this once.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-createclientkey"]
    pub action CreateClientKey {
        gateways: shared;
        // A repeated call makes a second client key.
        idempotent: false;
        request {
            /// The access point's name.
            aap_name: String,
            /// What shall encrypt the private key: 8 to 64 characters of two kinds at least.
            #[secret] password: SecretString,
            /// When it begins to be valid, in UTC; now unless told.
            not_before: Option<String>,
            /// When it ends to be valid, in UTC; five years from now unless told.
            not_after: Option<String>,
        }
        response {
            /// The client key's id: the `KeyId` of its file.
            client_key_id: String,
            /// What the key is.
            key_algorithm: Option<KeySpec>,
            /// The private key, as PKCS#12 that the password opens, in Base64.
            #[secret] private_key_data: SecretString,
            /// When it begins to be valid, in UTC.
            not_before: Option<String>,
            /// When it ends to be valid, in UTC.
            not_after: Option<String>,
        }
    }

    /// Deletes a client key; it no longer opens the gateway.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-deleteclientkey"]
    pub action DeleteClientKey {
        gateways: shared;
        // A repeated call is refused: the client key is gone.
        idempotent: false;
        request {
            /// The client key's id.
            client_key_id: String,
        }
        response {}
    }

    /// Describes a client key, without its private key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-getclientkey"]
    pub action GetClientKey {
        gateways: shared;
        method: GET;
        idempotent: true;
        request {
            /// The client key's id.
            client_key_id: String,
        }
        response {
            /// The client key's id.
            client_key_id: String,
            /// The access point's name.
            aap_name: Option<String>,
            /// What the key is.
            key_algorithm: Option<KeySpec>,
            /// Who made it.
            key_origin: Option<ClientKeyOrigin>,
            /// The public key, as PEM.
            public_key_data: Option<String>,
            /// When it begins to be valid, in UTC.
            not_before: Option<String>,
            /// When it ends to be valid, in UTC.
            not_after: Option<String>,
            /// When it was made, in UTC.
            create_time: Option<String>,
        }
    }

    /// Lists the client keys of an access point, without their private keys.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-listclientkeys"]
    pub action ListClientKeys {
        gateways: shared;
        method: GET;
        idempotent: true;
        request {
            /// The access point's name.
            aap_name: Option<String>,
        }
        response {
            /// The client keys.
            client_keys: Vec<ClientKeyEntry>,
        }
    }
}
