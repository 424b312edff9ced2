//! What several answers say of a secret.

use std::time::Duration;

use alibabacloud_kms::JsonObject;

use crate::engine::SecretType;

/// Whether a secret is rotated: nothing is said of generic ones.
pub(super) fn rotation<T: From<&'static str>>(
    secret_type: SecretType,
    interval: Option<Duration>,
) -> Option<T> {
    let text = if interval.is_some() { "Enabled" } else { "Disabled" };
    secret_type.is_managed().then(|| text.into())
}

/// The time between rotations, in seconds.
pub(super) fn interval(interval: Option<Duration>) -> Option<String> {
    interval.map(|interval| format!("{}s", interval.as_secs()))
}

/// The configuration of a managed secret.
pub(super) fn config(secret_type: SecretType, config: &JsonObject) -> Option<String> {
    let text = serde_json::to_string(config).unwrap_or_default();
    secret_type.is_managed().then_some(text)
}
