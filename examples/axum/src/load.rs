//! Peers of the service: many requests at once, and a stop in their midst.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::gate::Gate;

const PEERS: usize = 32;

/// Sends requests, says stop while all are on their way, and returns how many were answered.
pub(crate) async fn run(
    address: SocketAddr,
    gate: Gate,
    stop: oneshot::Sender<()>,
) -> io::Result<usize> {
    let mut connection = TcpStream::connect(address).await?;
    let sealed = ask(&mut connection, "/seal", r#"{"text":"hello"}"#).await?;
    let opened = ask(&mut connection, "/open", body(&sealed)).await?;
    assert_eq!(body(&opened), "hello", "{opened}");

    gate.close();
    let mut peers = JoinSet::new();
    for _ in 0..PEERS {
        peers.spawn(async move {
            let mut connection = TcpStream::connect(address).await?;
            ask(&mut connection, "/seal", r#"{"text":"hello"}"#).await
        });
    }
    gate.has_come(PEERS).await;
    // The server is gone only if it was interrupted.
    let _ = stop.send(());
    gate.open();
    let mut answered = 0;
    while let Some(answer) = peers.join_next().await {
        let answer = answer.map_err(io::Error::other)??;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answered += 1;
    }
    Ok(answered)
}

async fn ask(connection: &mut TcpStream, path: &str, body: &str) -> io::Result<String> {
    let length = body.len();
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n\r\n{body}"
    );
    connection.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    let mut part = [0; 1024];
    while !is_whole(&answer) {
        match connection.read(&mut part).await? {
            0 => break,
            read => answer.extend_from_slice(&part[..read]),
        }
    }
    String::from_utf8(answer).map_err(io::Error::other)
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

/// Whether head and body are there.
fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.and_then(|length| length.parse().ok()).is_some_and(|length: usize| body.len() >= length)
}
