//! What a client cannot make the gateway wait for or keep, on paused time.

use std::time::Duration;

use alibabacloud_kms_local::LocalGateway;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::gateway;

/// Longer than any limit of the gateway.
const LONG: Duration = Duration::from_secs(10 * 60);

/// Sends this and nothing more; returns the answer once the gateway closes the connection.
async fn sent(gateway: &LocalGateway, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(gateway.address()).await.expect("it is accepted");
    // The gateway may have seen enough before the end.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let closed = timeout(LONG, stream.read_to_end(&mut answer)).await;
    let _ = closed.expect("the gateway closes it");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(start_paused = true)]
async fn a_connection_on_which_nothing_comes_or_half_a_request_is_closed() {
    let plain = gateway().await;
    let tls = LocalGateway::builder().with_tls().start().await.expect("the gateway starts");
    for bytes in [
        &b""[..],
        b"POST / HT",
        b"POST / HTTP/1.1\r\nhost: a\r\n",
        b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nhalf",
        b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n64\r\nhalf",
    ] {
        let answer = sent(&plain, bytes).await;
        assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    // A handshake that does not begin, or not end.
    for bytes in [&b""[..], b"\x16\x03\x01\x02\x00\x01"] {
        assert_eq!(sent(&tls, bytes).await, "");
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_idle_is_closed() {
    let gateway = gateway().await;
    let answer = sent(&gateway, b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn a_head_that_is_too_long_is_refused() {
    let gateway = gateway().await;
    let long = format!("GET /healthz HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n", "a".repeat(200_000));
    let many = format!("GET /healthz HTTP/1.1\r\nhost: a\r\n{}\r\n", "x: a\r\n".repeat(101));
    for head in [long, many] {
        let answer = sent(&gateway, head.as_bytes()).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_and_not_kept() {
    let gateway = gateway().await;
    for (length, status) in [(1 << 20, "400"), ((1 << 20) + 1, "413"), (16 << 20, "413")] {
        let head = format!(
            "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
        );
        let request = [head.into_bytes(), vec![b'a'; length]].concat();
        let answer = sent(&gateway, &request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{length}: {answer}");
    }
}

#[tokio::test]
async fn a_body_that_is_not_read_is_refused_in_the_dialect_of_the_request() {
    let gateway = gateway().await;
    for (dialect, form) in [
        ("x-acs-action: Encrypt", "application/json"),
        ("x-kms-apiname: Encrypt", "application/x-protobuf"),
    ] {
        for (body, code) in [
            ("content-length: 16777217\r\n\r\n", "RequestEntityTooLarge"),
            ("transfer-encoding: chunked\r\n\r\nzz\r\n", "InvalidParameter"),
        ] {
            let head = format!("POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{dialect}\r\n");
            let answer = sent(&gateway, (head + body).as_bytes()).await;
            assert!(answer.contains(form) && answer.contains(code), "{answer}");
        }
    }
}
