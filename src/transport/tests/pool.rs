//! How many connections there are, how long they live, and that nobody notices when one ends.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::net::TcpListener;
use tokio::time::Instant;
use tower::Layer as _;

use super::server::{read_request, write_answer};
use super::*;
use crate::middleware::timeout::{AttemptTimeout, AttemptTimeoutLayer};

#[tokio::test]
async fn connections_are_bounded_however_many_requests_there_are() {
    let server = Server::start(Manner::Http).await;
    let transport = Transport::builder().max_connections(4).build().expect("a transport");
    let url = server.url("http");
    let requests: Vec<_> = (0..200)
        .map(|_| {
            let (transport, url) = (transport.clone(), url.clone());
            tokio::spawn(async move { succeeds(&transport, &url, None).await })
        })
        .collect();
    for request in requests {
        request.await.expect("an answer");
    }
    assert_eq!((server.accepted(), server.peak()), (4, 4));
}

#[tokio::test]
async fn idle_connections_to_other_hosts_give_way() {
    let [one, other] = [Server::start(Manner::Http).await, Server::start(Manner::Http).await];
    let transport = Transport::builder().max_connections(2).build().expect("a transport");
    let pair = || async {
        let url = one.url("http");
        tokio::join!(succeeds(&transport, &url, None), succeeds(&transport, &url, None))
    };
    pair().await;
    assert_eq!(one.accepted(), 2);
    succeeds(&transport, &other.url("http"), None).await;
    one.closed(1).await;
    succeeds(&transport, &one.url("http"), None).await;
    assert_eq!((one.accepted(), other.accepted()), (2, 1), "the other one was kept");
}

#[tokio::test]
async fn an_answer_keeps_its_connection_until_it_is_read() {
    let server = Server::start(Manner::Http).await;
    let transport = Transport::builder().max_connections(1).build().expect("a transport");
    let url = server.url("http");
    let first = transport.clone().oneshot(request(&url, None)).await.expect("an answer");
    let mut second = tokio::spawn(transport.clone().oneshot(request(&url, None)));
    for _ in 0..100 {
        tokio::task::yield_now().await;
        assert!(!second.is_finished(), "two requests on one connection");
    }
    first.into_body().collect().await.expect("the body");
    (&mut second).await.expect("no panic").expect("an answer");
    assert_eq!(server.accepted(), 1);
}

#[tokio::test]
async fn an_answer_that_is_not_read_closes_its_connection() {
    let server = Server::start(Manner::Http).await;
    let transport = Transport::builder().max_connections(1).build().expect("a transport");
    let url = server.url("http");
    drop(transport.clone().oneshot(request(&url, None)).await.expect("an answer"));
    succeeds(&transport, &url, None).await;
    assert_eq!(server.accepted(), 2);
}

