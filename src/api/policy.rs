//! Policies: who may use a key or a secret, and what applications may do with an instance.

use crate::{KmsClient, kms_api};

kms_api! {
    version = "2016-01-20";
    impl KmsClient;
    pub registry ACTIONS;

    /// A permission policy in a list.
    pub object PolicyEntry {
        /// The policy's name.
        name: String,
    }

    /// Gives a key's policy.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-getkeypolicy"]
    pub action GetKeyPolicy {
        gateways: shared;
        idempotent: true;
        request {
            /// Key id or ARN.
            key_id: String,
            /// The policy's name; `default` is the only one.
            policy_name: Option<String>,
        }
        response {
            /// The policy, as JSON.
            policy: Option<String>,
        }
    }

    /// Sets a key's policy.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-setkeypolicy"]
    pub action SetKeyPolicy {
        gateways: shared;
        // The same policy again changes nothing.
        idempotent: true;
        request {
            /// Key id or ARN.
            key_id: String,
            /// The policy, as JSON, 32 KB at most.
            policy: String,
            /// The policy's name; `default` is the only one.
            policy_name: Option<String>,
        }
        response {}
    }

    /// Gives a secret's policy.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-getsecretpolicy"]
    pub action GetSecretPolicy {
        gateways: shared;
        idempotent: true;
        request {
            /// The secret's name or ARN.
            secret_name: String,
            /// The policy's name; `default` is the only one.
            policy_name: Option<String>,
        }
        response {
            /// The policy, as JSON.
            policy: Option<String>,
        }
    }

    /// Sets a secret's policy.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-setsecretpolicy"]
    pub action SetSecretPolicy {
        gateways: shared;
        // The same policy again changes nothing.
        idempotent: true;
        request {
            /// The secret's name or ARN.
            secret_name: String,
            /// The policy, as JSON, 32 KB at most.
            policy: String,
            /// The policy's name; `default` is the only one.
            policy_name: Option<String>,
        }
        response {}
    }

    /// Makes a permission policy for application access points.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-createpolicy"]
    pub action CreatePolicy {
        gateways: shared;
        // A repeated call is refused: the policy exists.
        idempotent: false;
        request {
            /// The policy's name.
            name: String,
            /// What is permitted, as a JSON list: `RbacPermission/Template/CryptoServiceKeyUser`,
            /// `RbacPermission/Template/CryptoServiceSecretUser`.
            permissions: String,
            /// The keys and secrets, as a JSON list of `key/…` and `secret/…`; `*` is all.
            resources: String,
            /// The instance that the policy is about.
            kms_instance: Option<String>,
            /// The network rules, as JSON with a list `NetworkRules` of names.
            access_control_rules: Option<String>,
            /// What the policy is for.
            description: Option<String>,
        }
        response {
            /// The policy's ARN.
            arn: Option<String>,
            /// The policy's name.
            name: String,
            /// What is permitted, as a JSON list.
            permissions: Option<String>,
            /// The keys and secrets, as a JSON list.
            resources: Option<String>,
            /// The instance.
            kms_instance: Option<String>,
            /// The network rules, as JSON.
            access_control_rules: Option<String>,
            /// What the policy is for.
            description: Option<String>,
        }
    }

    /// Changes a permission policy; what is not given stays.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-updatepolicy"]
    pub action UpdatePolicy {
        gateways: shared;
        // The same policy again changes nothing.
        idempotent: true;
        request {
            /// The policy's name.
            name: String,
            /// What is permitted, as a JSON list.
            permissions: Option<String>,
            /// The keys and secrets, as a JSON list.
            resources: Option<String>,
            /// The network rules, as JSON with a list `NetworkRules` of names.
            access_control_rules: Option<String>,
            /// What the policy is for.
            description: Option<String>,
        }
        response {}
    }

    /// Deletes a permission policy.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-deletepolicy"]
    pub action DeletePolicy {
        gateways: shared;
        // A repeated call is refused: the policy is gone.
        idempotent: false;
        request {
            /// The policy's name.
            name: String,
        }
        response {}
    }

    /// Describes a permission policy.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-describepolicy"]
    pub action DescribePolicy {
        gateways: shared;
        idempotent: true;
        request {
            /// The policy's name.
            name: String,
        }
        response {
            /// The policy's ARN.
            arn: Option<String>,
            /// The policy's name.
            name: String,
            /// What is permitted.
            permissions: Vec<String>,
            /// The keys and secrets.
            resources: Vec<String>,
            /// The instance.
            kms_instance: Option<String>,
            /// The network rules, as JSON.
            access_control_rules: Option<String>,
            /// What the policy is for.
            description: Option<String>,
        }
    }

    /// Lists the permission policies of the account in the region.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-listpolicies"]
    pub action ListPolicies {
        gateways: shared;
        idempotent: true;
        pages: policies;
        request {
            /// The page, from 1.
            page_number: Option<i32>,
            /// Policies on a page, 1 to 100; 20 unless told.
            page_size: Option<i32>,
        }
        response {
            /// The policies.
            policies: Vec<PolicyEntry> each "Policy",
            /// The page.
            page_number: i32,
            /// Policies on a page.
            page_size: i32,
            /// Policies on all pages.
            total_count: i32,
        }
    }
}
