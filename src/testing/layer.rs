//! The mock's layer above the stack, which sees calls before any other layer changes them.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use tower::{Layer, Service};

use super::captured::Origin;
use super::script::Script;
use crate::Call;

/// Creates [`Mock`] services.
///
/// It belongs below your own layers and above everything that turns calls into requests; its
/// [`MockTransport`](super::MockTransport) answers those requests. The clients of a
/// [`MockGateway`](super::MockGateway) have both.
#[derive(Clone)]
pub struct MockLayer {
    pub(super) script: Arc<Script>,
}

impl<S> Layer<S> for MockLayer {
    type Service = Mock<S>;

    fn layer(&self, inner: S) -> Mock<S> {
        Mock { inner, script: Arc::clone(&self.script) }
    }
}

/// Records calls and attaches each of them to its requests.
#[derive(Clone)]
pub struct Mock<S> {
    inner: S,
    script: Arc<Script>,
}

impl<S: Service<Call>> Service<Call> for Mock<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut call: Call) -> S::Future {
        self.script.record_call(call.clone());
        let origin = Arc::new(Origin::new(call.clone()));
        call.extensions_mut().insert(origin);
        self.inner.call(call)
    }
}

impl fmt::Debug for MockLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MockLayer")
    }
}

impl<S: fmt::Debug> fmt::Debug for Mock<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mock").field("inner", &self.inner).finish_non_exhaustive()
    }
}
