//! The trait of handlers, and one type for the handlers of all actions.

use alibabacloud_kms::middleware::payload::Payload;
use alibabacloud_kms::{Action, ActionInfo};

use super::context::Context;
use crate::engine::Fault;

/// An action that the gateway can answer.
pub(super) trait Handle: Action {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<Self::Response>, Fault>;
}

/// A response without its request id, which is added later.
pub(crate) struct HandlerReply<R = Box<dyn Payload>> {
    pub(crate) response: R,
    /// The key version for the header of the instance's dialect.
    pub(crate) key_version_id: Option<String>,
}

impl<R> From<R> for HandlerReply<R> {
    fn from(response: R) -> Self {
        Self { response, key_version_id: None }
    }
}

impl<R> HandlerReply<R> {
    /// Creates a reply with a key version for its header.
    pub(super) fn with_version(response: R, key_version_id: String) -> Self {
        Self { response, key_version_id: Some(key_version_id) }
    }
}

type HandleFn = fn(&dyn Payload, &Context<'_>) -> Result<HandlerReply, Fault>;

/// The handler of an action, with the types of the action erased.
pub(super) struct Handler {
    pub(super) action: &'static ActionInfo,
    pub(super) handle: HandleFn,
}

impl Handler {
    pub(super) const fn new<A: Handle>() -> Self {
        Self {
            action: A::INFO,
            handle: |request, context| {
                let request: &A = request.downcast_ref().ok_or_else(Fault::internal)?;
                let HandlerReply { response, key_version_id } = request.handle(context)?;
                Ok(HandlerReply { response: Box::new(response), key_version_id })
            },
        }
    }
}
