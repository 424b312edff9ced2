//! Envelopes chunk after chunk, over readers and writers of every temper.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use alibabacloud_kms::envelope::Envelope;
use alibabacloud_kms::{ErrorKind, Pairs};
use tokio::io::{AsyncBufRead, AsyncRead, AsyncReadExt, AsyncWrite, BufReader, ReadBuf};

use super::kms::Kms;
use super::{open, small, tenant};

/// Reads and writes some bytes at a time, and is pending every second time.
struct Trickle<I> {
    inner: I,
    bytes: usize,
    pending: bool,
}

impl<I> Trickle<I> {
    fn new(inner: I, bytes: usize) -> Self {
        Self { inner, bytes, pending: false }
    }

    fn is_pending(&mut self, cx: &Context<'_>) -> bool {
        self.pending = !self.pending;
        if self.pending {
            cx.waker().wake_by_ref();
        }
        self.pending
    }
}

impl AsyncRead for Trickle<&[u8]> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.is_pending(cx) {
            return Poll::Pending;
        }
        let bytes = self.bytes.min(buffer.remaining()).min(self.inner.len());
        let (now, later) = self.inner.split_at(bytes);
        buffer.put_slice(now);
        self.inner = later;
        Poll::Ready(Ok(()))
    }
}

impl AsyncBufRead for Trickle<&[u8]> {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let this = self.get_mut();
        if this.is_pending(cx) {
            return Poll::Pending;
        }
        Poll::Ready(Ok(&this.inner[..this.bytes.min(this.inner.len())]))
    }

    fn consume(mut self: Pin<&mut Self>, bytes: usize) {
        self.inner = &self.inner[bytes..];
    }
}

impl AsyncWrite for Trickle<Vec<u8>> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.is_pending(cx) {
            return Poll::Pending;
        }
        let written = self.bytes.min(bytes.len());
        self.inner.extend_from_slice(&bytes[..written]);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        panic!("the writer is the caller's")
    }
}

#[tokio::test]
async fn streams_and_slices_make_and_open_the_same_envelopes() {
    let (envelope, context) = (small(&Kms::new()), tenant("a"));
    for length in [0, 1, 1023, 1024, 1025, 2048, 2049, 5000] {
        let text: Vec<u8> = (0..length).map(|n: u32| n as u8).collect();
        let ways =
            [7, 1024, 1025, 1500, usize::MAX].map(|bytes| [false, true].map(|it| (bytes, it)));
        for &(bytes, lends) in ways.as_flattened() {
            let mut sealed = Trickle::new(Vec::new(), bytes);
            let reader = Trickle::new(&text[..], bytes);
            let sealing = if lends {
                envelope.seal_stream_buf("key", reader, &mut sealed, &context).await
            } else {
                envelope.seal_stream("key", reader, &mut sealed, &context).await
            };
            assert_eq!(sealing.expect("sealed"), u64::from(length));
            let sealed = sealed.inner;
            assert_eq!(open(&envelope, &sealed).await.as_deref(), Ok(&text[..]));

            let mut opened = Trickle::new(Vec::new(), bytes);
            let reader = Trickle::new(&sealed[..], bytes);
            let opening = if lends {
                envelope.open_stream_buf(reader, &mut opened, &context).await
            } else {
                envelope.open_stream(reader, &mut opened, &context).await
            };
            assert_eq!(opening.expect("opened"), u64::from(length));
            assert_eq!(opened.inner, text);
        }
    }
}

#[tokio::test]
async fn streams_run_on_tasks_of_their_own() {
    let envelope = small(&Kms::new());
    let (mut near, far) = tokio::io::duplex(100);
    let sealing = envelope.clone();
    let sealing = tokio::spawn(async move {
        sealing.seal_stream("key", &[7; 10_000][..], far, &tenant("a")).await
    });
    let opening = tokio::spawn(async move {
        let mut opened = Vec::new();
        envelope.open_stream(&mut near, &mut opened, &tenant("a")).await.map(|_| opened)
    });
    assert_eq!(sealing.await.expect("no panic").expect("sealed"), 10_000);
    assert_eq!(opening.await.expect("no panic").expect("opened"), [7; 10_000]);
}

#[tokio::test]
async fn only_authentic_chunks_are_written() {
    let kms = Kms::new();
    let envelope = small(&kms);
    let text: Vec<u8> = (0..3000).map(|n: u32| n as u8).collect();
    let sealed = envelope.seal("key", &text, &Pairs::new()).await.expect("sealed");
    let body = sealed.len() - (3000 + 3 * 16);
    for (at, authentic) in [
        (body - 1, 0),
        (body, 0),
        (body + 1039, 0),
        (body + 1040, 1024),
        (body + 2 * 1040, 2048),
        (sealed.len() - 1, 2048),
    ] {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        let mut written = Vec::new();
        let error = envelope.open_stream(&changed[..], &mut written, &Pairs::new()).await;
        let error = error.expect_err("changed");
        assert_eq!(error.kind(), ErrorKind::Envelope);
        assert_eq!(written, text[..authentic], "byte {at} is changed");
        let mut lent = Vec::new();
        let theirs = envelope.open_stream_buf(&changed[..], &mut lent, &Pairs::new()).await;
        assert_eq!(theirs.expect_err("changed").to_string(), error.to_string());
        assert_eq!(lent, written, "byte {at} is changed");
    }
    // Cut at the end of a chunk: nothing of the one that would be the last is handed on.
    let mut written = Vec::new();
    let cut = &sealed[..body + 2 * 1040];
    assert!(envelope.open_stream(cut, &mut written, &Pairs::new()).await.is_err());
    assert_eq!(written, text[..1024]);
    let mut lent = Vec::new();
    assert!(envelope.open_stream_buf(cut, &mut lent, &Pairs::new()).await.is_err());
    assert_eq!(lent, written);
}

#[tokio::test]
async fn a_streams_failure_is_the_cause() {
    let envelope = Envelope::new(Kms::new().client());
    let broken = || Broken(io::ErrorKind::ConnectionReset);
    let none = Pairs::new();
    let sealed = envelope.seal("key", b"text", &none).await.expect("sealed");
    let errors = [
        envelope.seal_stream("key", broken(), Vec::new(), &none).await,
        envelope.seal_stream("key", &b"text"[..], broken(), &none).await,
        envelope.open_stream(broken(), Vec::new(), &none).await,
        envelope
            .open_stream((&sealed[..sealed.len() - 1]).chain(broken()), Vec::new(), &none)
            .await,
        envelope.open_stream(&sealed[..], broken(), &none).await,
        envelope.seal_stream_buf("key", BufReader::new(broken()), Vec::new(), &none).await,
        envelope.seal_stream_buf("key", &b"text"[..], broken(), &none).await,
        envelope.open_stream_buf(BufReader::new(broken()), Vec::new(), &none).await,
        envelope.open_stream_buf(&sealed[..], broken(), &none).await,
    ];
    for error in errors {
        let error = error.expect_err("a broken stream");
        assert_eq!(error.kind(), ErrorKind::Io);
        let cause = std::error::Error::source(&error).expect("a cause");
        let cause: &io::Error = cause.downcast_ref().expect("the stream's own");
        assert_eq!(cause.kind(), io::ErrorKind::ConnectionReset);
    }
}

/// A reader and writer that fails.
struct Broken(io::ErrorKind);

impl AsyncRead for Broken {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Poll::Ready(Err(self.0.into()))
    }
}

impl AsyncWrite for Broken {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Err(self.0.into()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Err(self.0.into()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Err(self.0.into()))
    }
}
