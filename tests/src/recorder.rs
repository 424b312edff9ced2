//! A server on loopback that keeps what it was sent, byte for byte.

use std::sync::{Arc, Mutex};

use alibabacloud_kms::Endpoint;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::server::{LENGTH_REQUIRED, lacks_length, read_request};

/// Serves until it is dropped.
pub struct Recorder {
    endpoint: Endpoint,
    requests: Arc<Mutex<Vec<String>>>,
    _connections: JoinSet<()>,
}

impl Recorder {
    /// Answers each request with what the function makes of it.
    pub async fn start(answer: fn(&str) -> Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let recorded = Arc::clone(&requests);
        let mut connections = JoinSet::new();
        connections.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let recorded = Arc::clone(&recorded);
                open.spawn(async move {
                    while let Some(request) = read_request(&mut stream).await {
                        let has_length = !lacks_length(&request);
                        let request = String::from_utf8_lossy(&request).into_owned();
                        let answer = match has_length {
                            true => answer(&request),
                            false => LENGTH_REQUIRED.to_vec(),
                        };
                        recorded.lock().expect("no panic before").push(request);
                        // A client that is gone reads no answer.
                        let _ = stream.write_all(&answer).await;
                    }
                });
            }
        });
        let endpoint = format!("http://{address}").parse().expect("an endpoint");
        Self { endpoint, requests, _connections: connections }
    }

    /// Returns the endpoint on which it listens.
    pub fn endpoint(&self) -> Endpoint {
        self.endpoint.clone()
    }

    /// The requests so far; the next time only those after them.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.requests.lock().expect("no panic before"))
    }
}

/// A whole answer, after which the connection stays open.
pub fn answer(status: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}
