//! Servers on loopback that answer, or misbehave in one way.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::transport::TlsOptions;

/// A CA that issues one kind of certificate.
pub(in crate::transport) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(in crate::transport) pem: String,
}

impl Authority {
    pub(in crate::transport) fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).expect("a certificate").pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// Options of a client that trusts this CA alone.
    pub(in crate::transport) fn as_only_ca(&self) -> TlsOptions {
        TlsOptions::ca_pem(self.pem.as_bytes()).expect("a CA")
    }

    /// A server's side with a certificate for this host.
    pub(in crate::transport) fn acceptor(&self, host: &str) -> TlsAcceptor {
        self.issue(CertificateParams::new([host.to_owned()]).expect("a host"))
    }

    /// A server's side with a certificate for 127.0.0.1 that has expired.
    pub(in crate::transport) fn expired_acceptor(&self) -> TlsAcceptor {
        let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).expect("a host");
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(2002, 1, 1);
        self.issue(params)
    }

    fn issue(&self, params: CertificateParams) -> TlsAcceptor {
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("TLS versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("a certificate");
        TlsAcceptor::from(Arc::new(config))
    }
}

/// What a server does with a connection.
#[derive(Clone)]
pub(in crate::transport) enum Manner {
    /// Answers every request with 200.
    Http,
    /// The same, behind TLS.
    Https(TlsAcceptor),
    /// Answers one request with 200, promises more and closes.
    HttpOnce,
    /// Reads a request and closes.
    Silent,
    /// Closes as soon as a first octet came.
    Cut,
    /// Sends an error in plain text, whatever comes.
    Plain,
    /// Does nothing and keeps the connection.
    Stalled,
}

pub(in crate::transport) struct Server {
    pub(in crate::transport) address: SocketAddr,
    accepted: Arc<AtomicUsize>,
    closed: Arc<AtomicUsize>,
}

impl Server {
    pub(in crate::transport) async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let server = Self {
            address: listener.local_addr().expect("an address"),
            accepted: Arc::default(),
            closed: Arc::default(),
        };
        let (accepted, closed) = (Arc::clone(&server.accepted), Arc::clone(&server.closed));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                accepted.fetch_add(1, Ordering::Relaxed);
                let (manner, closed) = (manner.clone(), Arc::clone(&closed));
                tokio::spawn(async move {
                    handle(stream, manner).await;
                    closed.fetch_add(1, Ordering::Relaxed);
                });
            }
        });
        server
    }

    pub(in crate::transport) fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{}/?Plaintext=canary-5f1d", self.address)
    }

    /// How many connections were made.
    pub(in crate::transport) fn accepted(&self) -> usize {
        self.accepted.load(Ordering::Relaxed)
    }

    /// Waits until so many connections are closed on this side and the other side could see it.
    pub(in crate::transport) async fn closed(&self, connections: usize) {
        while self.closed.load(Ordering::Relaxed) < connections {
            tokio::task::yield_now().await;
        }
        for _ in 0..16 {
            tokio::task::yield_now().await;
        }
    }
}

async fn handle(mut stream: TcpStream, manner: Manner) {
    match manner {
        Manner::Http => while answer(&mut stream).await {},
        Manner::HttpOnce => {
            answer(&mut stream).await;
        }
        Manner::Https(acceptor) => {
            // A handshake that the client ends is what some tests are about.
            if let Ok(mut stream) = acceptor.accept(stream).await {
                while answer(&mut stream).await {}
            }
        }
        Manner::Silent => {
            read_request(&mut stream).await;
        }
        Manner::Cut => {
            let _ = stream.read_u8().await;
        }
        Manner::Plain => {
            let _ = stream.read_u8().await;
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
        Manner::Stalled => std::future::pending().await,
    }
}

/// Reads a request and answers it with its body; `false` when there is none any more.
async fn answer(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> bool {
    let Some(body) = read_request(stream).await else {
        return false;
    };
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
    let answer = [head.into_bytes(), body].concat();
    stream.write_all(&answer).await.is_ok() && stream.flush().await.is_ok()
}

/// The body of the next request.
async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> Option<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).expect("a text head");
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse().expect("a length"));
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(body)
}
