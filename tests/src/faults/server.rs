//! A server that fails on order: a gateway behind sockets that are reset, cut, slowed and silenced.
//!
//! What is not failed is forwarded to a gateway, byte by byte, and its answer back.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::server::{LENGTH_REQUIRED, lacks_length};

/// How far a connection or a request has come when it is failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// The connection was accepted.
    Accepted,
    /// Bytes came, and none was read.
    Unread,
    /// Bytes of the TLS client's first message were read.
    Handshake,
    /// Some bytes of the request's head were read.
    Begun,
    /// The request's head was read.
    Headed,
    /// The whole request was read.
    Asked,
    /// Some bytes of the answer's head were written.
    AnswerBegun,
    /// The answer's head and half of its body were written.
    AnswerHeaded,
}

/// What happens to a connection, or to a request on it.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Nothing: it is forwarded.
    None,
    /// The connection is reset: to the client, the process has died.
    Reset(When),
    /// The connection is closed.
    Close(When),
    /// Nothing is read or written any more, until the client closes.
    Silence(When),
    /// The answer is written byte by byte, with this wait before each.
    Drip(Duration),
    /// Waits before the answer.
    Delay(Duration),
    /// Answers these bytes instead of the gateway.
    Answer(Vec<u8>),
}

/// Fails what connects to it; stops when it is dropped.
pub struct FaultServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    gateway: SocketAddr,
    tls: Mutex<Option<TlsAcceptor>>,
    script: Mutex<Script>,
    tries: AtomicUsize,
    open: AtomicUsize,
}

struct Script {
    faults: VecDeque<Fault>,
    then: Box<dyn FnMut() -> Fault + Send>,
}

impl FaultServer {
    /// In front of this gateway, which speaks plain HTTP; nothing is failed as yet.
    pub async fn start(gateway: SocketAddr) -> Self {
        Self::start_at("127.0.0.1:0".parse().expect("an address"), gateway).await
    }

    /// The same at an address of its own.
    pub async fn start_at(address: SocketAddr, gateway: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.expect("the address is free");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            gateway,
            tls: Mutex::default(),
            script: Mutex::new(Script { faults: VecDeque::new(), then: Box::new(|| Fault::None) }),
            tries: AtomicUsize::default(),
            open: AtomicUsize::default(),
        });
        let task = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Self { address, shared, task }
    }

    /// Speaks TLS to those who connect from now on.
    pub fn speak_tls(&self, acceptor: TlsAcceptor) {
        *lock(&self.shared.tls) = Some(acceptor);
    }

    /// Fails the next requests like this, one after the other.
    pub fn fail(&self, faults: impl IntoIterator<Item = Fault>) {
        lock(&self.shared.script).faults.extend(faults);
    }

    /// Fails all requests like this that no other order is left for.
    pub fn fail_all(&self, next: impl FnMut() -> Fault + Send + 'static) {
        lock(&self.shared.script).then = Box::new(next);
    }

    /// Dies: nobody listens any more, and every connection is lost.
    pub async fn die(mut self) {
        self.task.abort();
        // It was aborted, or has ended.
        let _ = (&mut self.task).await;
    }

    /// Returns the address on which it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many requests came of which at least a byte was read, and how many connections were
    /// failed before that.
    pub fn tries(&self) -> usize {
        self.shared.tries.load(Ordering::SeqCst)
    }

    /// How many connections are open.
    pub fn open(&self) -> usize {
        self.shared.open.load(Ordering::SeqCst)
    }
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        // The set of its connections goes with the task.
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            let open = Open::count(&shared);
            connections.spawn(async move {
                // A client that breaks off is what many of the faults are about.
                let _ = serve(stream, &open.0).await;
            });
        }
        while connections.try_join_next().is_some() {}
    }
}

/// Counts a connection as long as it is open.
struct Open(Arc<Shared>);

impl Open {
    fn count(shared: &Arc<Shared>) -> Self {
        shared.open.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(shared))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Shared {
    /// The next order, if it is an early one.
    fn next_for_connection(&self) -> Option<Fault> {
        let mut script = lock(&self.script);
        script.refill();
        if !script.faults.front().is_some_and(Fault::is_early) {
            return None;
        }
        self.tries.fetch_add(1, Ordering::SeqCst);
        script.faults.pop_front()
    }

    fn next(&self) -> Fault {
        self.tries.fetch_add(1, Ordering::SeqCst);
        let mut script = lock(&self.script);
        script.refill();
        script.faults.pop_front().unwrap_or(Fault::None)
    }
}

impl Script {
    fn refill(&mut self) {
        if self.faults.is_empty() {
            let next = (self.then)();
            self.faults.push_back(next);
        }
    }
}

impl Fault {
    /// Whether it is about connections that have not come to a request.
    pub fn is_early(&self) -> bool {
        let early = [When::Accepted, When::Unread, When::Handshake];
        self.when().is_some_and(|when| early.contains(&when))
    }

