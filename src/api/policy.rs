//! Policies: who may use a key or a secret, and what applications may do with an instance.

use crate::{KmsClient, kms_api};

kms_api! {
    version = "2016-01-20";
    impl KmsClient;
    examples = "client";
    pub registry ACTIONS;

    /// A permission policy in a list.
    pub object PolicyEntry {
        /// The name of the policy.
        name: String,
    }

    /// Returns the policy of a key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-getkeypolicy"]
    pub action GetKeyPolicy {
        gateways: shared;
        idempotent: true;
        request {
            /// Id or ARN of the key.
            key_id: String,
            /// The name of the policy: `default`, the only one.
            policy_name: Option<String>,
        }
        response {
            /// The policy, as JSON.
            policy: String,
        }
    }

    /// Sets the policy of a key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-setkeypolicy"]
    pub action SetKeyPolicy {
        gateways: shared;
        // The same policy again changes nothing.
        idempotent: true;
        request {
            /// Id or ARN of the key.
            key_id: String,
            /// The policy, as JSON: up to 32,768 bytes.
            policy: String,
            /// The name of the policy: `default`, the only one.
            policy_name: Option<String>,
        }
        response {}
    }

    /// Returns the policy of a secret.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-getsecretpolicy"]
    pub action GetSecretPolicy {
        gateways: shared;
        idempotent: true;
        request {
            /// Name or ARN of the secret.
            secret_name: String,
            /// The name of the policy: `default`, the only one.
            policy_name: Option<String>,
        }
        response {
            /// The policy, as JSON.
            policy: String,
        }
    }

    /// Sets the policy of a secret.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-setsecretpolicy"]
    pub action SetSecretPolicy {
        gateways: shared;
        // The same policy again changes nothing.
        idempotent: true;
        request {
            /// Name or ARN of the secret.
            secret_name: String,
            /// The policy, as JSON: up to 32,768 bytes.
            policy: String,
            /// The name of the policy: `default`, the only one.
            policy_name: Option<String>,
        }
        response {}
    }

    /// Creates a permission policy for application access points.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-createpolicy"]
    pub action CreatePolicy {
        gateways: shared;
        // A repeated call is refused: the policy exists.
        idempotent: false;
        request {
            /// The name of the policy.
            name: String,
            /// The permissions, as a JSON list: `RbacPermission/Template/CryptoServiceKeyUser` (use
            /// keys), `RbacPermission/Template/CryptoServiceSecretUser` (read secrets).
            permissions: String,
            /// The keys and secrets: a JSON list of `key/…` and `secret/…`, where `*` stands for
            /// all.
            resources: String,
            /// The id of the instance that the policy applies to.
            kms_instance: Option<String>,
            /// The network rules: a JSON object whose member `NetworkRules` lists their names.
            access_control_rules: Option<String>,
            /// The description of the policy.
            description: Option<String>,
        }
        response {
            /// The ARN of the policy.
            arn: Option<String>,
            /// The name of the policy.
            name: String,
            /// The permissions, as a JSON list.
            permissions: Option<String>,
            /// The keys and secrets, as a JSON list.
            resources: Option<String>,
            /// The instance.
            kms_instance: Option<String>,
            /// The network rules, as JSON.
            access_control_rules: Option<String>,
            /// The description of the policy.
            description: Option<String>,
        }
    }

    /// Changes a permission policy. Parameters that are not set stay as they are.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-updatepolicy"]
    pub action UpdatePolicy {
        gateways: shared;
        // The same policy again changes nothing.
        idempotent: true;
        request {
            /// The name of the policy.
            name: String,
            /// The permissions, as a JSON list.
            permissions: Option<String>,
            /// The keys and secrets, as a JSON list.
            resources: Option<String>,
            /// The network rules: a JSON object whose member `NetworkRules` lists their names.
            access_control_rules: Option<String>,
            /// The description of the policy.
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
            /// The name of the policy.
            name: String,
        }
        response {}
    }

    /// Returns the description of a permission policy.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-describepolicy"]
    pub action DescribePolicy {
        gateways: shared;
        idempotent: true;
        request {
            /// The name of the policy.
            name: String,
        }
        response {
            /// The ARN of the policy.
            arn: Option<String>,
            /// The name of the policy.
            name: String,
            /// The permissions.
            permissions: Vec<String>,
            /// The keys and secrets.
            resources: Vec<String>,
            /// The instance.
            kms_instance: Option<String>,
            /// The network rules, as JSON.
            access_control_rules: Option<String>,
            /// The description of the policy.
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
            /// The number of the page, from 1 (default 1).
            page_number: Option<i32>,
            /// The maximum number of policies on a page: 1 to 100 (default 20).
            page_size: Option<i32>,
        }
        response {
            /// The policies on this page.
            policies: Vec<PolicyEntry> each "Policy",
            /// The number of this page.
            page_number: i32,
            /// The maximum number of policies on a page.
            page_size: i32,
            /// The number of policies on all pages.
            total_count: i32,
        }
    }
}
