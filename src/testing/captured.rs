//! What passed the mock: calls above the stack, requests below signing.

use std::fmt;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderMap, Method, Uri};

use super::entry::Entry;
use crate::lock::lock;
use crate::{ActionInfo, Call, Payload};

/// A request as it would have gone over the network, signed.
///
/// Its parts are all there, secrets too, for tests to look at; `Debug` shows none of them.
#[derive(Clone)]
pub struct CapturedRequest {
    pub(super) origin: Arc<Origin>,
    pub(super) operation: &'static ActionInfo,
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl CapturedRequest {
    /// The call that it was made for.
    pub fn call(&self) -> &Call {
        &self.origin.call
    }

    /// The name of what it asks for: of the call's action, or of the native operation that a call on
    /// the instance was transferred to.
    pub fn operation(&self) -> &'static str {
        self.operation.name
    }

    /// `POST` or `GET`.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Gateway and query: in the RPC dialect most parameters are there.
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// All headers, those of the signature too.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// A header's value, if it is a text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body: a form in the RPC dialect, protobuf in the instance's own.
    pub fn body(&self) -> &Bytes {
        &self.body
    }
}

impl fmt::Debug for CapturedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        struct Names<'a>(&'a HeaderMap);
        impl fmt::Debug for Names<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_set().entries(self.0.keys()).finish()
            }
        }
        f.debug_struct("CapturedRequest")
            .field("operation", &self.operation.name)
            .field("method", &self.method)
            .field("host", &self.uri.host())
            .field("headers", &Names(&self.headers))
            .field("body", &format_args!("[{} bytes]", self.body.len()))
            .finish()
    }
}

/// A call, as it came to the stack: it goes with each of its requests as an extension.
pub(super) struct Origin {
    pub(super) call: Call,
    answered: Mutex<Option<Answered>>,
}

/// The call's own answer, from its first request on.
#[derive(Clone)]
pub(super) struct Answered {
    pub(super) operation: &'static ActionInfo,
    pub(super) answer: Arc<dyn Payload>,
    pub(super) rule: Arc<Entry>,
}

impl Origin {
    pub(super) fn new(call: Call) -> Self {
        Self { call, answered: Mutex::default() }
    }

    pub(super) fn remember(&self, answered: Answered) {
        *lock(&self.answered) = Some(answered);
    }

    /// The answer that an earlier request of the call had, if this is another part of the call: a
    /// data key on the instance takes two operations, and both are parts of one answer.
    pub(super) fn answered_before(&self, operation: &'static ActionInfo) -> Option<Answered> {
        let answered = lock(&self.answered).clone();
        answered.filter(|before| !std::ptr::eq(before.operation, operation))
    }
}