    fn when(&self) -> Option<When> {
        match self {
            Self::Reset(when) | Self::Close(when) | Self::Silence(when) => Some(*when),
            _ => None,
        }
    }
}

async fn serve(mut tcp: TcpStream, shared: &Shared) -> io::Result<()> {
    tcp.set_nodelay(true)?;
    if let Some(fault) = shared.next_for_connection() {
        match fault.when() {
            Some(When::Unread) => drop(tcp.peek(&mut [0]).await?),
            Some(When::Handshake) => drop(tcp.read_exact(&mut [0; 8]).await?),
            _ => {}
        }
        return Stream::Plain(tcp).end(&fault).await;
    }
    let tls = lock(&shared.tls).clone();
    let mut stream = match tls {
        None => Stream::Plain(tcp),
        Some(tls) => Stream::Tls(Box::new(tls.accept(tcp).await?)),
    };
    let mut gateway = None;
    let mut read = Vec::new();
    while stream.read(&mut read).await? > 0 {
        let fault = shared.next();
        if fault.when() == Some(When::Begun) {
            return stream.end(&fault).await;
        }
        let head = read_head(&mut stream, &mut read).await?;
        if fault.when() == Some(When::Headed) {
            return stream.end(&fault).await;
        }
        read_body(&mut stream, &mut read, head).await?;
        let request = std::mem::take(&mut read);
        if lacks_length(&request) {
            return stream.write(LENGTH_REQUIRED).await;
        }
        match &fault {
            Fault::Answer(answer) => stream.write(answer).await?,
            Fault::Delay(wait) => {
                tokio::time::sleep(*wait).await;
                let (answer, _) = forward(&request, &mut gateway, shared.gateway).await?;
                stream.write(&answer).await?;
            }
            Fault::Drip(wait) => {
                let (answer, _) = forward(&request, &mut gateway, shared.gateway).await?;
                for byte in answer {
                    tokio::time::sleep(*wait).await;
                    stream.write(&[byte]).await?;
                }
            }
            Fault::None => {
                let (answer, _) = forward(&request, &mut gateway, shared.gateway).await?;
                stream.write(&answer).await?;
            }
            Fault::Reset(when) | Fault::Close(when) | Fault::Silence(when) => {
                if *when != When::Asked {
                    let (answer, head) = forward(&request, &mut gateway, shared.gateway).await?;
                    let end = match when {
                        When::AnswerBegun => 10,
                        _ => head + (answer.len() - head) / 2,
                    };
                    stream.write(&answer[..end]).await?;
                }
                return stream.end(&fault).await;
            }
        }
    }
    Ok(())
}

/// The gateway's answer to a request, and where its body begins.
async fn forward(
    request: &[u8],
    connection: &mut Option<TcpStream>,
    gateway: SocketAddr,
) -> io::Result<(Vec<u8>, usize)> {
    let stream = match connection {
        Some(stream) => stream,
        None => connection.insert(TcpStream::connect(gateway).await?),
    };
    stream.write_all(request).await?;
    let mut stream = Plain(stream);
    let mut answer = Vec::new();
    let head = read_head(&mut stream, &mut answer).await?;
    read_body(&mut stream, &mut answer, head).await?;
    Ok((answer, head))
}

/// A connection from a client.
enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// A connection to the gateway.
struct Plain<'a>(&'a mut TcpStream);

/// What a message is read from.
trait Source {
    /// Reads some bytes more; 0 at the end.
    async fn read(&mut self, into: &mut Vec<u8>) -> io::Result<usize>;
}

impl Source for Stream {
    async fn read(&mut self, into: &mut Vec<u8>) -> io::Result<usize> {
        match self {
            Self::Plain(tcp) => tcp.read_buf(into).await,
            Self::Tls(tls) => tls.read_buf(into).await,
        }
    }
}

impl Source for Plain<'_> {
    async fn read(&mut self, into: &mut Vec<u8>) -> io::Result<usize> {
        self.0.read_buf(into).await
    }
}

impl Stream {
    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        async fn write<S: AsyncRead + AsyncWrite + Unpin>(
            stream: &mut S,
            bytes: &[u8],
        ) -> io::Result<()> {
            stream.write_all(bytes).await?;
            stream.flush().await
        }
        match self {
            Self::Plain(tcp) => write(tcp, bytes).await,
            Self::Tls(tls) => write(tls, bytes).await,
        }
    }

    /// Ends a connection as ordered.
    async fn end(mut self, fault: &Fault) -> io::Result<()> {
        match fault {
            Fault::Reset(_) => match &self {
                Self::Plain(tcp) => tcp.set_zero_linger(),
                Self::Tls(tls) => tls.get_ref().0.set_zero_linger(),
            },
            Fault::Silence(_) => {
                let mut unheard = Vec::new();
                while self.read(&mut unheard).await? > 0 {
                    unheard.clear();
                }
                Ok(())
            }
            _ => match &mut self {
                Self::Plain(tcp) => tcp.shutdown().await,
                Self::Tls(tls) => tls.shutdown().await,
            },
        }
    }
}

/// Reads to the end of a message's head: where its body begins.
async fn read_head(stream: &mut impl Source, message: &mut Vec<u8>) -> io::Result<usize> {
    loop {
        if let Some(end) = message.windows(4).position(|window| window == b"\r\n\r\n") {
            return Ok(end + 4);
        }
        if stream.read(message).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

/// Reads a body of announced length.
async fn read_body(stream: &mut impl Source, message: &mut Vec<u8>, head: usize) -> io::Result<()> {
    let text = String::from_utf8_lossy(&message[..head]).to_ascii_lowercase();
    let length: usize = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .map_or(0, |length| length.trim().parse().expect("a length"));
    while message.len() < head + length {
        if stream.read(message).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
