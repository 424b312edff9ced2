//! HTTP/2, where it is allowed and chosen.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Poll;

use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::*;

fn allowing(authority: &Authority) -> TransportBuilder {
    Transport::builder().tls(authority.as_only_ca()).allow_http2()
}

async fn together(transport: &Transport, url: &str, requests: usize) {
    let requests: Vec<_> = (0..requests)
        .map(|_| {
            let (transport, url) = (transport.clone(), url.to_owned());
            tokio::spawn(async move { succeeds(&transport, &url, None).await })
        })
        .collect();
    for request in requests {
        request.await.expect("an answer");
    }
}

#[tokio::test]
async fn requests_share_a_connection() {
    let authority = Authority::new();
    let server = Http2::start(&authority).await;
    let transport = allowing(&authority).build().expect("a transport");
    together(&transport, &server.url, 50).await;
    together(&transport, &server.url, 50).await;
    assert_eq!(server.accepted(), 1);
}

#[tokio::test]
async fn without_leave_it_is_not_spoken() {
    let authority = Authority::new();
    let server = Http2::start(&authority).await;
    let transport = transport(authority.as_only_ca());
    // The server speaks nothing else.
    assert!(send(&transport, &server.url, None).await.is_err());
    assert_eq!(server.protocols(), [None]);
}

#[tokio::test]
async fn a_keep_alive_that_no_clock_can_hold_does_not_panic() {
    let authority = Authority::new();
    let server = Http2::start(&authority).await;
    let transport = allowing(&authority).keep_alive(Duration::MAX).build().expect("a transport");
    together(&transport, &server.url, 2).await;
    assert_eq!(server.accepted(), 1);
}