#[tokio::test]
async fn an_answer_without_a_body_need_not_be_read() {
    let server = Server::start(Manner::Http).await;
    let transport = plain();
    for _ in 0..3 {
        let request = http::Request::get(server.url("http")).body(Body::default());
        drop(transport.clone().oneshot(request.expect("a request")).await.expect("an answer"));
    }
    assert_eq!(server.accepted(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_waited_in_vain_for_a_connection_was_not_sent() {
    let server = Server::start(Manner::Stalled).await;
    let limit = Duration::from_secs(3);
    let transport = Transport::builder().max_connections(1).build().expect("a transport");
    let attempt = AttemptTimeoutLayer::new(limit).layer(transport);
    let outcome = |attempt: AttemptTimeout<Transport>| async {
        let error = attempt.oneshot(request(&server.url("http"), None)).await;
        let error = Error::from_boxed(error.expect_err("no answer"));
        assert_eq!(error.kind(), ErrorKind::Timeout);
        error.outcome()
    };
    let start = Instant::now();
    let sent_first = tokio::join!(outcome(attempt.clone()), outcome(attempt.clone()));
    assert_eq!(sent_first, (Outcome::Unknown, Outcome::NotSent));
    assert_eq!(start.elapsed(), limit);
    assert_eq!(server.accepted(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_left_once_is_not_taken_back_when_a_copy_waits() {
    let [silent, stalled] =
        [Server::start(Manner::Silent).await, Server::start(Manner::Stalled).await];
    // The copy waits for a handshake.
    let (transport, url) = (transport(anyone()), stalled.url("https"));
    // A layer of the user's under the time limit, which sends a request elsewhere if it is lost.
    let twice = tower::service_fn(move |request: http::Request<Body>| {
        let (transport, mut copy) = (transport.clone(), request.clone());
        *copy.uri_mut() = url.parse().expect("a URI");
        async move {
            assert!(transport.clone().oneshot(request).await.is_err());
            transport.oneshot(copy).await
        }
    });
    let attempt = AttemptTimeoutLayer::new(Duration::from_secs(3)).layer(twice);
    let error = attempt.oneshot(request(&silent.url("http"), None)).await;
    let error = Error::from_boxed(error.expect_err("no answer"));
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Timeout, Outcome::Unknown));
    assert_eq!((silent.accepted(), stalled.accepted()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_given_up_ends_its_turn() {
    let server = Server::start(Manner::Stalled).await;
    let transport = Transport::builder().max_connections(1).build().expect("a transport");
    let attempt = AttemptTimeoutLayer::new(Duration::from_secs(3)).layer(transport);
    for requests in 1..=3 {
        let error = attempt.clone().oneshot(request(&server.url("http"), None)).await;
        assert!(error.is_err());
        assert_eq!(server.accepted(), requests);
    }
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_is_never_answered_ends_at_the_connect_timeout() {
    let server = Server::start(Manner::Stalled).await;
    let limit = Duration::from_secs(3);
    let transport =
        Transport::builder().tls(anyone()).connect_timeout(limit).build().expect("a transport");
    let start = Instant::now();
    let result = fails(&transport, &server.url("https"), None).await;
    assert_eq!(result, (ErrorKind::Timeout, Outcome::NotSent));
    assert_eq!(start.elapsed(), limit);
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_closed_at_its_timeout() {
    let server = Server::start(Manner::Http).await;
    let limit = Duration::from_secs(20);
    let transport = Transport::builder().idle_timeout(limit).build().expect("a transport");
    for _ in 0..2 {
        succeeds(&transport, &server.url("http"), None).await;
        tokio::time::advance(limit - Duration::from_secs(1)).await;
    }
    assert_eq!(server.accepted(), 1, "it was used in time");
    tokio::time::advance(Duration::from_secs(1)).await;
    server.closed(1).await;
    succeeds(&transport, &server.url("http"), None).await;
    assert_eq!(server.accepted(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_connection_in_use_is_replaced_at_its_maximum_age() {
    let server = Server::start(Manner::Http).await;
    let max_age = Duration::from_secs(300);
    let transport = Transport::builder().max_age(max_age).build().expect("a transport");
    let start = Instant::now();
    let mut made = Vec::new();
    for _ in 0..1000 {
        succeeds(&transport, &server.url("http"), None).await;
        if server.accepted() > made.len() {
            made.push(start.elapsed());
        }
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    assert!((4..=5).contains(&made.len()), "{made:?}");
    for pair in made.windows(2) {
        let age = pair[1] - pair[0];
        assert!(age >= max_age * 9 / 10 && age <= max_age + Duration::from_secs(1), "{age:?}");
    }
}

#[tokio::test]
async fn limits_that_no_clock_can_hold_do_not_panic() {
    let server = Server::start(Manner::Http).await;
    for limit in [Duration::ZERO, Duration::MAX] {
        let transport = Transport::builder()
            .idle_timeout(limit)
            .max_age(limit)
            .max_connections(usize::MAX)
            .build()
            .expect("a transport");
        for _ in 0..2 {
            succeeds(&transport, &server.url("http"), None).await;
        }
    }
    assert_eq!(server.accepted(), 3);
}

#[tokio::test]
async fn a_dropped_transport_closes_its_connections() {
    let server = Server::start(Manner::Http).await;
    let transport = plain();
    succeeds(&transport, &server.url("http"), None).await;
    drop(transport);
    server.closed(1).await;
}

#[test]
fn a_transport_survives_the_runtime_that_its_connections_ran_on() {
    let runtime = || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().build().expect("a runtime")
    };
    let servers = runtime();
    let server = servers.block_on(Server::start(Manner::Http));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = std::thread::spawn(move || servers.block_on(stopped));
    let transport = plain();
    for connections in 1..=3 {
        runtime().block_on(succeeds(&transport, &server.url("http"), None));
        assert_eq!(server.accepted(), connections);
    }
    drop(stop);
    assert!(serving.join().is_ok());
}

#[tokio::test]
async fn a_connection_that_the_server_closed_while_idle_costs_no_error() {
    let server = Server::start(Manner::HttpOnce).await;
    let transport = plain();
    for connections in 1..=5 {
        succeeds(&transport, &server.url("http"), None).await;
        server.closed(connections).await;
        assert_eq!(server.accepted(), connections);
    }
}

#[tokio::test]
async fn a_server_that_closes_at_any_moment_between_requests_loses_none_and_doubles_none() {
    const REQUESTS: usize = 3000;
    let server = Arc::new(Fickle::start().await);
    let asked = Arc::clone(&server);
    // In a task, so that the server's tasks come before it as often as after it.
    let asking = tokio::spawn(async move {
        let transport = plain();
        let mut moments = Moments(7);
        for number in 0..REQUESTS {
            for _ in 0..moments.next() {
                tokio::task::yield_now().await;
            }
            asked.is_asked.store(true, Ordering::Relaxed);
            let body = Body::from(number.to_string());
            let request = http::Request::post(&asked.url).body(body).expect("a request");
            let response = transport.clone().oneshot(request).await.expect("an answer");
            response.into_body().collect().await.expect("a body");
            asked.is_asked.store(false, Ordering::Relaxed);
        }
    });
    asking.await.expect("all are answered");
    let received = server.received.lock().expect("no panic");
    let expected: Vec<_> = (0..REQUESTS).map(|number| number.to_string()).collect();
    assert_eq!(*received, expected);
    assert!(server.connections.load(Ordering::Relaxed) > REQUESTS / 10, "it seldom closed");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn idle_connections_are_probed() {
    let server = Server::start(Manner::Http).await;
    let transport = plain();
    succeeds(&transport, &server.url("http"), None).await;
    let (client, server) = (server.peers()[0].port(), server.address.port());
    // `st` 01 is an established connection, `tr` 02 that its keep-alive timer runs: proc(5).
    let table = std::fs::read_to_string("/proc/net/tcp").expect("the kernel's table");
    let is_clients = |line: &&str| {
        let mut columns = line.split_whitespace().skip(1);
        let ends = [columns.next(), columns.next()];
        let ports = ends.map(|end| end.and_then(|end| end.split(':').nth(1)));
        ports == [Some(&*format!("{client:04X}")), Some(&*format!("{server:04X}"))]
    };
    let line = table.lines().find(is_clients).expect("the connection");
    let columns: Vec<_> = line.split_whitespace().collect();
    assert_eq!(columns[3], "01");
    assert!(columns[5].starts_with("02:"), "no keep-alive timer runs: {line}");
}

/// Answers, and closes connections at random moments, but never when a request may be on its way.
struct Fickle {
    url: String,
    is_asked: Arc<AtomicBool>,
    received: Arc<Mutex<Vec<String>>>,
    connections: Arc<std::sync::atomic::AtomicUsize>,
}

impl Fickle {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let server = Self {
            url: format!("http://{}/", listener.local_addr().expect("an address")),
            is_asked: Arc::default(),
            received: Arc::default(),
            connections: Arc::default(),
        };
        let (is_asked, received, connections) = (
            Arc::clone(&server.is_asked),
            Arc::clone(&server.received),
            Arc::clone(&server.connections),
        );
        tokio::spawn(async move {
            let mut moments = Moments(11);
            while let Ok((mut stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::Relaxed);
                let (is_asked, received) = (Arc::clone(&is_asked), Arc::clone(&received));
                let mut moments = Moments(moments.next() + 1);
                tokio::spawn(async move {
                    while let Some(request) = read_request(&mut stream).await {
                        let body = String::from_utf8(request.body).expect("text");
                        received.lock().expect("no panic").push(body);
                        write_answer(&mut stream, Vec::new()).await;
                        for _ in 0..moments.next() {
                            tokio::task::yield_now().await;
                        }
                        if !is_asked.load(Ordering::Relaxed) {
                            return;
                        }
                    }
                });
            }
        });
        server
    }
}

/// Numbers from 0 to 7 in no order, the same in each run.
struct Moments(u64);

impl Moments {
    fn next(&mut self) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 61
    }
}
