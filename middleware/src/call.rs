//! A call on its way down the stack.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, LazyLock};

use http::Extensions;

use crate::action::{Action, ActionInfo};
use crate::options::CallOptions;
use crate::payload::Payload;

/// One call of an action: the request type of call-level services.
///
/// A call is cheap to clone: clones share the request, and they share options and extensions until
/// a layer changes them.
#[derive(Clone)]
pub struct Call {
    action: &'static ActionInfo,
    request: Arc<dyn Payload>,
    /// `None` while they are the default ones.
    options: Option<Arc<CallOptions>>,
    /// `None` while there are none. Shared with the clones until one of them changes.
    extensions: Option<Arc<Extensions>>,
}

static DEFAULT_OPTIONS: LazyLock<Arc<CallOptions>> = LazyLock::new(Arc::default);
static NO_EXTENSIONS: LazyLock<Extensions> = LazyLock::new(Extensions::new);

/// Empty, with room for those that the layers add to a call and to its request: a clone has the same
/// room, so that neither grows.
static ROOMY: LazyLock<Extensions> = LazyLock::new(|| {
    let mut extensions = Extensions::new();
    extensions.insert([(); 0]);
    extensions.insert([(); 1]);
    extensions.insert([(); 2]);
    extensions.insert([(); 3]);
    extensions.clear();
    extensions
});

impl Call {
    /// Creates a call of the request's action with default options.
    pub fn new<A: Action>(request: A) -> Self {
        Self::from_parts(A::INFO, Arc::new(request))
    }

    /// Creates a call from an action's table and a request whose type is not known at compile time.
    ///
    /// The request must be of the action's request type, since codecs read it by that table.
    pub fn from_parts(action: &'static ActionInfo, request: Arc<dyn Payload>) -> Self {
        Self { action, request, options: None, extensions: None }
    }

    /// Returns this call with another request, for layers that translate actions.
    ///
    /// Options and extensions are kept.
    #[must_use]
    pub fn with_request<A: Action>(self, request: A) -> Self {
        Self { action: A::INFO, request: Arc::new(request), ..self }
    }

    /// Sets the options.
    #[must_use]
    pub fn with_options(mut self, options: CallOptions) -> Self {
        self.options = Some(Arc::new(options));
        self
    }

    /// Returns the action that is called.
    pub fn action(&self) -> &'static ActionInfo {
        self.action
    }

    /// Returns the request as an `A`, or `None` if it is of another type.
    pub fn request<A: Action>(&self) -> Option<&A> {
        let request: &dyn Any = &*self.request;
        request.downcast_ref()
    }

    /// Returns the request as a table of fields.
    pub fn payload(&self) -> &dyn Payload {
        &*self.request
    }

    /// Returns the options of this call.
    pub fn options(&self) -> &CallOptions {
        self.options.as_ref().unwrap_or(&DEFAULT_OPTIONS)
    }

    /// Returns the options of this call, to change them.
    pub fn options_mut(&mut self) -> &mut CallOptions {
        Arc::make_mut(self.options.get_or_insert_default())
    }

    /// Returns the options in an `Arc`, as the codec passes them to the HTTP level.
    pub fn shared_options(&self) -> Arc<CallOptions> {
        Arc::clone(self.options.as_ref().unwrap_or(&DEFAULT_OPTIONS))
    }

    /// Returns the typed values that layers and programs have attached.
    pub fn extensions(&self) -> &Extensions {
        self.extensions.as_deref().unwrap_or(&NO_EXTENSIONS)
    }

    /// Returns the typed values that layers and programs have attached, to change them.
    pub fn extensions_mut(&mut self) -> &mut Extensions {
        Arc::make_mut(self.extensions.get_or_insert_with(|| Arc::new(ROOMY.clone())))
    }

    /// Returns `true` if this call may be repeated after its answer was lost, according to its
    /// options or, if they do not say, the action's declaration.
    pub fn is_idempotent(&self) -> bool {
        self.options().idempotent.unwrap_or(self.action.idempotent)
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("action", &self.action.name)
            .field("request", &self.request)
            .field("options", &self.options())
            .finish_non_exhaustive()
    }
}
