//! The bytes under a connection.

use tokio::io::{AsyncRead, AsyncWrite};

/// TCP, or TLS over another stream.
///
/// It is one type whatever it is made of, so that TLS and HTTP are compiled for one type.
pub(super) type Stream = Box<dyn ReadWrite>;

/// What is read and written by the task of a connection.
pub(super) trait ReadWrite: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> ReadWrite for T {}
