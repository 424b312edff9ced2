//! Connections: HTTP/1.1 over TCP or TLS, each in a task of its own.
//!
//! A client that is slow or broken holds up nobody else, and itself only for so long: handshake,
//! request head, body and idle connections have time limits, heads and bodies have size limits.

use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use alibabacloud_kms::{BoxError, Error, ErrorKind};
use bytes::Bytes;
use http_body::Body;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use zeroize::Zeroizing;

use super::engine::Fault;
use super::exchange::Response;
use super::service;
use super::state::State;

/// The largest request body, in octets.
pub(super) const MAX_BODY: usize = 1 << 20;
/// How much of a body that is too large is read, so that the client sees the refusal.
const MAX_DISCARDED: usize = 16 << 20;
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(10);
/// Also how long a connection may be idle.
const HEAD_LIMIT: Duration = Duration::from_secs(60);
const BODY_LIMIT: Duration = Duration::from_secs(30);
const SHUT_DOWN_LIMIT: Duration = Duration::from_secs(5);
/// How long to wait when the system has no more sockets.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A server that stops, with its connections, when it is dropped.
pub(super) struct Server {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Server {
    /// Serves what connects there.
    pub(super) fn start(
        listener: TcpListener,
        address: SocketAddr,
        tls: Option<Arc<ServerConfig>>,
        state: Arc<State>,
    ) -> Self {
        let (stop, stopped) = watch::channel(false);
        let connections = Connections { tls: tls.map(TlsAcceptor::from), state, stopped };
        Self { address, stop, task: tokio::spawn(accept(listener, connections)) }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more connections and waits for the requests that are being answered.
    pub(super) async fn shut_down(mut self) {
        self.stop.send_replace(true);
        // Those who take longer are cut off when `self` is dropped.
        let _ = tokio::time::timeout(SHUT_DOWN_LIMIT, &mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The set of its connections goes with the task.
        self.task.abort();
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Waits for an interrupt or, on Unix, `SIGTERM`.
pub(super) async fn told_to_stop() -> Result<(), Error> {
    let failed = |error| {
        let message = "the local gateway cannot wait for a signal";
        Error::new(ErrorKind::Config, message).with_source(BoxError::from(error))
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
        poll_fn(|cx| {
            let is_told = interrupt.poll_recv(cx).is_ready() || terminate.poll_recv(cx).is_ready();
            if is_told { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        Ok(())
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.map_err(failed)
}

/// What every connection gets.
#[derive(Clone)]
struct Connections {
    tls: Option<TlsAcceptor>,
    state: Arc<State>,
    stopped: watch::Receiver<bool>,
}

async fn accept(listener: TcpListener, connections: Connections) {
    let mut tasks = JoinSet::new();
    let mut stopped = connections.stopped.clone();
    while let Some(accepted) = until(&mut stopped, listener.accept()).await {
        match accepted {
            Ok((stream, _)) => {
                tasks.spawn(connections.clone().serve(stream));
            }
            // A client that is gone already, or too many open files.
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
        while tasks.try_join_next().is_some() {}
    }
    drop(listener);
    while tasks.join_next().await.is_some() {}
}

/// The future's output; none if the server is told to stop first.
async fn until<F: Future>(stopped: &mut watch::Receiver<bool>, future: F) -> Option<F::Output> {
    let mut stop = pin!(stopped.wait_for(|stop| *stop));
    let mut future = pin!(future);
    poll_fn(|cx| {
        if stop.as_mut().poll(cx).is_ready() {
            return Poll::Ready(None);
        }
        future.as_mut().poll(cx).map(Some)
    })
    .await
}

impl Connections {
    /// Serves a connection to its end. Whatever ends it early is the client's affair.
    async fn serve(self, stream: TcpStream) {
        // Answers are small and wait for nothing.
        let _ = stream.set_nodelay(true);
        match self.tls.clone() {
            None => drop(self.serve_http(stream).await),
            Some(tls) => {
                let handshake = tokio::time::timeout(HANDSHAKE_LIMIT, tls.accept(stream));
                if let Ok(Ok(stream)) = handshake.await {
                    drop(self.serve_http(stream).await);
                }
            }
        }
    }

    async fn serve_http<S>(self, stream: S) -> Result<(), hyper::Error>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let Self { state, mut stopped, .. } = self;
        let answer = service_fn(move |request| {
            let state = Arc::clone(&state);
            async move { answer(state, request).await }
        });
        let mut connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_LIMIT)
            .serve_connection(TokioIo::new(stream), answer);
        match until(&mut stopped, &mut connection).await {
            Some(ended) => ended,
            None => {
                Pin::new(&mut connection).graceful_shutdown();
                connection.await
            }
        }
    }
}

/// Reads and answers a request; an error breaks the connection off.
async fn answer<B>(state: Arc<State>, request: http::Request<B>) -> io::Result<Response>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    let dialect = service::dialect(&request);
    let (head, body) = request.into_parts();
    let body = match tokio::time::timeout(BODY_LIMIT, read(body)).await {
        Ok(body) => body?,
        Err(_) => return Err(io::ErrorKind::TimedOut.into()),
    };
    let Some(body) = body else {
        let message = format!("The request is larger than {MAX_BODY} octets.");
        let fault = Fault::new(413, "RequestEntityTooLarge", message);
        return Ok(service::refuse(dialect, &fault));
    };
    let request = http::Request::from_parts(head, body);
    let answered = tokio::task::spawn_blocking(move || service::answer(&state, &request)).await;
    // A handler that panicked, or a runtime that shuts down.
    Ok(answered.unwrap_or_else(|_| service::refuse(dialect, &Fault::internal())))
}

/// The body; none if it is too large.
async fn read<B>(body: B) -> io::Result<Option<Zeroizing<Vec<u8>>>>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    let expected = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let mut body = pin!(body);
    let mut out = Zeroizing::new(Vec::with_capacity(expected.min(MAX_BODY)));
    let mut size = 0_usize;
    while let Some(frame) = poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
        let frame = frame.map_err(io::Error::other)?;
        let Some(data) = frame.data_ref() else {
            continue;
        };
        size = size.saturating_add(data.len());
        if size > MAX_DISCARDED {
            break;
        }
        if size <= MAX_BODY {
            append(&mut out, data);
        }
    }
    Ok((size <= MAX_BODY).then_some(out))
}

/// Appends, wiping the old buffer when it is outgrown.
fn append(out: &mut Zeroizing<Vec<u8>>, data: &[u8]) {
    let needed = out.len() + data.len();
    if out.capacity() < needed {
        let mut larger = Vec::with_capacity(needed.next_power_of_two());
        larger.extend_from_slice(out);
        *out = Zeroizing::new(larger);
    }
    out.extend_from_slice(data);
}
