//! The user's own handlers: for actions that this crate does not know, or instead of its handlers.

use std::fmt;
use std::sync::Arc;

use alibabacloud_kms::middleware::payload::Payload;
use alibabacloud_kms::middleware::wire::parameters;
use alibabacloud_kms::{Action, ActionInfo, Dialect, Error, Gateway};

use super::handler::HandlerReply;
use crate::auth::Refusal;
use crate::engine::Fault;

type HandleFn = dyn Fn(&dyn Payload) -> Result<Box<dyn Payload>, Refusal> + Send + Sync;

/// The user's own handlers, at most one for each action.
#[derive(Clone, Default)]
pub(crate) struct OwnHandlers(Vec<OwnHandler>);

/// One of the user's own handlers, for any action.
#[derive(Clone)]
pub(crate) struct OwnHandler {
    action: &'static ActionInfo,
    handle: Arc<HandleFn>,
}

impl OwnHandlers {
    /// Adds a handler, which replaces an earlier handler of the same action.
    pub(crate) fn add<A: Action>(
        &mut self,
        handler: impl Fn(&A) -> Result<A::Response, Error> + Send + Sync + 'static,
    ) {
        self.0.retain(|own| !own.is_of(A::INFO.dialect, A::INFO.name));
        let handle = move |request: &dyn Payload| {
            let request: &A = request.downcast_ref().ok_or_else(Fault::internal)?;
            let response = handler(request)?;
            Ok(Box::new(response) as Box<dyn Payload>)
        };
        self.0.push(OwnHandler { action: A::INFO, handle: Arc::new(handle) });
    }

    /// Returns the handler of the action with this name, if there is one.
    pub(crate) fn find(&self, dialect: Dialect, name: &str) -> Option<&OwnHandler> {
        self.0.iter().find(|own| own.is_of(dialect, name))
    }

    /// Returns the names of the actions that have a handler.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.0.iter().map(|own| own.action.name).collect()
    }
}

impl OwnHandler {
    /// Returns the action of the handler.
    pub(crate) fn action(&self) -> &'static ActionInfo {
        self.action
    }

    /// Answers a request, which must be of the action's type.
    pub(crate) fn answer(&self, request: &dyn Payload) -> Result<HandlerReply, Refusal> {
        if let Some(field) = parameters::missing(request, Gateway::Instance) {
            return Err(Fault::missing(field.name).into());
        }
        Ok(HandlerReply { response: (self.handle)(request)?, key_version_id: None })
    }

    fn is_of(&self, dialect: Dialect, name: &str) -> bool {
        self.action.dialect == dialect && self.action.name == name
    }
}

impl fmt::Debug for OwnHandlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|own| own.action.name)).finish()
    }
}
