//! Connections that are reset, closed, silenced, slowed: a table.

use std::sync::Arc;
use std::time::Duration;

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::{ErrorKind, Outcome};
use alibabacloud_kms_local::{DEFAULT_KEY, LocalGateway};
use alibabacloud_kms_tests::certificate::Authority;
use alibabacloud_kms_tests::faults::Fault::{Close, Drip, Reset, Silence};
use alibabacloud_kms_tests::faults::When::{
    Accepted, AnswerBegun, AnswerHeaded, Asked, Begun, Handshake, Headed, Unread,
};
use alibabacloud_kms_tests::faults::{Fault, FaultServer};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::bench;
use crate::bench::{Bench, Expected, LIMIT, LONG, Run, WAYS, Way, local, trust};

/// What a fault leaves the client to know.
#[derive(Debug, Clone, Copy)]
enum Known {
    /// The request was not sent: every action is sent again. The kind of the error if it never is.
    NotSent(ErrorKind),
    /// It may have arrived: only an idempotent action is sent again.
    Unknown(ErrorKind),
}

const BROKEN: Known = Known::Unknown(ErrorKind::Transport);
const TIMED_OUT: Known = Known::Unknown(ErrorKind::Timeout);

/// A fault, and what it means over plain HTTP and over TLS.
const TABLE: &[(Fault, Known, Known)] = &[
    (Reset(Unread), BROKEN, Known::NotSent(ErrorKind::Connect)),
    (Close(Unread), BROKEN, Known::NotSent(ErrorKind::Connect)),
    (Silence(Accepted), TIMED_OUT, Known::NotSent(ErrorKind::Timeout)),
    (Reset(Begun), BROKEN, BROKEN),
    (Close(Begun), BROKEN, BROKEN),
    (Silence(Begun), TIMED_OUT, TIMED_OUT),
    (Reset(Headed), BROKEN, BROKEN),
    (Reset(Asked), BROKEN, BROKEN),
    (Close(Asked), BROKEN, BROKEN),
    (Silence(Asked), TIMED_OUT, TIMED_OUT),
    (Reset(AnswerBegun), BROKEN, BROKEN),
    (Close(AnswerBegun), BROKEN, BROKEN),
    (Silence(AnswerBegun), TIMED_OUT, TIMED_OUT),
    (Reset(AnswerHeaded), BROKEN, BROKEN),
    (Close(AnswerHeaded), BROKEN, BROKEN),
    (Silence(AnswerHeaded), TIMED_OUT, TIMED_OUT),
    (Drip(Duration::from_millis(50)), TIMED_OUT, TIMED_OUT),
];

/// The TLS handshake's own.
const HANDSHAKE: &[(Fault, Known)] = &[
    (Reset(Handshake), Known::NotSent(ErrorKind::Connect)),
    (Close(Handshake), Known::NotSent(ErrorKind::Connect)),
    (Silence(Handshake), Known::NotSent(ErrorKind::Timeout)),
];

fn rows(is_tls: bool) -> Vec<(Fault, Known)> {
    let rows =
        TABLE.iter().map(|(fault, plain, tls)| (fault.clone(), if is_tls { *tls } else { *plain }));
    match is_tls {
        true => rows.chain(HANDSHAKE.iter().cloned()).collect(),
        false => rows.collect(),
    }
}

/// Rows that run at once: more would keep each other from meeting their time limits.
const AT_ONCE: usize = 12;

/// Runs a row with a fault that happens so often, one after the other, on a client of its own.
async fn run(
    local: &LocalGateway,
    way: Way,
    (fault, known): (Fault, Known),
    times: usize,
    idempotent: bool,
) -> Run {
    let (Known::NotSent(kind) | Known::Unknown(kind)) = known;
    // Only where a limit is what ends the attempt need it be short.
    let limit = if kind == ErrorKind::Timeout { LIMIT } else { LONG };
    let bench =
        Bench::with(local, way, |builder| builder.connect_timeout(limit).attempt_timeout(limit));
    bench.await.encrypt(&vec![fault; times], idempotent).await
}

