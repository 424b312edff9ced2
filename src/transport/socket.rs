//! The socket of a connection, at which the pool can look while hyper uses it.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::{Arc, Mutex, Weak};
use std::task::{Context, Poll};

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::lock::lock;

/// A TCP stream.
#[derive(Debug)]
pub(super) struct Socket(Arc<Mutex<TcpStream>>);

/// Looks at a socket without reading from it. Does not keep it open.
#[derive(Debug, Clone)]
pub(super) struct Peek(Weak<Mutex<TcpStream>>);

impl Socket {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self(Arc::new(Mutex::new(stream)))
    }

    pub(super) fn peek(&self) -> Peek {
        Peek(Arc::downgrade(&self.0))
    }

    fn poll<T>(&self, poll: impl FnOnce(Pin<&mut TcpStream>) -> T) -> T {
        poll(Pin::new(&mut lock(&self.0)))
    }
}

impl Peek {
    /// Returns `true` if the socket is open and nothing has arrived that is still to be read: no
    /// data and not its end.
    pub(super) fn is_quiet(&self) -> bool {
        let Some(socket) = self.0.upgrade() else { return false };
        // While another task holds it, the connection is being read or written.
        socket.try_lock().is_ok_and(|stream| has_nothing(&stream))
    }

    /// Returns `true` if something has arrived that is still to be read. Unlike
    /// [`is_quiet`](Self::is_quiet), it waits for a read or write that is going on.
    pub(super) fn has_something(&self) -> bool {
        self.0.upgrade().is_some_and(|socket| !has_nothing(&lock(&socket)))
    }
}

fn has_nothing(stream: &TcpStream) -> bool {
    let peeked = SockRef::from(stream).peek(&mut [MaybeUninit::uninit()]);
    peeked.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.poll(|stream| stream.poll_read(cx, buffer))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll(|stream| stream.poll_write(cx, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll(|stream| stream.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll(|stream| stream.poll_shutdown(cx))
    }

    fn is_write_vectored(&self) -> bool {
        self.poll(|stream| stream.is_write_vectored())
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll(|stream| stream.poll_write_vectored(cx, parts))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    async fn pair() -> (Socket, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (here, there) = tokio::join!(TcpStream::connect(address), listener.accept());
        (Socket::new(here.expect("connected")), there.expect("accepted").0)
    }

    /// Waits until the kernel has what the other end did.
    async fn arrived(socket: &Socket) {
        let mut byte = [0];
        std::future::poll_fn(|cx| {
            socket.poll(|stream| stream.poll_peek(cx, &mut ReadBuf::new(&mut byte)))
        })
        .await
        .expect("it arrives");
    }

    #[tokio::test]
    async fn a_socket_is_quiet_until_something_arrives_and_once_it_is_read() {
        let (mut socket, mut other) = pair().await;
        let peek = socket.peek();
        assert!(peek.is_quiet());
        other.write_all(b"x").await.expect("written");
        arrived(&socket).await;
        assert!(!peek.is_quiet());
        assert_eq!(socket.read_u8().await.expect("a byte"), b'x', "it is still there");
        assert!(peek.is_quiet());
        socket.write_all(b"y").await.expect("written");
        assert_eq!(other.read_u8().await.expect("a byte"), b'y');
    }

    #[tokio::test]
    async fn the_end_of_a_socket_is_seen_also_by_a_runtime_that_has_not_looked() {
        let (socket, other) = pair().await;
        let peek = socket.peek();
        drop(other);
        arrived(&socket).await;
        assert!(!peek.is_quiet());
        drop(socket);
        assert!(!peek.is_quiet(), "it is closed, though its peek is kept");
    }
}
