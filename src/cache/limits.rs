//! The time limit and the number of attempts of a load.

use std::time::Duration;

use crate::Call;

/// The time limit and the number of attempts of a call. A load has those of the call that started
/// it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    timeout: Option<Duration>,
    attempt_timeout: Option<Duration>,
    max_attempts: Option<u32>,
    is_idempotent: bool,
}

impl Limits {
    pub(super) fn new(call: &Call) -> Self {
        let options = call.options();
        Self {
            timeout: options.timeout,
            attempt_timeout: options.attempt_timeout,
            max_attempts: options.max_attempts,
            is_idempotent: call.is_idempotent(),
        }
    }
    /// Returns how long calls of another runtime wait for a load with these limits.
    pub(super) fn longest(&self) -> Duration {
        /// A client's default time limit of a call.
        const DEFAULT: Duration = Duration::from_secs(30);
        self.timeout.unwrap_or(DEFAULT)
    }
}
