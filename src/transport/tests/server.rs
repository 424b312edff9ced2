//! Servers on loopback that answer, or misbehave in one way.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rustls::pki_types::CertificateDer;
use rustls::{NamedGroup, ProtocolVersion};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// What a server does with a connection.
#[derive(Clone)]
pub(super) enum Manner {
    /// Answers every request with 200.
    Http,
    /// The same, behind TLS.
    Https(TlsAcceptor),
    /// Answers one request with 200 and closes.
    HttpOnce,
    /// Answers a first byte with 200, and reads no other.
    HttpUnread,
    /// Reads a request and closes.
    Silent,
    /// Closes as soon as a first byte came.
    Cut,
    /// Sends this, whatever comes.
    Says(&'static [u8]),
    /// Does nothing and keeps the connection.
    Stalled,
}

pub(super) struct Server {
    pub(super) address: SocketAddr,
    seen: Arc<Seen>,
}

/// What a server has seen.
#[derive(Default)]
struct Seen {
    accepted: AtomicUsize,
    closed: AtomicUsize,
    peak: AtomicUsize,
    peers: Mutex<Vec<SocketAddr>>,
    handshakes: Mutex<Vec<Handshake>>,
}

/// What a server knows of a client.
#[derive(Debug, Clone)]
pub(super) struct Handshake {
    pub(super) server_name: Option<String>,
    pub(super) version: ProtocolVersion,
    pub(super) group: Option<NamedGroup>,
    pub(super) certificates: Vec<CertificateDer<'static>>,
}

impl Server {
    pub(super) async fn start(manner: Manner) -> Self {
        Self::start_at("127.0.0.1:0", manner).await
    }

    pub(super) async fn start_at(address: &str, manner: Manner) -> Self {
        let listener = TcpListener::bind(address).await.expect("loopback");
        let server =
            Self { address: listener.local_addr().expect("an address"), seen: Arc::default() };
        let seen = Arc::clone(&server.seen);
        tokio::spawn(async move {
            while let Ok((stream, peer)) = listener.accept().await {
                let accepted = seen.accepted.fetch_add(1, Ordering::Relaxed) + 1;
                let open = accepted - seen.closed.load(Ordering::Relaxed);
                seen.peak.fetch_max(open, Ordering::Relaxed);
                seen.peers.lock().expect("no panic").push(peer);
                let (manner, seen) = (manner.clone(), Arc::clone(&seen));
                tokio::spawn(async move {
                    handle(stream, manner, &seen).await;
                    seen.closed.fetch_add(1, Ordering::Relaxed);
                });
            }
        });
        server
    }

    pub(super) fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{}/?Plaintext=canary-5f1d", self.address)
    }

    /// How many connections were made.
    pub(super) fn accepted(&self) -> usize {
        self.seen.accepted.load(Ordering::Relaxed)
    }

    /// How many connections were open at once at most.
    pub(super) fn peak(&self) -> usize {
        self.seen.peak.load(Ordering::Relaxed)
    }

    /// Who connected.
    pub(super) fn peers(&self) -> Vec<SocketAddr> {
        self.seen.peers.lock().expect("no panic").clone()
    }

    /// The last TLS handshake.
    pub(super) fn handshake(&self) -> Handshake {
        self.seen.handshakes.lock().expect("no panic").last().cloned().expect("a handshake")
    }

    /// Waits until so many connections are closed on this side and the other side could see it.
    pub(super) async fn closed(&self, connections: usize) {
        while self.seen.closed.load(Ordering::Relaxed) < connections {
            tokio::task::yield_now().await;
        }
        for _ in 0..16 {
            tokio::task::yield_now().await;
        }
    }
}

async fn handle(mut stream: TcpStream, manner: Manner, seen: &Seen) {
    match manner {
        Manner::Http => while answer(&mut stream).await {},
        Manner::HttpOnce => {
            answer(&mut stream).await;
        }
        Manner::Https(acceptor) => match acceptor.accept(stream).into_fallible().await {
            Ok(mut stream) => {
                let session = stream.get_ref().1;
                let handshake = Handshake {
                    server_name: session.server_name().map(str::to_owned),
                    version: session.protocol_version().expect("a version"),
                    group: session.negotiated_key_exchange_group().map(|group| group.name()),
                    certificates: session.peer_certificates().unwrap_or_default().to_vec(),
                };
                seen.handshakes.lock().expect("no panic").push(handshake);
                while answer(&mut stream).await {}
            }
            // To close with something unread would take the alert back that says why.
            Err((_, mut stream)) => drain(&mut stream).await,
        },
        Manner::HttpUnread => {
            let _ = stream.read_u8().await;
            write_answer(&mut stream, b"ping".to_vec()).await;
            std::future::pending().await
        }
        Manner::Silent => {
            read_request(&mut stream).await;
        }
        Manner::Cut => {
            let _ = stream.read_u8().await;
        }
        Manner::Says(answer) => {
            let _ = stream.read_u8().await;
            let _ = stream.write_all(answer).await;
            let _ = stream.shutdown().await;
            drain(&mut stream).await;
        }
        Manner::Stalled => std::future::pending().await,
    }
}

async fn drain(stream: &mut TcpStream) {
    let mut buffer = [0; 1024];
    while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
}

/// Reads a request and answers it with its body; `false` when there is none any more.
async fn answer(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> bool {
    match read_request(stream).await {
        Some(Request { lacks_length: true, .. }) => {
            let _ = stream.write_all(LENGTH_REQUIRED).await;
            false
        }
        Some(request) => write_answer(stream, request.body).await,
        None => false,
    }
}

/// What strict servers answer to a POST or PUT that says nothing of its body's length.
const LENGTH_REQUIRED: &[u8] =
    b"HTTP/1.1 411 Length Required\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// Answers with this body; `false` when the other side is gone.
pub(super) async fn write_answer(stream: &mut (impl AsyncWrite + Unpin), body: Vec<u8>) -> bool {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
    let answer = [head.into_bytes(), body].concat();
    stream.write_all(&answer).await.is_ok() && stream.flush().await.is_ok()
}

/// A request, as far as a server here cares.
pub(super) struct Request {
    pub(super) body: Vec<u8>,
    lacks_length: bool,
}

/// The next request.
pub(super) async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> Option<Request> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).expect("a text head");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let expects_body = head.starts_with("POST ") || head.starts_with("PUT ");
    let lacks_length = expects_body && length.is_none();
    let mut body = vec![0; length.map_or(0, |length| length.parse().expect("a length"))];
    stream.read_exact(&mut body).await.ok()?;
    Some(Request { body, lacks_length })
}
