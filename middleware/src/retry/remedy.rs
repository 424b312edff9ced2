//! Remedies of refusals, such as those for a wrong clock or a credential that is no longer valid.

use std::fmt;
use std::sync::Arc;

use crate::call::Call;
use crate::error::Error;

/// Repairs the cause of a refusal, so that the call can be sent again.
///
/// The service refused the call, so it can be repeated even if it is not idempotent. It is repeated
/// immediately, at most once per remedy and call, and this does not count towards the maximum
/// number of attempts.
pub trait Remedy: Send + Sync + fmt::Debug {
    /// Returns the reason in events and metrics, such as `clock_skew`.
    fn name(&self) -> &'static str;

    /// Repairs the cause of this error, if it can. Returns `true` if the next attempt may succeed.
    fn repair(&self, call: &Call, error: &Error) -> bool;
}

/// The remedies of a policy, and which of them were applied to the call. A clone allocates nothing
/// until one is applied.
#[derive(Debug, Clone, Default)]
pub(super) struct Remedies {
    all: Arc<Vec<Arc<dyn Remedy>>>,
    applied: Vec<usize>,
}

impl Remedies {
    pub(super) fn add(&mut self, remedy: Arc<dyn Remedy>) {
        Arc::make_mut(&mut self.all).push(remedy);
    }

    /// Applies the first unused remedy that repairs the cause of this error, and returns its name.
    pub(super) fn apply(&mut self, call: &Call, error: &Error) -> Option<&'static str> {
        for (index, remedy) in self.all.iter().enumerate() {
            if !self.applied.contains(&index) && remedy.repair(call, error) {
                self.applied.push(index);
                return Some(remedy.name());
            }
        }
        None
    }

    /// Returns the number of extra requests of the call.
    pub(super) fn applied(&self) -> u32 {
        u32::try_from(self.applied.len()).unwrap_or(u32::MAX)
    }
}
