//! A call on its way down the stack.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use http::Extensions;

use crate::action::{Action, ActionInfo};
use crate::options::CallOptions;
use crate::payload::Payload;

/// One call of an action: what the call-level services take.
///
/// Cheap to clone: the request is shared, the options are copied when a layer changes them.
#[derive(Clone)]
pub struct Call {
    action: &'static ActionInfo,
    request: Arc<dyn Payload>,
    options: Arc<CallOptions>,
    extensions: Extensions,
}

impl Call {
    /// A call of the request's action with default options.
    pub fn new<A: Action>(request: A) -> Self {
        Self::from_parts(A::INFO, Arc::new(request))
    }

    /// A call of an action that is known by its table only.
    ///
    /// The request must be of the action's request type: codecs read it by that table.
    pub fn from_parts(action: &'static ActionInfo, request: Arc<dyn Payload>) -> Self {
        Self { action, request, options: Arc::default(), extensions: Extensions::new() }
    }

    /// The same call, made of another request: what a layer that translates actions sends on.
    ///
    /// Options and extensions are kept.
    #[must_use]
    pub fn with_request<A: Action>(self, request: A) -> Self {
        Self { action: A::INFO, request: Arc::new(request), ..self }
    }

    /// Sets the options.
    #[must_use]
    pub fn with_options(mut self, options: CallOptions) -> Self {
        self.options = Arc::new(options);
        self
    }

    /// The action that is called.
    pub fn action(&self) -> &'static ActionInfo {
        self.action
    }

    /// The request as the type it is, if it is that type.
    pub fn request<A: Action>(&self) -> Option<&A> {
        let request: &dyn Any = &*self.request;
        request.downcast_ref()
    }

    /// The request, whatever its type.
    pub fn payload(&self) -> &dyn Payload {
        &*self.request
    }

    /// What the user set for this call.
    pub fn options(&self) -> &CallOptions {
        &self.options
    }

    /// What the user set for this call, to be changed on the way.
    pub fn options_mut(&mut self) -> &mut CallOptions {
        Arc::make_mut(&mut self.options)
    }

    /// The options, to be handed to the HTTP level.
    pub fn shared_options(&self) -> Arc<CallOptions> {
        Arc::clone(&self.options)
    }

    /// Typed values that layers and users attach.
    pub fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    /// Typed values that layers and users attach, to be changed.
    pub fn extensions_mut(&mut self) -> &mut Extensions {
        &mut self.extensions
    }

    /// Whether this call may be repeated: the call's own word, else the action's.
    pub fn is_idempotent(&self) -> bool {
        self.options.idempotent.unwrap_or(self.action.idempotent)
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("action", &self.action.name)
            .field("request", &self.request)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
