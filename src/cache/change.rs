//! Calls that change a secret or a key, which makes cached answers about it out of date.

use std::sync::Arc;

use super::key::subject;
use super::refusal::is_refusal;
use super::store::Store;
use crate::api::alias::{CreateAliasRequest, DeleteAliasRequest, UpdateAliasRequest};
use crate::api::key::{
    CancelKeyDeletionRequest, CreateKeyVersionRequest, DisableKeyRequest, EnableKeyRequest,
    ScheduleKeyDeletionRequest, SetDeletionProtectionRequest, UpdateKeyDescriptionRequest,
    UpdateRotationPolicyRequest,
};
use crate::api::key_material::{DeleteKeyMaterialRequest, ImportKeyMaterialRequest};
use crate::api::policy::{SetKeyPolicyRequest, SetSecretPolicyRequest};
use crate::api::secret::{
    CreateSecretRequest, DeleteSecretRequest, PutSecretValueRequest, RestoreSecretRequest,
    RotateSecretRequest, UpdateSecretRequest, UpdateSecretRotationPolicyRequest,
    UpdateSecretVersionStageRequest,
};
use crate::{Action, BoxError, Call, Error, Outcome, Reply};

/// A key has more names than the one in the call (id, ARN, aliases), and it encrypts secrets. Its
/// changes are rare, so they clear the whole cache.
const CHANGES_OF_KEYS: &[&str] = &[
    CancelKeyDeletionRequest::INFO.name,
    CreateAliasRequest::INFO.name,
    CreateKeyVersionRequest::INFO.name,
    DeleteAliasRequest::INFO.name,
    DeleteKeyMaterialRequest::INFO.name,
    DisableKeyRequest::INFO.name,
    EnableKeyRequest::INFO.name,
    ImportKeyMaterialRequest::INFO.name,
    ScheduleKeyDeletionRequest::INFO.name,
    SetDeletionProtectionRequest::INFO.name,
    SetKeyPolicyRequest::INFO.name,
    UpdateAliasRequest::INFO.name,
    UpdateKeyDescriptionRequest::INFO.name,
    UpdateRotationPolicyRequest::INFO.name,
];

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

/// A change in progress. Dropping it removes the answers about what it changes: a cancelled call
/// may have taken effect.
pub(super) struct Change {
    cache: Arc<Store>,
    forgets: Option<Forgets>,
}

enum Forgets {
    Secret(Box<str>),
    Everything,
}

impl Change {
    /// Returns the change that this call makes, if any.
    pub(super) fn from_call(call: &Call, cache: &Arc<Store>) -> Option<Self> {
        let forgets = if CHANGES_OF_KEYS.contains(&call.action().name) {
            Forgets::Everything
        } else {
            let is_change = CHANGES.contains(&call.action().name);
            Forgets::Secret(subject(call).filter(|_| is_change)?.into())
        };
        Some(Self { cache: Arc::clone(cache), forgets: Some(forgets) })
    }

    /// Records the result: answers are kept if nothing was changed.
    pub(super) fn ended(mut self, result: &Result<Reply, BoxError>) {
        let error = result.as_ref().err().and_then(|error| Error::find(&**error));
        if error.is_some_and(|error| error.outcome() == Outcome::NotSent || is_refusal(error)) {
            self.forgets = None;
        }
    }
}

impl Drop for Change {
    fn drop(&mut self) {
        match &self.forgets {
            Some(Forgets::Secret(secret)) => self.cache.invalidate(secret),
            Some(Forgets::Everything) => self.cache.clear(),
            None => {}
        }
    }
}