/// Every row, on every way, for actions of both sorts, all at once.
async fn for_every_row(times: usize, expected: fn(Known, bool) -> Expected) {
    let local = Arc::new(local().await);
    let mut runs = JoinSet::new();
    let room = Arc::new(Semaphore::new(AT_ONCE));
    for way in WAYS {
        for (fault, known) in rows(way.is_tls) {
            for idempotent in [true, false] {
                let (local, room) = (Arc::clone(&local), Arc::clone(&room));
                let row = (fault.clone(), known);
                let what = format!("{fault:?} on {way}, idempotent: {idempotent}");
                runs.spawn(async move {
                    let _room = room.acquire().await.expect("it is not closed");
                    let run = run(&local, way, row, times, idempotent).await;
                    run.check(expected(known, idempotent), &what);
                });
            }
        }
    }
    while let Some(row) = runs.join_next().await {
        row.expect("the row is as it must be");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_is_made_good_unless_a_second_request_could_do_the_same_twice() {
    for_every_row(1, |known, idempotent| match (known, idempotent) {
        (Known::NotSent(_), _) | (_, true) => Expected::Success(2),
        (Known::Unknown(kind), false) => Expected::Failure(kind, Outcome::Unknown, 1),
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_that_stays_is_the_error_that_it_must_be_after_three_requests() {
    for_every_row(3, |known, idempotent| match (known, idempotent) {
        (Known::NotSent(kind), _) => Expected::Failure(kind, Outcome::NotSent, 3),
        (Known::Unknown(kind), true) => Expected::Failure(kind, Outcome::Unknown, 3),
        (Known::Unknown(kind), false) => Expected::Failure(kind, Outcome::Unknown, 1),
    })
    .await;
}

#[tokio::test]
async fn what_went_over_a_used_connection_is_not_sent_again_behind_the_callers_back() {
    let local = local().await;
    for way in WAYS {
        let later = rows(way.is_tls).into_iter().filter(|(fault, known)| {
            !fault.is_early() && matches!(known, Known::Unknown(ErrorKind::Transport))
        });
        for (fault, _) in later {
            let bench = Bench::new(&local, way).await;
            bench.encrypt(&[], false).await.check(Expected::Success(1), &way);
            let run = bench.encrypt(std::slice::from_ref(&fault), false).await;
            let lost = Expected::Failure(ErrorKind::Transport, Outcome::Unknown, 1);
            run.check(lost, &format!("{fault:?} on {way}"));
        }
    }
}

#[tokio::test]
async fn a_connection_that_is_reset_at_once_was_not_used_or_may_have_been() {
    let local = local().await;
    for way in WAYS.into_iter().filter(|way| !way.is_tls) {
        for _ in 0..50 {
            let run = run(&local, way, (Reset(Accepted), BROKEN), 1, false).await;
            // The reset is seen before the request is written, or after it.
            let expected = match run.result {
                Ok(_) => Expected::Success(2),
                Err(_) => Expected::Failure(ErrorKind::Transport, Outcome::Unknown, 1),
            };
            run.check(expected, &way);
        }
    }
}

#[tokio::test]
async fn over_ipv6_the_same_holds() {
    let local = local().await;
    let address = "[::1]:0".parse().expect("an address");
    if let Err(error) = tokio::net::TcpListener::bind(address).await {
        eprintln!("skipped: this machine has no IPv6: {error}");
        return;
    }
    for way in WAYS.into_iter().filter(|way| !way.is_tls) {
        let server = FaultServer::start_at(address, local.address()).await;
        let client = bench::builder(&local, way, server.address(), None);
        let bench = Bench { server, client: client.build().expect("a client") };
        bench.encrypt(&[], false).await.check(Expected::Success(1), &way);
        bench.encrypt(&[Reset(Asked)], true).await.check(Expected::Success(2), &way);
        let lost = Expected::Failure(ErrorKind::Transport, Outcome::Unknown, 1);
        bench.encrypt(&[Reset(Asked)], false).await.check(lost, &way);
    }
}

#[tokio::test]
async fn an_answer_that_comes_slowly_but_in_time_is_read() {
    let local = local().await;
    for way in WAYS {
        let run = run(&local, way, (Drip(Duration::from_micros(1)), BROKEN), 1, false).await;
        run.check(Expected::Success(1), &way);
    }
}

#[tokio::test]
async fn a_connection_that_the_server_forgot_is_not_used_again() {
    let local = local().await;
    for way in WAYS {
        let bench = Bench::with(&local, way, |builder| builder.attempt_timeout(LIMIT)).await;
        bench.encrypt(&[], false).await.check(Expected::Success(1), &way);
        // The second request goes over the first one's connection, and its answer never comes.
        let run = bench.encrypt(&[Silence(Begun)], true).await;
        run.check(Expected::Success(2), &way);
        assert!(run.took >= LIMIT);
        assert_eq!(bench.server.open(), 1, "the silent connection was closed");
    }
}

#[tokio::test]
async fn a_certificate_that_changes_for_a_wrong_one_stops_new_connections_only() {
    let local = local().await;
    for way in WAYS.into_iter().filter(|way| way.is_tls) {
        let server = FaultServer::start(local.address()).await;
        let (ours, another) = (Authority::generate(), Authority::generate());
        server.speak_tls(ours.server());
        let client = bench::builder(&local, way, server.address(), trust(&ours));
        let bench = Bench { server, client: client.build().expect("a client") };
        bench.encrypt(&[], false).await.check(Expected::Success(1), &way);

        bench.server.speak_tls(another.server());
        bench.encrypt(&[], false).await.check(Expected::Success(1), &way);

        // The connection is closed after this answer; the next finds the wrong certificate.
        bench.encrypt(&[Close(Asked)], false).await;
        let before = bench.server.tries();
        let call = bench.client.encrypt(EncryptRequest::new(DEFAULT_KEY, "text"));
        let error = call.await.expect_err("another CA's certificate");
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Tls, Outcome::NotSent));
        assert_eq!(error.attempts(), 1, "the same certificate would be there again");
        assert_eq!(bench.server.tries(), before, "no byte of a request reached the server");

        bench.server.speak_tls(ours.server());
        bench.encrypt(&[], false).await.check(Expected::Success(1), &way);
    }
}