#[tokio::test]
async fn a_server_that_does_not_choose_it_gets_http1() {
    let authority = Authority::new();
    for issued in [authority.issue("127.0.0.1"), authority.issue("127.0.0.1").speaking("http/1.1")]
    {
        let server = Server::start(Manner::Https(issued.acceptor())).await;
        let transport = allowing(&authority).max_connections(4).build().expect("a transport");
        together(&transport, &server.url("https"), 50).await;
        assert!(server.peak() <= 4);
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_replaced_at_its_maximum_age() {
    let authority = Authority::new();
    let server = Http2::start(&authority).await;
    let max_age = Duration::from_secs(60);
    let transport =
        allowing(&authority).max_age(max_age).idle_timeout(10 * max_age).build().expect("one");
    for connections in 1..=3 {
        succeeds(&transport, &server.url, None).await;
        succeeds(&transport, &server.url, None).await;
        assert_eq!(server.accepted(), connections);
        tokio::time::advance(max_age).await;
        server.closed(connections).await;
    }
}

#[tokio::test]
async fn a_connection_that_the_server_ends_is_replaced_without_an_error() {
    let authority = Authority::new();
    let server = Http2::start(&authority).await;
    let transport = allowing(&authority).build().expect("a transport");
    for connections in 1..=5 {
        succeeds(&transport, &server.url, None).await;
        assert_eq!(server.accepted(), connections);
        server.leave.notify_waiters();
        server.closed(connections).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_died_while_idle_is_replaced_without_an_error() {
    let authority = Authority::new();
    let server = Http2::start(&authority).await;
    let keep_alive = Duration::from_secs(5);
    let transport = allowing(&authority)
        .keep_alive(keep_alive)
        .idle_timeout(Duration::from_secs(600))
        .build()
        .expect("a transport");
    succeeds(&transport, &server.url, None).await;
    server.freeze();
    // Silence, a ping, and no answer to it.
    for _ in 0..3 {
        tokio::time::advance(keep_alive).await;
        for _ in 0..16 {
            tokio::task::yield_now().await;
        }
    }
    server.thaw_for_new();
    succeeds(&transport, &server.url, None).await;
    assert_eq!(server.accepted(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_dies_under_a_request_ends_it_and_is_replaced() {
    let authority = Authority::new();
    let server = Http2::start(&authority).await;
    let keep_alive = Duration::from_secs(5);
    let transport = allowing(&authority).keep_alive(keep_alive).build().expect("a transport");
    succeeds(&transport, &server.url, None).await;
    server.freeze();
    let start = tokio::time::Instant::now();
    let result = fails(&transport, &server.url, None).await;
    assert_eq!(result, (ErrorKind::Transport, Outcome::Unknown));
    assert!(start.elapsed() <= 3 * keep_alive);
    server.thaw_for_new();
    succeeds(&transport, &server.url, None).await;
    assert_eq!(server.accepted(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_connection_whose_only_request_was_given_up_is_closed_at_its_idle_timeout() {
    let authority = Authority::new();
    let acceptor = authority.issue("127.0.0.1").speaking("h2").acceptor();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    let url = format!("https://{}/", listener.local_addr().expect("an address"));
    let (asked, is_asked) = tokio::sync::oneshot::channel();
    let serving = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a client");
        let stream = acceptor.accept(stream).await.expect("a handshake");
        let mut connection = h2::server::handshake(stream).await.expect("HTTP/2");
        let unanswered = connection.accept().await.expect("a request");
        asked.send(()).expect("the test goes on");
        while let Some(Ok(_)) = connection.accept().await {}
        drop(unanswered);
    });
    let limit = Duration::from_secs(20);
    let transport = allowing(&authority).idle_timeout(limit).build().expect("a transport");
    let sending = tokio::spawn(transport.clone().oneshot(request(&url, None)));
    is_asked.await.expect("a request");
    sending.abort();
    tokio::time::timeout(2 * limit, serving).await.expect("it is closed").expect("no panic");
}

#[tokio::test]
async fn a_request_that_the_server_says_it_has_not_begun_was_not_sent() {
    let authority = Authority::new();
    let acceptor = authority.issue("127.0.0.1").speaking("h2").acceptor();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    let url = format!("https://{}/", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a client");
        let stream = acceptor.accept(stream).await.expect("a handshake");
        let mut connection = h2::server::handshake(stream).await.expect("HTTP/2");
        while let Some(Ok((_, mut respond))) = connection.accept().await {
            respond.send_reset(h2::Reason::REFUSED_STREAM);
        }
    });
    let transport = allowing(&authority).build().expect("a transport");
    let result = fails(&transport, &url, None).await;
    assert_eq!(result, (ErrorKind::Transport, Outcome::NotSent));
}

/// A server that speaks nothing but HTTP/2 and answers with the request's body.
struct Http2 {
    url: String,
    /// Ends the connections there are, when their answers are written.
    leave: Arc<Notify>,
    /// The number of the first connection that is not frozen.
    thawed: Arc<AtomicUsize>,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    accepted: AtomicUsize,
    closed: AtomicUsize,
    is_frozen: AtomicBool,
    protocols: Mutex<Vec<Option<Vec<u8>>>>,
}

impl Http2 {
    async fn start(authority: &Authority) -> Self {
        let acceptor = authority.issue("127.0.0.1").speaking("h2").acceptor();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let server = Self {
            url: format!("https://{}/", listener.local_addr().expect("an address")),
            leave: Arc::default(),
            thawed: Arc::default(),
            seen: Arc::default(),
        };
        let (leave, thawed, seen) =
            (Arc::clone(&server.leave), Arc::clone(&server.thawed), Arc::clone(&server.seen));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let number = seen.accepted.fetch_add(1, Ordering::Relaxed);
                let acceptor = acceptor.clone();
                let (leave, thawed, seen) =
                    (Arc::clone(&leave), Arc::clone(&thawed), Arc::clone(&seen));
                tokio::spawn(async move {
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    let protocol = stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec);
                    seen.protocols.lock().expect("no panic").push(protocol);
                    let connection = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                        .serve_connection(TokioIo::new(stream), service_fn(echo));
                    let mut connection = pin!(connection);
                    let mut leave = pin!(leave.notified());
                    let mut is_leaving = false;
                    poll_fn(|cx| {
                        let is_thawed = number >= thawed.load(Ordering::Relaxed);
                        if seen.is_frozen.load(Ordering::Relaxed) && !is_thawed {
                            return Poll::Pending;
                        }
                        if !is_leaving && leave.as_mut().poll(cx).is_ready() {
                            is_leaving = true;
                            connection.as_mut().graceful_shutdown();
                        }
                        connection.as_mut().poll(cx).map(drop)
                    })
                    .await;
                    seen.closed.fetch_add(1, Ordering::Relaxed);
                });
            }
        });
        server
    }

    fn accepted(&self) -> usize {
        self.seen.accepted.load(Ordering::Relaxed)
    }

    fn protocols(&self) -> Vec<Option<Vec<u8>>> {
        self.seen.protocols.lock().expect("no panic").clone()
    }

    /// From now on the connections there are do nothing any more, and are not closed.
    fn freeze(&self) {
        self.thawed.store(usize::MAX, Ordering::Relaxed);
        self.seen.is_frozen.store(true, Ordering::Relaxed);
    }

    fn thaw_for_new(&self) {
        self.thawed.store(self.accepted(), Ordering::Relaxed);
    }

    async fn closed(&self, connections: usize) {
        while self.seen.closed.load(Ordering::Relaxed) < connections {
            tokio::task::yield_now().await;
        }
        for _ in 0..16 {
            tokio::task::yield_now().await;
        }
    }
}

async fn echo(
    request: http::Request<Incoming>,
) -> Result<http::Response<Full<Bytes>>, hyper::Error> {
    let body = request.into_body().collect().await?.to_bytes();
    Ok(http::Response::new(Full::new(body)))
}

/// A listener that takes connections and never answers the TLS handshake.
async fn mute() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("https://{}/", listener.local_addr().expect("an address"));
    (listener, url)
}

#[tokio::test]
async fn a_host_that_does_not_answer_its_handshake_holds_up_no_other_host() {
    let authority = Authority::new();
    let live = Http2::start(&authority).await;
    let plain = Server::start(Manner::Http).await;
    let (_listener, dead) = mute().await;
    let transport = allowing(&authority).build().expect("a transport");
    let mut waiting = Box::pin(send(&transport, &dead, None));
    for url in [live.url.clone(), plain.url("http")] {
        tokio::select! {
            biased;
            answer = &mut waiting => panic!("{answer:?}"),
            () = succeeds(&transport, &url, None) => {}
        }
    }
    // Nor does the one that waits, when nobody polls it.
    for url in [live.url.clone(), plain.url("http")] {
        succeeds(&transport, &url, None).await;
    }
    assert_eq!(live.accepted(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_request_does_not_wait_for_a_connection_that_was_begun_before_a_pause() {
    let server = Server::start(Manner::Stalled).await;
    let limit = Duration::from_secs(3);
    let transport = allowing(&Authority::new()).connect_timeout(limit).build().expect("one");
    let url = server.url("https");
    let early = tokio::spawn(transport.clone().oneshot(request(&url, None)));
    while server.accepted() < 1 {
        tokio::task::yield_now().await;
    }
    // The time passes, and no task runs.
    let mut passing = pin!(tokio::time::advance(limit));
    poll_fn(|cx| Poll::Ready(passing.as_mut().poll(cx).is_pending())).await;
    let late = fails(&transport, &url, None).await;
    assert_eq!(late, (ErrorKind::Timeout, Outcome::NotSent));
    assert!(early.await.expect("no panic").is_err());
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    assert_eq!(server.accepted(), 2);
}

#[tokio::test]
async fn a_request_that_makes_the_connection_and_is_not_polled_holds_up_no_other() {
    let authority = Authority::new();
    let server = Http2::start(&authority).await;
    let transport = allowing(&authority).build().expect("a transport");
    let mut first = Box::pin(send(&transport, &server.url, None));
    poll_fn(|cx| {
        assert!(first.as_mut().poll(cx).is_pending());
        Poll::Ready(())
    })
    .await;
    together(&transport, &server.url, 10).await;
    first.await.expect("an answer");
    assert_eq!(server.accepted(), 1);
}

#[tokio::test]
async fn plain_http_is_not_made_one_connection_at_a_time() {
    let authority = Authority::new();
    let (listener, _) = mute().await;
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let transport = allowing(&authority).build().expect("a transport");
    let requests: Vec<_> = (0..8)
        .map(|_| {
            let (transport, url) = (transport.clone(), url.clone());
            tokio::spawn(async move { send(&transport, &url, None).await.map(|_| ()) })
        })
        .collect();
    let mut accepted = Vec::new();
    while accepted.len() < 8 {
        accepted.push(listener.accept().await.expect("a connection"));
    }
    drop(accepted);
    for request in requests {
        request.await.expect("no panic").expect_err("it was closed");
    }
}
