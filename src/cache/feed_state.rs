//! The state of a feed: the last good value, and why there is no newer one.

use std::sync::Arc;

use super::refusal::is_refusal;
use crate::Error;
use crate::api::secret::GetSecretValueResponse;

/// The state of a feed.
#[derive(Default)]
pub(super) struct FeedState {
    pub(super) value: Option<Arc<GetSecretValueResponse>>,
    /// Counts the values, so that a stream recognizes a new one.
    number: u64,
    pub(super) error: Option<Error>,
}

impl FeedState {
    /// Returns the value, if it is newer than that with this number.
    pub(super) fn since(&self, number: u64) -> Option<(u64, Arc<GetSecretValueResponse>)> {
        let value = self.value.as_ref().filter(|_| self.number > number)?;
        Some((self.number, Arc::clone(value)))
    }

    /// Returns the id of the current version.
    pub(super) fn version(&self) -> Option<&str> {
        self.value.as_ref().map(|value| value.version_id.as_str())
    }

    /// Records an answer. Returns `true` if anything is new.
    pub(super) fn succeeded(&mut self, response: GetSecretValueResponse) -> bool {
        let recovered = self.error.take().is_some();
        let is_new = self.version() != Some(&response.version_id);
        if is_new {
            self.value = Some(Arc::new(response));
            self.number += 1;
        }
        is_new || recovered
    }

    /// Records a failure: a refusal removes the value, an outage does not.
    pub(super) fn failed(&mut self, error: Error) {
        if is_refusal(&error) {
            self.value = None;
        }
        self.error = Some(error);
    }
}
