//! The body of a response, which keeps its connection busy until it is read.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use pin_project_lite::pin_project;

use super::lease::Lease;

pin_project! {
    /// The body of a response.
    ///
    /// Reading it to its end returns its connection to the pool; dropping it earlier closes the
    /// connection.
    pub struct ResponseBody {
        #[pin]
        inner: Incoming,
        lease: Option<Lease>,
    }
}

impl ResponseBody {
    pub(super) fn new(inner: Incoming, lease: Lease) -> Self {
        let mut lease = Some(lease);
        if inner.is_end_stream() {
            give_back(&mut lease);
        }
        Self { inner, lease }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let mut this = self.project();
        let frame = std::task::ready!(this.inner.as_mut().poll_frame(cx));
        match &frame {
            Some(Ok(_)) if !this.inner.is_end_stream() => {}
            Some(Ok(_)) | None => give_back(this.lease),
            Some(Err(_)) => *this.lease = None,
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl fmt::Debug for ResponseBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseBody").finish_non_exhaustive()
    }
}

fn give_back(lease: &mut Option<Lease>) {
    if let Some(lease) = lease.take() {
        lease.give_back();
    }
}
