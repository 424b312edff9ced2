//! Hosts of several addresses, and of changing ones.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Mutex;

use tokio::net::{TcpSocket, TcpStream};
use tokio::time::Instant;

use super::*;

fn here(last: u8) -> IpAddr {
    [127, 0, 0, last].into()
}

/// A transport that finds every name at these addresses, in this order.
fn finding(addresses: &[IpAddr]) -> TransportBuilder {
    let addresses: Vec<SocketAddr> = addresses.iter().map(|ip| (*ip, 0).into()).collect();
    Transport::builder().resolver(Resolver::new(move |_| Ok(addresses.clone())))
}

#[tokio::test]
async fn an_address_that_refuses_is_passed_over() {
    let server = Server::start(Manner::Http).await;
    let transport = finding(&[here(2), here(1)]).build().expect("a transport");
    succeeds(&transport, &format!("http://host.test:{}/", server.address.port()), None).await;
}

#[tokio::test(start_paused = true)]
async fn an_address_that_does_not_answer_leaves_time_for_the_next() {
    let server = Server::start(Manner::Http).await;
    let _dead = Unanswering::at(SocketAddr::new(here(3), server.address.port())).await;
    let limit = Duration::from_secs(5);
    let transport = finding(&[here(3), here(1)]).connect_timeout(limit);
    let transport = transport.build().expect("a transport");
    let start = Instant::now();
    succeeds(&transport, &format!("http://host.test:{}/", server.address.port()), None).await;
    assert_eq!(server.accepted(), 1);
    assert!(start.elapsed() > Duration::ZERO, "the first address answered");
    assert!(start.elapsed() < limit);
}

#[tokio::test(start_paused = true)]
async fn addresses_that_all_do_not_answer_end_at_the_connect_timeout() {
    let dead = Unanswering::at(SocketAddr::new(here(4), 0)).await;
    let limit = Duration::from_secs(5);
    let transport = finding(&[here(4)]).connect_timeout(limit).build().expect("a transport");
    let url = format!("http://host.test:{}/", dead.address.port());
    let start = Instant::now();
    let (_, outcome) = fails(&transport, &url, None).await;
    assert_eq!(outcome, Outcome::NotSent);
    assert_eq!(start.elapsed(), limit);
}

#[tokio::test(start_paused = true)]
async fn a_change_in_the_dns_is_followed_after_the_maximum_age() {
    let old = Server::start_at("127.0.0.1:0", Manner::Http).await;
    let new = Server::start_at(&format!("127.0.0.5:{}", old.address.port()), Manner::Http).await;
    let current = Arc::new(Mutex::new(old.address));
    let lookup = Arc::clone(&current);
    let max_age = Duration::from_secs(60);
    let transport = Transport::builder()
        .resolver(Resolver::new(move |_| Ok(vec![*lookup.lock().expect("no panic")])))
        .idle_timeout(10 * max_age)
        .max_age(max_age)
        .build()
        .expect("a transport");
    let url = format!("http://host.test:{}/", old.address.port());
    succeeds(&transport, &url, None).await;
    *current.lock().expect("no panic") = new.address;
    tokio::time::advance(max_age / 2).await;
    succeeds(&transport, &url, None).await;
    assert_eq!((old.accepted(), new.accepted()), (1, 0));
    tokio::time::advance(max_age / 2).await;
    succeeds(&transport, &url, None).await;
    assert_eq!((old.accepted(), new.accepted()), (1, 1));
}

#[tokio::test]
async fn a_name_without_addresses_and_a_failing_lookup_were_not_sent() {
    let none = Resolver::new(|_| Ok(Vec::new()));
    let failing = Resolver::new(|_| Err(io::Error::other("no nameserver")));
    for resolver in [none, failing] {
        let transport = Transport::builder().resolver(resolver).build().expect("a transport");
        assert_eq!(fails(&transport, "http://host.test/", None).await, NOT_CONNECTED);
    }
}

/// An address whose connections are never made: its queue is full and nobody accepts.
struct Unanswering {
    address: SocketAddr,
    _listener: tokio::net::TcpListener,
    _queue: Vec<TcpStream>,
}

impl Unanswering {
    async fn at(address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind(address).expect("loopback");
        let listener = socket.listen(1).expect("a listener");
        let address = listener.local_addr().expect("an address");
        let mut queue = Vec::new();
        let limit = Duration::from_millis(1);
        while let Ok(stream) = tokio::time::timeout(limit, TcpStream::connect(address)).await {
            queue.push(stream.expect("loopback"));
            assert!(queue.len() < 100, "the queue is never full");
        }
        Self { address, _listener: listener, _queue: queue }
    }
}
