//! Times that a clock may not be able to hold.

use std::time::Duration;

use tokio::time::Instant;

/// Returns a time after another, or one far in the future if the clock cannot represent it.
pub(crate) fn after(time: Instant, wait: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(30 * 365 * 86_400);
    time.checked_add(wait).unwrap_or_else(|| time + FAR)
}
