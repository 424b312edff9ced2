//! `moto_server` of PyPI, and the least client that calls it: it signs nothing, which moto does not
//! check, and reads no more of an answer than its status.

use std::error::Error;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::process::Process;

/// How long it may take to start.
const START_LIMIT: Duration = Duration::from_secs(60);

pub(crate) struct Moto {
    pub(crate) process: Process,
    pub(crate) client: MotoClient,
    pub(crate) ready: Duration,
}

/// Calls moto.
#[derive(Clone, Copy)]
pub(crate) struct MotoClient(SocketAddr);

impl Moto {
    pub(crate) fn start(program: &Path) -> Result<Self, Box<dyn Error>> {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let begun = Instant::now();
        let mut command = Command::new(program);
        command.args(["--host", "127.0.0.1", "--port", &free.port().to_string()]);
        let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let process = Process(process);
        while std::net::TcpStream::connect(free).is_err() {
            if begun.elapsed() > START_LIMIT {
                return Err("moto_server did not start".into());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(Self { process, client: MotoClient(free), ready: begun.elapsed() })
    }
}

impl MotoClient {
    /// Calls an action such as `TrentService.Encrypt`; returns its answer.
    ///
    /// # Errors
    ///
    /// It was not answered, or refused.
    pub(crate) async fn call(&self, action: &str, body: &Value) -> io::Result<Value> {
        let service = if action.starts_with("Trent") { "kms" } else { "secretsmanager" };
        let body = body.to_string();
        let length = body.len();
        let request = format!(
            "POST / HTTP/1.1\r\nHost: {service}.us-east-1.amazonaws.com\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/{service}/aws4_request, \
             SignedHeaders=host, Signature=0\r\nX-Amz-Target: {action}\r\nContent-Type: \
             application/x-amz-json-1.1\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
        let mut stream = TcpStream::connect(self.0).await?;
        stream.set_nodelay(true)?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let is_success = answer.split(' ').nth(1) == Some("200");
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        if !is_success {
            return Err(io::Error::other(format!("{action} was refused: {body}")));
        }
        Ok(serde_json::from_str(body)?)
    }
}
