//! Calls that change a secret: what is kept of it is out of date once they are through.

use std::sync::Arc;

use super::key::subject;
use super::refusal::is_refusal;
use super::shared::Shared;
use crate::api::policy::SetSecretPolicyRequest;
use crate::api::secret::{
    CreateSecretRequest, DeleteSecretRequest, PutSecretValueRequest, RestoreSecretRequest,
    RotateSecretRequest, UpdateSecretRequest, UpdateSecretRotationPolicyRequest,
    UpdateSecretVersionStageRequest,
};
use crate::{Action, BoxError, Call, Error, Outcome, Reply};

const CHANGES: &[&str] = &[
    CreateSecretRequest::INFO.name,
    DeleteSecretRequest::INFO.name,
    PutSecretValueRequest::INFO.name,
    RestoreSecretRequest::INFO.name,
    RotateSecretRequest::INFO.name,
    SetSecretPolicyRequest::INFO.name,
    UpdateSecretRequest::INFO.name,
    UpdateSecretRotationPolicyRequest::INFO.name,
    UpdateSecretVersionStageRequest::INFO.name,
];

/// A change of a secret that is on its way. Dropped, it forgets what is kept of the secret: a call
/// that was cancelled may have been acted on as well.
pub(super) struct Change {
    cache: Arc<Shared>,
    secret: Option<Box<str>>,
}

impl Change {
    /// The change that this call makes, if it makes one.
    pub(super) fn of(call: &Call, cache: &Arc<Shared>) -> Option<Self> {
        let is_change = CHANGES.contains(&call.action().name);
        let secret = subject(call).filter(|_| is_change)?.into();
        Some(Self { cache: Arc::clone(cache), secret: Some(secret) })
    }

    /// It is through: what is kept stays if nothing was changed.
    pub(super) fn ended(mut self, result: &Result<Reply, BoxError>) {
        let error = result.as_ref().err().and_then(|error| Error::find(&**error));
        if error.is_some_and(|error| error.outcome() == Outcome::NotSent || is_refusal(error)) {
            self.secret = None;
        }
    }
}

impl Drop for Change {
    fn drop(&mut self) {
        if let Some(secret) = &self.secret {
            self.cache.invalidate(secret);
        }
    }
}
