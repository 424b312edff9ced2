//! Tags on keys and secrets.

use crate::api::values::ResourceType;
use crate::{KmsClient, kms_api};

kms_api! {
    version = "2016-01-20";
    impl KmsClient;
    examples = "client";
    pub registry ACTIONS;

    /// A tag: a key and a value.
    pub object Tag {
        /// The key of the tag: up to 128 characters.
        key: Option<String>,
        /// The value of the tag: up to 128 characters.
        value: Option<String>,
    }

    /// A tag of a resource.
    pub object ResourceTag {
        /// The id of the resource.
        resource_id: Option<String>,
        /// The type of the resource.
        resource_type: Option<ResourceType>,
        /// The key of the tag: up to 128 characters.
        tag_key: Option<String>,
        /// The value of the tag: up to 128 characters.
        tag_value: Option<String>,
    }

    /// Adds tags to resources.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-tagresources"]
    pub action TagResources {
        gateways: shared;
        // The same tags again change nothing.
        idempotent: true;
        request {
            /// The id of the region, such as `cn-hangzhou`.
            region_id: String,
            /// The type of the resources: `key` or `secret`.
            resource_type: ResourceType,
            /// The ids of the resources: up to 50.
            resource_id: Vec<String> required,
            /// The tags: up to 20.
            tag: Vec<Tag> required,
        }
        response {}
    }

    /// Lists the tags of resources.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-listtagresources"]
    pub action ListTagResources {
        gateways: shared;
        idempotent: true;
        pages: tag_resources;
        request {
            /// The id of the region, such as `cn-hangzhou`.
            region_id: String,
            /// The type of the resources: `key` or `secret`.
            resource_type: ResourceType,
            /// The ids of the resources (default: all).
            resource_id: Vec<String>,
            /// The tags to list (default: all).
            tag: Vec<Tag>,
            /// The token of the previous page, which returns the page after it.
            next_token: Option<String>,
        }
        response {
            /// The tags.
            tag_resources: Vec<ResourceTag> each "TagResource",
            /// The token of the next page; absent on the last page.
            next_token: Option<String>,
        }
    }

    /// A tag of a key.
    pub object KeyTag {
        /// The id of the key.
        key_id: Option<String>,
        /// The key of the tag: up to 128 characters.
        tag_key: Option<String>,
        /// The value of the tag: up to 128 characters.
        tag_value: Option<String>,
    }

    /// Removes tags from resources.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-untagresources"]
    pub action UntagResources {
        gateways: shared;
        // A tag that is gone stays gone.
        idempotent: true;
        request {
            /// The id of the region, such as `cn-hangzhou`.
            region_id: String,
            /// The type of the resources: `key` or `secret`.
            resource_type: ResourceType,
            /// The ids of the resources: up to 50.
            resource_id: Vec<String> required,
            /// The keys of the tags: up to 20.
            tag_key: Vec<String>,
            /// Whether to remove all tags. Effective only without `TagKey`.
            all: Option<bool>,
        }
        response {}
    }

    /// Adds tags to a key, a secret or a certificate.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-tagresource"]
    pub action TagResource {
        gateways: shared;
        // The same tags again change nothing.
        idempotent: true;
        request {
            /// The tags: a JSON list of objects with `TagKey` and `TagValue`.
            tags: String,
            /// The id of the key.
            key_id: Option<String>,
            /// The name of the secret.
            secret_name: Option<String>,
            /// The id of the certificate.
            certificate_id: Option<String>,
        }
        response {}
    }

    /// Removes tags from a key, a secret or a certificate.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-untagresource"]
    pub action UntagResource {
        gateways: shared;
        // A tag that is gone stays gone.
        idempotent: true;
        request {
            /// The keys of the tags, as a JSON list.
            tag_keys: String,
            /// The id of the key.
            key_id: Option<String>,
            /// The name of the secret.
            secret_name: Option<String>,
            /// The id of the certificate.
            certificate_id: Option<String>,
        }
        response {}
    }

    /// Lists the tags of a key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-listresourcetags"]
    pub action ListResourceTags {
        gateways: shared;
        idempotent: true;
        request {
            /// Id, alias or ARN of the key.
            key_id: String,
        }
        response {
            /// The tags.
            tags: Vec<KeyTag> each "Tag",
        }
    }
}
