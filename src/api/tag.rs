//! Tags on keys and secrets.

use crate::api::values::ResourceType;
use crate::{KmsClient, kms_api};

kms_api! {
    version = "2016-01-20";
    impl KmsClient;
    pub registry ACTIONS;

    /// A tag.
    pub object Tag {
        /// The tag's key.
        key: Option<String>,
        /// The tag's value.
        value: Option<String>,
    }

    /// A tag on a resource.
    pub object ResourceTag {
        /// The resource's id.
        resource_id: Option<String>,
        /// The resource's type.
        resource_type: Option<ResourceType>,
        /// The tag's key.
        tag_key: Option<String>,
        /// The tag's value.
        tag_value: Option<String>,
    }

    /// Puts tags on resources.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-tagresources"]
    pub action TagResources {
        gateways: shared;
        // The same tags again change nothing.
        idempotent: true;
        request {
            /// The region, such as `cn-hangzhou`.
            region_id: String,
            /// `key` or `secret`.
            resource_type: ResourceType,
            /// The resources, 50 at most.
            resource_id: Vec<String> required,
            /// The tags, 20 at most.
            tag: Vec<Tag> required,
        }
        response {}
    }

    /// Lists the tags on resources.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-listtagresources"]
    pub action ListTagResources {
        gateways: shared;
        idempotent: true;
        pages: tag_resources;
        request {
            /// The region, such as `cn-hangzhou`.
            region_id: String,
            /// `key` or `secret`.
            resource_type: ResourceType,
            /// The resources; all unless told.
            resource_id: Vec<String>,
            /// Only these tags.
            tag: Vec<Tag>,
            /// Where the page before ended.
            next_token: Option<String>,
        }
        response {
            /// The tags.
            tag_resources: Vec<ResourceTag> each "TagResource",
            /// Where this page ends; none on the last.
            next_token: Option<String>,
        }
    }

    /// A tag of a key.
    pub object KeyTag {
        /// The key's id.
        key_id: Option<String>,
        /// The tag's key.
        tag_key: Option<String>,
        /// The tag's value.
        tag_value: Option<String>,
    }

    /// Takes tags off resources.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-untagresources"]
    pub action UntagResources {
        gateways: shared;
        // A tag that is gone stays gone.
        idempotent: true;
        request {
            /// The region, such as `cn-hangzhou`.
            region_id: String,
            /// What the resources are.
            resource_type: ResourceType,
            /// The resources, 50 at most.
            resource_id: Vec<String> required,
            /// The keys of the tags, 20 at most.
            tag_key: Vec<String>,
            /// Whether to take all tags off; only where no key is given.
            all: Option<bool>,
        }
        response {}
    }

    /// Puts tags on a key, a secret or a certificate.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-tagresource"]
    pub action TagResource {
        gateways: shared;
        // The same tags again change nothing.
        idempotent: true;
        request {
            /// The tags, as a JSON list of `TagKey` and `TagValue`.
            tags: String,
            /// The key's id.
            key_id: Option<String>,
            /// The secret's name.
            secret_name: Option<String>,
            /// The certificate's id.
            certificate_id: Option<String>,
        }
        response {}
    }

    /// Takes tags off a key, a secret or a certificate.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-untagresource"]
    pub action UntagResource {
        gateways: shared;
        // A tag that is gone stays gone.
        idempotent: true;
        request {
            /// The keys of the tags, as a JSON list.
            tag_keys: String,
            /// The key's id.
            key_id: Option<String>,
            /// The secret's name.
            secret_name: Option<String>,
            /// The certificate's id.
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
            /// Key id, alias or ARN.
            key_id: String,
        }
        response {
            /// The tags.
            tags: Vec<KeyTag> each "Tag",
        }
    }
}
