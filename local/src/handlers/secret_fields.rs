//! Fields that several responses about secrets share.

use std::time::Duration;

use alibabacloud_kms::JsonObject;

use crate::engine::SecretType;

/// Returns whether a secret is rotated, or `None` for a generic secret.
pub(super) fn rotation<T: From<&'static str>>(
    secret_type: SecretType,
    interval: Option<Duration>,
) -> Option<T> {
    let text = if interval.is_some() { "Enabled" } else { "Disabled" };
    secret_type.is_managed().then(|| text.into())
}

/// Returns the time between rotations in the form `604800s`.
pub(super) fn interval(interval: Option<Duration>) -> Option<String> {
    interval.map(|interval| format!("{}s", interval.as_secs()))
}

/// Returns the configuration of a managed secret, or `None` for a generic secret.
pub(super) fn config(secret_type: SecretType, config: &JsonObject) -> Option<String> {
    let text = serde_json::to_string(config).unwrap_or_default();
    secret_type.is_managed().then_some(text)
}
