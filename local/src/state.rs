//! What all requests share.

use std::fmt;

use alibabacloud_kms::{Clock, ContextAad};

use crate::auth::Nonces;
use crate::engine::Engine;
use crate::handlers::Context;
use crate::identity::Identity;

/// The keys, who may use them, and what was seen of their requests.
pub(crate) struct State {
    pub(crate) engine: Engine,
    pub(crate) identity: Identity,
    pub(crate) nonces: Nonces,
    pub(crate) clock: Clock,
    context_aad: ContextAad,
}

impl State {
    pub(crate) fn new(
        engine: Engine,
        identity: Identity,
        context_aad: ContextAad,
        clock: Clock,
    ) -> Self {
        Self { engine, identity, nonces: Nonces::default(), clock, context_aad }
    }

    /// What handlers know beside a request.
    pub(crate) fn context(&self) -> Context<'_> {
        Context {
            engine: &self.engine,
            context_aad: self.context_aad,
            encryption_context: None,
            key_version_id: None,
        }
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").finish_non_exhaustive()
    }
}
