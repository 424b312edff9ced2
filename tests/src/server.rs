//! A server on loopback that answers every request with given bytes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// Serves until it is dropped.
pub struct Server {
    address: SocketAddr,
    requests: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

/// What the server does with a request.
#[derive(Clone)]
pub enum Behaviour {
    /// Writes these bytes and closes.
    Answer(Vec<u8>),
    /// Reads the request and closes.
    Close,
    /// Reads the request and never answers.
    Hang,
}

impl Behaviour {
    /// A whole answer.
    pub fn answer(status: &str, content_type: &str, body: &[u8]) -> Self {
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\n\
             connection: close\r\n\r\n",
            body.len(),
        );
        Self::Answer([head.as_bytes(), body].concat())
    }
}

impl Server {
    /// Starts without TLS.
    pub async fn http(behaviour: Behaviour) -> Self {
        Self::start(behaviour, None).await
    }

    /// Starts with TLS.
    pub async fn tls(behaviour: Behaviour, acceptor: TlsAcceptor) -> Self {
        Self::start(behaviour, Some(acceptor)).await
    }

    async fn start(behaviour: Behaviour, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let requests = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&requests);
        let task = tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else {
                    continue;
                };
                let connection = serve(stream, tls.clone(), behaviour.clone(), counter.clone());
                tokio::spawn(connection);
            }
        });
        Self { address, requests, task }
    }

    /// Returns the address on which it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many whole requests arrived.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    behaviour: Behaviour,
    requests: Arc<AtomicUsize>,
) {
    match tls {
        None => answer(stream, behaviour, &requests).await,
        // A client that refuses our certificate ends the handshake.
        Some(tls) => {
            if let Ok(stream) = tls.accept(stream).await {
                answer(stream, behaviour, &requests).await;
            }
        }
    }
}

async fn answer<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    behaviour: Behaviour,
    requests: &AtomicUsize,
) {
    let Some(request) = read_request(&mut stream).await else {
        return;
    };
    requests.fetch_add(1, Ordering::SeqCst);
    if lacks_length(&request) {
        let _ = stream.write_all(LENGTH_REQUIRED).await;
        let _ = stream.shutdown().await;
        return;
    }
    match behaviour {
        Behaviour::Answer(bytes) => {
            // The client may have closed: some answers are too large for it.
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Behaviour::Close => {}
        Behaviour::Hang => std::future::pending().await,
    }
}

/// What servers of the Tengine, lighttpd and IIS families answer to a request that [lacks its
/// length](lacks_length).
pub const LENGTH_REQUIRED: &[u8] =
    b"HTTP/1.1 411 Length Required\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// Returns `true` if a request whose method lets a server expect a body says nothing of its length.
pub fn lacks_length(request: &[u8]) -> bool {
    let head =
        request.split(|byte| *byte == b'\n').take_while(|line| !line.trim_ascii().is_empty());
    let head: Vec<String> =
        head.map(|line| String::from_utf8_lossy(line).to_ascii_lowercase()).collect();
    let expects_body =
        head.first().is_some_and(|line| line.starts_with("post ") || line.starts_with("put "));
    let has_length = |line: &String| {
        line.starts_with("content-length:") || line.starts_with("transfer-encoding:")
    };
    expects_body && !head.iter().any(has_length)
}

/// Reads a request with its body; none if the client closed before its end.
pub async fn read_request<S: AsyncRead + Unpin>(stream: &mut S) -> Option<Vec<u8>> {
    let mut read = Vec::new();
    let head = loop {
        if let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut read).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8_lossy(&read[..head]).to_ascii_lowercase();
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .map_or(0, |length| length.trim().parse().expect("a length"));
    while read.len() < head + length {
        if stream.read_buf(&mut read).await.ok()? == 0 {
            return None;
        }
    }
    Some(read)
}
