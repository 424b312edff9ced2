//! A gateway that answers every request at once, with the same answer.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use prost::Message as _;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::floor::message;
use crate::work;

/// Who is asked: each has its dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The shared gateway.
    Shared,
    /// An instance.
    Instance,
}

impl Asked {
    /// Returns its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::Instance => "instance",
        }
    }

    /// The answer to a call that encrypts this many bytes.
    pub fn answer(self, size: usize) -> Response<Full<Bytes>> {
        let request_id = "4bd560a1-729e-45f1-a3d9-b2a33d61046b";
        let (kind, body) = match self {
            Self::Shared => {
                let answer = serde_json::json!({
                    "KeyId": "key-hzz000000000000000000",
                    "CiphertextBlob": STANDARD.encode(work::ciphertext(size)),
                    "KeyVersionId": "01234567-89ab-cdef-0123-456789abcdef",
                    "RequestId": request_id,
                });
                ("application/json;charset=utf-8", answer.to_string().into_bytes())
            }
            Self::Instance => {
                let answer = message::EncryptResponse {
                    key_id: "key-hzz000000000000000000".into(),
                    ciphertext: [&[0x24, 0x00, 0x02], &work::ciphertext(size)[..]].concat(),
                    request_id: request_id.into(),
                    ..Default::default()
                };
                ("application/x-protobuf", answer.encode_to_vec())
            }
        };
        let mut response = Response::new(Full::from(body));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        // As the service sends them.
        headers.insert("x-acs-request-id", HeaderValue::from_static(request_id));
        headers.insert("x-acs-trace-id", HeaderValue::from_static("d1b9f1a8c0ffee"));
        headers.insert("access-control-allow-origin", HeaderValue::from_static("*"));
        response
    }
}

/// A gateway on loopback, on a thread of its own, so that its CPU is not the client's.
#[derive(Debug)]
pub struct Listening {
    /// Where plain HTTP is spoken.
    pub http: SocketAddr,
    /// Where TLS is spoken.
    pub https: SocketAddr,
    /// The certificate, in PEM: its own CA.
    pub ca: String,
    /// The certificate, in DER.
    pub ca_der: Vec<u8>,
}

impl Listening {
    /// Starts it.
    pub fn start(asked: Asked, size: usize) -> Self {
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]);
        let own = own.expect("a certificate");
        let (ca, ca_der) = (own.cert.pem(), own.cert.der().to_vec());
        let key = PrivatePkcs8KeyDer::from(own.signing_key.serialize_der());
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions of TLS")
            .with_no_client_auth()
            .with_single_cert(vec![own.cert.der().clone()], PrivateKeyDer::Pkcs8(key))
            .expect("a key and its certificate");
        let tls = TlsAcceptor::from(Arc::new(tls));
        let (report, reported) = std::sync::mpsc::channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
            runtime.expect("a runtime").block_on(async move {
                let http = TcpListener::bind("127.0.0.1:0").await.expect("a port");
                let https = TcpListener::bind("127.0.0.1:0").await.expect("a port");
                let address = |listener: &TcpListener| listener.local_addr().expect("an address");
                report.send((address(&http), address(&https))).expect("who started it waits");
                tokio::join!(
                    accept(http, None, asked, size),
                    accept(https, Some(tls), asked, size)
                );
            });
        });
        let (http, https) = reported.recv().expect("the gateway starts");
        Self { http, https, ca, ca_der }
    }
}

async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, asked: Asked, size: usize) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve(stream, tls.clone(), asked.answer(size)));
    }
}

async fn serve(stream: TcpStream, tls: Option<TlsAcceptor>, answer: Response<Full<Bytes>>) {
    let answers = service_fn(move |request: Request<Incoming>| {
        let answer = answer.clone();
        async move {
            let _ = request.into_body().collect().await;
            Ok::<_, Infallible>(answer)
        }
    });
    let _ = stream.set_nodelay(true);
    // A client that goes away is no failure.
    let _ = match tls {
        None => http1::Builder::new().serve_connection(TokioIo::new(stream), answers).await,
        Some(tls) => match tls.accept(stream).await {
            Ok(stream) => {
                http1::Builder::new().serve_connection(TokioIo::new(stream), answers).await
            }
            Err(_) => return,
        },
    };
}
