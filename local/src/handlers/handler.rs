//! The trait of a handler, and the handlers of all actions behind one type.

use alibabacloud_kms::middleware::payload::Payload;
use alibabacloud_kms::{Action, ActionInfo};

use super::context::Context;
use crate::engine::Fault;

/// Answers one action.
pub(super) trait Handle: Action {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<Self::Response>, Fault>;
}

/// A response without its request id, which is set later.
pub(crate) struct HandlerReply<R = Box<dyn Payload>> {
    pub(crate) response: R,
    /// For the header of the instance's dialect.
    pub(crate) key_version_id: Option<String>,
}

impl<R> From<R> for HandlerReply<R> {
    fn from(response: R) -> Self {
        Self { response, key_version_id: None }
    }
}

impl<R> HandlerReply<R> {
    /// The response with the key version for its header.
    pub(super) fn with_version(response: R, key_version_id: String) -> Self {
        Self { response, key_version_id: Some(key_version_id) }
    }
}

type HandleFn = fn(&dyn Payload, &Context<'_>) -> Result<HandlerReply, Fault>;

/// A [`Handle`] of any action.
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
