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

/// The remedies of a policy, and which of them the call has had.
#[derive(Debug, Clone, Default)]
pub(super) struct Remedies(Vec<(Arc<dyn Remedy>, bool)>);

impl Remedies {
    pub(super) fn add(&mut self, remedy: Arc<dyn Remedy>) {
        self.0.push((remedy, false));
    }

    /// Applies the first that helps against this error, and gives its name.
    pub(super) fn apply(&mut self, call: &Call, error: &Error) -> Option<&'static str> {
        let fresh = self.0.iter_mut().filter(|(_, applied)| !applied);
        for (remedy, applied) in fresh {
            if remedy.put_right(call, error) {
                *applied = true;
                return Some(remedy.name());
            }
        }
        None
    }

    /// How many requests they gave to the call.
    pub(super) fn applied(&self) -> u32 {
        self.0.iter().map(|(_, applied)| u32::from(*applied)).sum()
    }
}
