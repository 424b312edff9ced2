//! Groups of actions that share a limit, and the published groups.

use std::time::Duration;

/// A group of actions that share a limit: a number of calls per period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct QuotaGroup {
    /// The name of the group in errors.
    pub name: &'static str,
    /// The wire names of its actions.
    pub actions: &'static [&'static str],
    /// The maximum number of calls in a period.
    pub limit: u32,
    /// The period.
    pub period: Duration,
}

impl QuotaGroup {
    /// Creates a group with a limit in calls per second.
    pub const fn new(
        name: &'static str,
        actions: &'static [&'static str],
        limit_per_second: u32,
    ) -> Self {
        Self { name, actions, limit: limit_per_second, period: Duration::from_secs(1) }
    }

    /// Sets the period of the limit (default 1 second).
    #[must_use]
    pub const fn period(mut self, period: Duration) -> Self {
        self.period = period;
        self
    }
}

/// The limits of the shared gateway for an account in a region.
///
/// For some groups (activation, instances, reading keys, tags of keys, creating keys), the service
/// lists the actions. For the others it has only a description, and the actions here are those that
/// match it.
pub const SHARED_GATEWAY: &[QuotaGroup] = &[
    QuotaGroup::new("activation", &["DescribeAccountKmsStatus", "OpenKmsService"], 1),
    QuotaGroup::new(
        "changes of instances",
        &["ConnectKmsInstance", "ReleaseKmsInstance", "UpdateKmsInstanceBindVpc"],
        10,
    ),
    QuotaGroup::new(
        "queries of instances",
        &[
            "GetDefaultKmsInstance",
            "GetKmsInstance",
            "GetKmsInstanceQuotaInfos",
            "ListKmsInstances",
        ],
        50,
    ),
    QuotaGroup::new(
        "queries of keys",
        &[
            "DescribeKey",
            "DescribeKeyVersion",
            "DescribeRegions",
            "GetParametersForImport",
            "GetPublicKey",
            "ListAliases",
            "ListAliasesByKeyId",
            "ListKeyVersions",
            "ListKeys",
            "ListTagResources",
        ],
        50,
    ),
    QuotaGroup::new("tags of a key", &["ListResourceTags"], 300),
    QuotaGroup::new("creation of keys", &["CreateKey"], 10),
    QuotaGroup::new(
        "changes of keys",
        &[
            "CancelKeyDeletion",
            "CreateAlias",
            "CreateKeyVersion",
            "DeleteAlias",
            "DeleteKeyMaterial",
            "DisableKey",
            "EnableKey",
            "ImportKeyMaterial",
            "ScheduleKeyDeletion",
            "SetDeletionProtection",
            "TagResource",
            "TagResources",
            "UntagResource",
            "UntagResources",
            "UpdateAlias",
            "UpdateKeyDescription",
            "UpdateRotationPolicy",
        ],
        30,
    ),
    QuotaGroup::new(
        "symmetric cryptography",
        &[
            "Decrypt",
            "Encrypt",
            "ExportDataKey",
            "GenerateAndExportDataKey",
            "GenerateDataKey",
            "GenerateDataKeyWithoutPlaintext",
            "ReEncrypt",
        ],
        1000,
    ),
    QuotaGroup::new(
        "asymmetric cryptography",
        &["AsymmetricDecrypt", "AsymmetricEncrypt", "AsymmetricSign", "AsymmetricVerify"],
        200,
    ),
    QuotaGroup::new("creation and deletion of secrets", &["CreateSecret", "DeleteSecret"], 10),
    QuotaGroup::new("values of secrets", &["DescribeSecret", "GetSecretValue"], 450),
    QuotaGroup::new(
        "lists and changes of secrets",
        &[
            "GetRandomPassword",
            "ListSecretVersionIds",
            "ListSecrets",
            "PutSecretValue",
            "RestoreSecret",
            "UpdateSecret",
            "UpdateSecretRotationPolicy",
            "UpdateSecretVersionStage",
        ],
        40,
    ),
    QuotaGroup::new("rotation of secrets", &["RotateSecret"], 50).period(Duration::from_secs(3600)),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_action_of_a_published_group_is_declared_and_in_one_group() {
        let mut seen = HashSet::new();
        for group in SHARED_GATEWAY {
            assert!(group.limit > 0 && !group.actions.is_empty(), "{group:?}");
            for action in group.actions {
                assert!(seen.insert(action), "{action} is in two groups");
                assert!(crate::api::find(action).is_some(), "{action} is not declared");
            }
        }
    }
}
