//! Buffers that leave no copy of their content behind.

use std::future::Future;
use std::ops::{Deref, DerefMut};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::Body;
use pin_project_lite::pin_project;
use zeroize::Zeroizing;

/// A buffer that is wiped as a whole when it is dropped.
///
/// `Zeroizing` alone wipes the elements of a vector byte by byte, which takes some µs for an answer
/// of 6 KB, and only the spare capacity in one go.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct SecretBuffer(Zeroizing<Vec<u8>>);

impl SecretBuffer {
    /// Creates an empty buffer with room for this many bytes.
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Zeroizing::new(Vec::with_capacity(capacity)).into()
    }
}

impl From<Zeroizing<Vec<u8>>> for SecretBuffer {
    fn from(buffer: Zeroizing<Vec<u8>>) -> Self {
        Self(buffer)
    }
}

impl From<SecretBuffer> for Zeroizing<Vec<u8>> {
    fn from(mut buffer: SecretBuffer) -> Self {
        std::mem::take(&mut buffer.0)
    }
}

impl Deref for SecretBuffer {
    type Target = Zeroizing<Vec<u8>>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for SecretBuffer {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl Drop for SecretBuffer {
    fn drop(&mut self) {
        // An empty buffer is all spare capacity, which `Zeroizing` wipes in one go.
        self.0.clear();
    }
}

/// Turns a buffer into a body that is wiped when it and all its clones are dropped.
///
/// Copies in the buffers of hyper and rustls are beyond our control.
pub fn wiped_on_drop(buffer: Zeroizing<Vec<u8>>) -> Bytes {
    struct Owner(SecretBuffer);

    impl AsRef<[u8]> for Owner {
        fn as_ref(&self) -> &[u8] {
            &self.0
        }
    }

    match buffer.is_empty() {
        true => Bytes::new(),
        false => Bytes::from_owner(Owner(buffer.into())),
    }
}

/// Appends bytes. An outgrown buffer is wiped.
pub fn append(buffer: &mut Zeroizing<Vec<u8>>, more: &[u8]) {
    reserve(buffer, more.len());
    buffer.extend_from_slice(more);
}

/// Makes room for more; when the buffer is outgrown, the old one is wiped.
pub(crate) fn reserve(buffer: &mut Zeroizing<Vec<u8>>, more: usize) {
    let needed = buffer.len().saturating_add(more);
    if needed > buffer.capacity() {
        let mut larger = Vec::with_capacity(needed.max(buffer.capacity().saturating_mul(2)));
        larger.extend_from_slice(buffer);
        drop(SecretBuffer(std::mem::replace(buffer, Zeroizing::new(larger))));
    }
}

/// Reads a body to its end. Returns `None` if it is longer than `limit` bytes; the rest is then not
/// read.
///
/// # Errors
///
/// Those of the body.
pub fn collect<B: Body<Data = Bytes>>(body: B, limit: usize) -> Collect<B> {
    let expected = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let buffer = (expected <= limit).then(|| SecretBuffer::with_capacity(expected));
    Collect { body, limit, buffer }
}

pin_project! {
    /// The future of [`collect`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Collect<B> {
        #[pin]
        body: B,
        limit: usize,
        buffer: Option<SecretBuffer>,
    }
}

impl<B: Body<Data = Bytes>> Future for Collect<B> {
    type Output = Result<Option<SecretBuffer>, B::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        while let Some(buffer) = this.buffer {
            let Some(frame) = ready!(this.body.as_mut().poll_frame(cx)) else { break };
            let frame = frame?;
            let Some(data) = frame.data_ref() else { continue };
            if data.len() > *this.limit - buffer.len() {
                *this.buffer = None;
            } else {
                append(buffer, data);
            }
        }
        Poll::Ready(Ok(this.buffer.take()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use http_body::{Frame, SizeHint};

    use super::*;

    /// A body of these parts, with or without a known length.
    struct Parts {
        parts: VecDeque<Result<&'static str, &'static str>>,
        length: u64,
    }

    impl Body for Parts {
        type Data = Bytes;
        type Error = &'static str;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
            let part = self.parts.pop_front();
            Poll::Ready(part.map(|part| part.map(|part| Frame::data(part.into()))))
        }

        fn size_hint(&self) -> SizeHint {
            let mut hint = SizeHint::new();
            hint.set_lower(self.length);
            hint
        }
    }

    #[tokio::test]
    async fn a_body_is_read_up_to_the_limit_whether_it_says_its_length_or_not() {
        for length in [0, 4] {
            for (limit, read) in [(4, Some("four")), (5, Some("four")), (3, None), (0, None)] {
                let body = Parts { parts: [Ok("fo"), Ok("ur")].into(), length };
                let read = read.map(|text| Zeroizing::new(text.as_bytes().to_vec()).into());
                assert_eq!(collect(body, limit).await, Ok(read), "{limit}");
            }
        }
    }

    #[tokio::test]
    async fn an_error_of_the_body_is_the_readers() {
        let body = Parts { parts: [Ok("a"), Err("broken")].into(), length: 0 };
        assert_eq!(collect(body, 100).await, Err("broken"));
    }

    #[test]
    fn a_body_holds_what_the_buffer_held() {
        assert_eq!(wiped_on_drop(b"plaintext".to_vec().into()), "plaintext");
        assert_eq!(wiped_on_drop(Zeroizing::default()), "");
    }
}
