//! The state that all requests share.

use std::fmt;
use std::sync::Arc;

use alibabacloud_kms::Clock;
use alibabacloud_kms::transfer::ContextAad;

use crate::auth::Nonces;
use crate::clock::MovableClock;
use crate::engine::Engine;
use crate::faults::Faults;
use crate::handlers::{Context, OwnHandlers};
use crate::principals::Principals;
use crate::request_log::RequestLog;

/// The service, its callers, and the nonces of their requests; clones share all of it.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) engine: Engine,
    pub(crate) identity: Arc<Principals>,
    pub(crate) nonces: Arc<Nonces>,
    /// The clock of requests.
    pub(crate) clock: Clock,
    /// The clock of keys and secrets.
    pub(crate) ages_by: MovableClock,
    pub(crate) own: OwnHandlers,
    pub(crate) faults: Arc<Faults>,
    pub(crate) log: RequestLog,
    pub(crate) context_aad: ContextAad,
}

impl State {
    /// Returns the state for one request: its engine can wait until the changes of that request are
    /// stored.
    pub(crate) fn for_request(&self) -> Self {
        Self { engine: self.engine.for_request(), ..self.clone() }
    }

    /// Returns the context of handlers.
    pub(crate) fn context(&self) -> Context<'_> {
        Context {
            engine: &self.engine,
            context_aad: self.context_aad,
            encryption_context: None,
            key_version_id: None,
            given: None,
        }
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").finish_non_exhaustive()
    }
}
