//! Connections: HTTP/1.1 over TCP or TLS, each in a task of its own.
//!
//! A slow or broken client does not delay any other. The handshake, the first byte, the head and
//! the body of a request and idle connections have time limits, heads and bodies have size limits,
//! and the number of connections is limited.

mod answering;
mod connections;

use std::fmt;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use alibabacloud_kms::{BoxError, Error, ErrorKind};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tower::ServiceBuilder;
use tower_http::trace::TraceLayer;

use self::answering::answer;
use self::connections::{ConnectionState, Connections};
use super::certificate::Certificate;
use super::faults::FaultEffect;
use super::state::State;

const HANDSHAKE_LIMIT: Duration = Duration::from_secs(10);
/// How long a new connection may be silent.
const FIRST_LIMIT: Duration = Duration::from_secs(10);
/// Also the limit of an idle connection.
const HEAD_LIMIT: Duration = Duration::from_secs(60);
/// The largest request head, in bytes, and the most headers in it.
const MAX_HEAD: usize = 64 << 10;
const MAX_HEADERS: usize = 100;
const SHUT_DOWN_LIMIT: Duration = Duration::from_secs(5);
/// The pause after the system has run out of sockets.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A server that stops, with its connections, when it is dropped.
pub(super) struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Serves the connections of a listener.
    pub(super) fn start(
        listener: TcpListener,
        address: SocketAddr,
        tls: Option<Arc<ServerConfig>>,
        state: State,
    ) -> Self {
        let (stop, stopped) = oneshot::channel();
        let serving = Serving { tls: tls.map(TlsAcceptor::from), address, state };
        Self { address, stop: Some(stop), task: tokio::spawn(accept(listener, serving, stopped)) }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts no more connections and waits for the current requests.
    pub(super) async fn shut_down(mut self) {
        drop(self.stop.take());
        // Slower ones are cut off when `self` is dropped.
        let _ = tokio::time::timeout(SHUT_DOWN_LIMIT, &mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The set of its connections is dropped with the task.
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
        let message = "the local gateway cannot wait for signals";
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

/// What all connections share.
#[derive(Clone)]
struct Serving {
    tls: Option<TlsAcceptor>,
    address: SocketAddr,
    state: State,
}

async fn accept(listener: TcpListener, serving: Serving, mut stopped: oneshot::Receiver<()>) {
    let (connections, graceful) = (Connections::default(), GracefulShutdown::new());
    let mut tasks = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            biased;
            _ = &mut stopped => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                if let Some(place) = connections.admit() {
                    let watcher = graceful.watcher();
                    tasks.spawn(serving.clone().serve(stream, peer, place, watcher));
                }
            }
            // A client that is gone already, or too many open files.
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
        while tasks.try_join_next().is_some() {}
    }
    drop(listener);
    graceful.shutdown().await;
}

impl Serving {
    /// Serves a connection to its end. Clients may end it early.
    async fn serve(
        self,
        stream: TcpStream,
        peer: SocketAddr,
        place: Arc<ConnectionState>,
        watcher: Watcher,
    ) {
        let served = self.serve_transport(stream, peer, &place, watcher);
        tokio::select! {
            _ = served => {}
            () = place.evicted() => {}
        }
    }

    async fn serve_transport(
        self,
        stream: TcpStream,
        peer: SocketAddr,
        place: &Arc<ConnectionState>,
        watcher: Watcher,
    ) -> Result<(), BoxError> {
        // Answers are small and need not be combined.
        let _ = stream.set_nodelay(true);
        tokio::time::timeout(FIRST_LIMIT, stream.readable()).await??;
        let fault = self.state.faults.of_connection();
        let effect = fault.as_ref().map(|fault| fault.effect());
        if let Some(effect) = effect {
            self.state.log.write_connection(self.state.clock.now(), effect.name());
        }
        match (effect, self.tls.clone()) {
            (Some(FaultEffect::RefuseConnection), _) => Ok(()),
            (_, None) => self.serve_http(stream, peer, place, watcher).await,
            (effect, Some(tls)) => {
                let tls = match effect {
                    Some(_) => TlsAcceptor::from(Certificate::stranger(self.address.ip())?.server),
                    None => tls,
                };
                let stream = tokio::time::timeout(HANDSHAKE_LIMIT, tls.accept(stream)).await??;
                self.serve_http(stream, peer, place, watcher).await
            }
        }
    }

    async fn serve_http<S>(
        self,
        stream: S,
        peer: SocketAddr,
        place: &Arc<ConnectionState>,
        watcher: Watcher,
    ) -> Result<(), BoxError>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (state, place) = (self.state, Arc::clone(place));
        let service = ServiceBuilder::new()
            // Only the method of a request is recorded: everything else may be secret.
            .layer(TraceLayer::new_for_http().make_span_with(|request: &http::Request<_>| {
                tracing::debug_span!("kms.local", http.request.method = %request.method())
            }))
            .service_fn(move |request| answer(state.clone(), Arc::clone(&place), peer, request));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_LIMIT)
            .max_headers(MAX_HEADERS)
            .max_buf_size(MAX_HEAD)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        Ok(watcher.watch(connection).await?)
    }
}
