//! The body of a request at the HTTP level.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};

/// The body of a request at the HTTP level: in memory, so that it can be signed and sent again.
///
/// It may contain a plaintext. `Debug` shows only its length, so a request can be logged with
/// `{:?}`; [`bytes`](Self::bytes) returns the content for layers that need it. Clones share the
/// content.
///
/// ```
/// use alibabacloud_kms_middleware::Body;
///
/// let body = Body::from("SecretData=hunter2");
/// assert_eq!(format!("{body:?}"), "Body(18 bytes)");
/// assert_eq!(body.bytes(), "SecretData=hunter2");
/// ```
#[derive(Clone, Default)]
pub struct Body(Bytes);

impl Body {
    /// Creates a body of these bytes.
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        Self(bytes.into())
    }

    /// Returns the content.
    pub fn bytes(&self) -> &Bytes {
        &self.0
    }

    /// Returns the content and consumes the body.
    pub fn into_bytes(self) -> Bytes {
        self.0
    }
}

impl<B: Into<Bytes>> From<B> for Body {
    fn from(bytes: B) -> Self {
        Self::new(bytes)
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let bytes = std::mem::take(&mut self.0);
        Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.len() as u64)
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.0.len())
    }
}
