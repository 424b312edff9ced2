//! What can be put right after a refusal: a clock that is off, a credential that is void.

use std::fmt;
use std::sync::Arc;

use crate::call::Call;
use crate::error::Error;

/// Puts something right when a gateway refused a call for its lack.
///
/// The service refused the call, so that it can be repeated whether it is idempotent or not; that
/// happens once for each remedy in a call, at once and beside the attempts that are allowed.
pub trait Remedy: Send + Sync + fmt::Debug {
    /// The reason that events and metrics name, such as `clock_skew`.
    fn name(&self) -> &'static str;

    /// Puts it right if the error is of this kind; whether the next attempt may fare better.
    fn put_right(&self, call: &Call, error: &Error) -> bool;
}

/// The remedies of a policy, and which of them the call has had. A clone allocates nothing until one is
/// applied.
#[derive(Debug, Clone, Default)]
pub(super) struct Remedies {
    all: Arc<Vec<Arc<dyn Remedy>>>,
    applied: Vec<usize>,
}

impl Remedies {
    pub(super) fn add(&mut self, remedy: Arc<dyn Remedy>) {
        Arc::make_mut(&mut self.all).push(remedy);
    }

    /// Applies the first that helps against this error, and returns its name.
    pub(super) fn apply(&mut self, call: &Call, error: &Error) -> Option<&'static str> {
        for (index, remedy) in self.all.iter().enumerate() {
            if !self.applied.contains(&index) && remedy.put_right(call, error) {
                self.applied.push(index);
                return Some(remedy.name());
            }
        }
        None
    }

    /// The number of requests that they gave to the call.
    pub(super) fn applied(&self) -> u32 {
        u32::try_from(self.applied.len()).unwrap_or(u32::MAX)
    }
}
