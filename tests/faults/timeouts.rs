//! Time limits: each named in its error, each saying whether the request can have left.

use std::net::SocketAddr;
use std::time::Duration;

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::middleware::timeout::TimeLimit;
use alibabacloud_kms::{
    Credential, Error, ErrorKind, Gateway, OpenApiGateway, Outcome, ProvideCredential,
};
use alibabacloud_kms_local::DEFAULT_KEY;
use alibabacloud_kms_tests::faults::Fault::{None, Silence};
use alibabacloud_kms_tests::faults::When::{Accepted, Asked, Handshake};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::bench::{Bench, Expected, LIMIT, LONG, WAYS, builder, local};

const SHORT: Duration = Duration::from_millis(500);

#[tokio::test]
async fn a_handshake_that_stalls_ends_at_the_limit_that_is_the_shortest() {
    let local = local().await;
    for way in WAYS.into_iter().filter(|way| way.is_tls) {
        for (connect, attempt, call, limit, tries) in [
            (SHORT, LONG, LONG, TimeLimit::Connect(SHORT), 3),
            (LONG, SHORT, LONG, TimeLimit::Attempt(SHORT), 3),
            (LONG, LONG, SHORT, TimeLimit::Call(SHORT), 1),
        ] {
            let bench = Bench::with(&local, way, |builder| {
                builder.connect_timeout(connect).attempt_timeout(attempt).timeout(call)
            })
            .await;
            let stalls = [Silence(Handshake), Silence(Accepted), Silence(Handshake)];
            let run = bench.encrypt(&stalls, false).await;
            // Nothing of the request has left: it is repeated whatever the action.
            let expected = Expected::Failure(ErrorKind::Timeout, Outcome::NotSent, tries);
            run.check(expected, &format!("{limit:?} on {way}"));
            assert_eq!(run.error().time_limit(), Some(limit), "{way}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_ends_at_the_limit_that_is_the_shortest() {
    let local = local().await;
    for way in WAYS {
        for (attempt, call, limit) in
            [(SHORT, LONG, TimeLimit::Attempt(SHORT)), (LONG, LIMIT, TimeLimit::Call(LIMIT))]
        {
            let bench =
                Bench::with(&local, way, |builder| builder.attempt_timeout(attempt).timeout(call))
                    .await;
            let run = bench.encrypt(&[Silence(Asked)], false).await;
            let expected = Expected::Failure(ErrorKind::Timeout, Outcome::Unknown, 1);
            run.check(expected, &format!("{limit:?} on {way}"));
            assert_eq!(run.error().time_limit(), Some(limit), "{way}");
        }
    }
}

#[tokio::test]
async fn a_whole_call_that_ends_in_a_later_handshake_remembers_the_earlier_request() {
    let local = local().await;
    for way in WAYS.into_iter().filter(|way| way.is_tls) {
        let limit = LIMIT + LIMIT / 2;
        let bench =
            Bench::with(&local, way, |builder| builder.attempt_timeout(LIMIT).timeout(limit)).await;
        let run = bench.encrypt(&[Silence(Asked), Silence(Accepted)], true).await;
        run.check(Expected::Failure(ErrorKind::Timeout, Outcome::Unknown, 2), &way);
        assert_eq!(run.error().time_limit(), Some(TimeLimit::Call(limit)));
    }
}

/// An address where connections are neither accepted nor refused: its queue is full.
async fn black_hole() -> (SocketAddr, TcpListener, Vec<TcpStream>) {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a free port");
    let listener = socket.listen(1).expect("it listens");
    let address = listener.local_addr().expect("an address");
    let mut queued = Vec::new();
    while let Ok(stream) = tokio::time::timeout(SHORT, TcpStream::connect(address)).await {
        queued.push(stream.expect("a connection"));
    }
    (address, listener, queued)
}

#[tokio::test]
async fn a_host_that_does_not_answer_the_connection_is_the_connect_timeouts() {
    let local = local().await;
    let (address, _listener, _queued) = black_hole().await;
    for way in WAYS {
        let client = builder(&local, way, address, Option::None)
            .connect_timeout(SHORT)
            .build()
            .expect("a client");
        let error = client
            .encrypt(EncryptRequest::new(DEFAULT_KEY, "text"))
            .idempotent(false)
            .await
            .expect_err("no connection");
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Timeout, Outcome::NotSent));
        assert_eq!(error.time_limit(), Some(TimeLimit::Connect(SHORT)));
        assert_eq!(error.attempts(), 3, "{way}");
        assert!(error.to_string().contains("connect timeout of 500ms"), "{error}");
    }
}

/// Never gives a credential.
#[derive(Debug)]
struct Stuck;

#[async_trait::async_trait]
impl ProvideCredential for Stuck {
    async fn provide(&self) -> Result<Credential, Error> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_credential_that_does_not_come_leaves_nothing_sent() {
    let local = local().await;
    let way = WAYS[0];
    assert_eq!(way.gateway, Gateway::Shared);
    let bench = Bench::with(&local, way, |builder| {
        let gateway = OpenApiGateway::new(local.endpoint(), Stuck);
        builder.shared(gateway).credential_timeout(SHORT)
    })
    .await;
    let run = bench.encrypt(&[None], false).await;
    run.check(Expected::Failure(ErrorKind::Credential, Outcome::NotSent, 0), &way);
}
