//! One transport below several tokio runtimes, of which not all are driven.

use std::task::{Context, Poll, Waker};

use tokio::runtime::{Builder, Runtime};

use super::*;

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// A server on a runtime that is always driven.
fn served(manner: impl FnOnce() -> Manner) -> (Runtime, Server) {
    let mut builder = Builder::new_multi_thread();
    let runtime = builder.worker_threads(1).enable_all().build().expect("a runtime");
    let server = runtime.block_on(Server::start(manner()));
    (runtime, server)
}

#[test]
fn a_connection_is_not_lent_to_another_runtime_than_the_one_that_drives_it() {
    let authority = Authority::new();
    for https in [false, true] {
        let (_driven, server) = served(|| {
            if https { Manner::Https(authority.acceptor("127.0.0.1")) } else { Manner::Http }
        });
        let url = server.url(if https { "https" } else { "http" });
        let transport = transport(authority.as_only_ca());
        let (a, b) = (runtime(), runtime());
        for round in 0..3 {
            a.block_on(succeeds(&transport, &url, None));
            // `a` lives on, and nobody drives it.
            b.block_on(async {
                let answer = tokio::time::timeout(LONG, succeeds(&transport, &url, None)).await;
                answer.unwrap_or_else(|_| panic!("it waits for a runtime, in round {round}"));
            });
        }
        // Each uses its own again.
        assert_eq!(server.accepted(), 2);
    }
}

/// Longer than any answer on loopback takes, and shorter than an attempt.
const LONG: Duration = Duration::from_secs(5);

#[test]
fn idle_connections_of_other_runtimes_make_room() {
    let (_driven, server) = served(|| Manner::Http);
    let url = server.url("http");
    let transport = Transport::builder().max_connections(1).build().expect("a transport");
    let (a, b) = (runtime(), runtime());
    for _ in 0..3 {
        for runtime in [&a, &b] {
            runtime.block_on(async {
                let answer = tokio::time::timeout(LONG, succeeds(&transport, &url, None)).await;
                answer.expect("its turn comes");
            });
        }
    }
    assert_eq!(server.accepted(), 6);
}

#[test]
fn a_connection_that_ends_with_its_answer_keeps_no_turn() {
    for answer in [
        &b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\nping"[..],
        b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nping",
        b"HTTP/1.0 200 OK\r\n\r\nping",
    ] {
        let (_driven, server) = served(|| Manner::Says(answer));
        turns_end_without(&server, request(&server.url("http"), None));
    }
}

#[test]
fn a_connection_whose_request_is_not_read_keeps_no_turn() {
    let (_driven, server) = served(|| Manner::HttpUnread);
    // The sockets cannot hold it.
    let body = Body::from(vec![b'x'; 32 << 20]);
    let long = http::Request::post(server.url("http")).body(body).expect("a request");
    turns_end_without(&server, long);
}

/// Sends a request on a runtime that is then not driven, and another one when the turn of the
/// first has ended.
fn turns_end_without(server: &Server, first: http::Request<Body>) {
    let transport = Transport::builder().max_connections(1).build().expect("a transport");
    let (a, b) = (runtime(), runtime());
    let ask = |request| async {
        let response = transport.clone().oneshot(request).await.expect("an answer");
        response.into_body().collect().await.expect("a body").to_bytes()
    };
    assert_eq!(a.block_on(ask(first)), "ping");
    b.block_on(async {
        let answer = tokio::time::timeout(LONG, ask(request(&server.url("http"), None))).await;
        assert_eq!(answer.expect("its turn comes"), "ping");
    });
    assert_eq!(server.accepted(), 2);
}

#[test]
fn outside_a_runtime_a_request_is_an_error_that_names_the_feature_blocking() {
    let mut sending = Box::pin(plain().oneshot(request("http://127.0.0.1:9/", None)));
    let polled = sending.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    let Poll::Ready(Err(error)) = polled else { panic!("an error at once") };
    let error = find::<Error>(&*error).expect("an error of ours");
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Config, Outcome::NotSent));
    assert!(error.to_string().contains("blocking"), "{error}");
}
