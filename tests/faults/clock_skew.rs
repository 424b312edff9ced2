//! Clocks that are off: a refusal for the date costs one request more, once for each gateway.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::api::key::CreateKeyRequest;
use alibabacloud_kms::middleware::wire::protobuf;
use alibabacloud_kms::{
    Clock, ErrorKind, Gateway, InstanceGateway, KmsClient, OpenApiGateway, Outcome,
};
use alibabacloud_kms_local::{DEFAULT_KEY, LocalGateway};
use alibabacloud_kms_tests::faults::Fault::Answer;

use crate::bench::{Bench, Expected, WAYS, Way};

const HOUR: Duration = Duration::from_secs(3600);

/// A gateway whose clock is ahead or behind by this.
async fn gateway(ahead: bool, by: Duration) -> LocalGateway {
    let now = move || {
        let now = SystemTime::now();
        if ahead { now + by } else { now - by }
    };
    let gateway = LocalGateway::builder().clock(Clock::new(now)).start();
    gateway.await.expect("the gateway starts")
}

fn plain() -> impl Iterator<Item = Way> {
    WAYS.into_iter().filter(|way| !way.is_tls)
}

#[tokio::test]
async fn a_clock_that_is_off_costs_one_request_for_each_gateway_and_no_error() {
    for ahead in [true, false] {
        let local = gateway(ahead, HOUR).await;
        for way in plain() {
            // Not even one retry is allowed.
            let bench = Bench::with(&local, way, |builder| builder.max_attempts(1)).await;
            for tries in [2, 1, 1] {
                let run = bench.encrypt(&[], false).await;
                run.check(Expected::Success(tries), &way);
            }
        }
    }
}

#[tokio::test]
async fn a_skew_within_the_gateways_tolerance_costs_nothing() {
    let local = gateway(true, HOUR / 6).await;
    for way in plain() {
        let bench = Bench::new(&local, way).await;
        bench.encrypt(&[], false).await.check(Expected::Success(1), &way);
    }
}

#[tokio::test]
async fn what_must_not_be_done_twice_is_done_once() {
    let local = gateway(true, HOUR).await;
    let bench = Bench::new(&local, WAYS[0]).await;
    let before = local_keys(&local).await;
    let created = bench.client.create_key(CreateKeyRequest::new()).reply().await;
    assert_eq!(created.expect("the skew is put right").attempts(), 2);
    assert_eq!(local_keys(&local).await, before + 1);
}

async fn local_keys(local: &LocalGateway) -> i32 {
    use alibabacloud_kms::api::key::ListKeysRequest;

    let client = KmsClient::builder().shared(local.open_api_gateway()).build();
    let listed = client.expect("a client").list_keys(ListKeysRequest::new()).await;
    listed.expect("the keys are listed").total_count
}

#[tokio::test]
async fn calls_at_the_same_time_are_all_put_right() {
    let local = gateway(true, HOUR).await;
    for way in plain() {
        let bench = Bench::new(&local, way).await;
        let calls = (0..20).map(|_| {
            let call = bench.client.encrypt(EncryptRequest::new(DEFAULT_KEY, "text"));
            tokio::spawn(call.max_attempts(1).reply())
        });
        for call in calls.collect::<Vec<_>>() {
            let reply = call.await.expect("no panic").expect("the skew is put right");
            assert!(reply.attempts() <= 2);
        }
    }
}

#[tokio::test]
async fn a_clock_that_is_put_right_again_costs_one_request_again() {
    let offset = Arc::new(Mutex::new(HOUR));
    let ours = Arc::clone(&offset);
    let clock = Clock::new(move || SystemTime::now() - *ours.lock().expect("no panic before"));
    let local = gateway(true, Duration::ZERO).await;
    for way in plain() {
        *offset.lock().expect("no panic before") = HOUR;
        let clock = clock.clone();
        let bench = Bench::with(&local, way, |builder| builder.clock(clock)).await;
        for (off, tries) in [(HOUR, [2, 1]), (Duration::ZERO, [2, 1])] {
            *offset.lock().expect("no panic before") = off;
            for tries in tries {
                bench.encrypt(&[], false).await.check(Expected::Success(tries), &way);
            }
        }
    }
}

#[tokio::test]
async fn each_gateway_has_its_own_skew() {
    let (ahead, behind) = (gateway(true, HOUR).await, gateway(false, HOUR).await);
    let client = KmsClient::builder()
        .shared(OpenApiGateway::new(ahead.endpoint(), ahead.credential()))
        .instance(InstanceGateway::new(behind.endpoint(), behind.client_key()))
        .build()
        .expect("a client");
    for attempts in [2, 1] {
        for shared in [true, false] {
            let call = client.encrypt(EncryptRequest::new(DEFAULT_KEY, "text"));
            let reply = call.use_shared_gateway(shared).reply().await.expect("an answer");
            assert_eq!(reply.attempts(), attempts, "shared: {shared}");
        }
    }
}

#[tokio::test]
async fn a_refusal_without_a_date_or_with_the_same_one_is_not_repeated_for_ever() {
    let local = gateway(true, Duration::ZERO).await;
    let now = httpdate::fmt_http_date(SystemTime::now());
    for (date, tries) in [(String::new(), 1), (format!("date: {now}\r\n"), 2)] {
        for way in plain() {
            let bench = Bench::new(&local, way).await;
            let refusal = refusal(way.gateway, INVALID_DATE, &date);
            let run = bench.encrypt(&[refusal.clone(), refusal.clone(), refusal], true).await;
            let expected = Expected::Failure(ErrorKind::Service, Outcome::Answered, tries);
            run.check(expected, &format!("{date:?} on {way}"));
            assert_eq!(run.error().code(), Some("IllegalTimestamp"));
        }
    }
}

/// Each gateway refuses a date in words of its own, and both in the documented ones.
#[tokio::test]
async fn every_refusal_of_a_date_is_put_right() {
    let local = gateway(true, HOUR).await;
    let now = httpdate::fmt_http_date(SystemTime::now() + HOUR);
    for words in [INVALID_DATE, TOO_SKEWED] {
        for way in plain() {
            let bench = Bench::with(&local, way, |builder| builder.max_attempts(1)).await;
            let refusal = refusal(way.gateway, words, &format!("date: {now}\r\n"));
            let run = bench.encrypt(&[refusal], false).await;
            run.check(Expected::Success(2), &format!("{words:?} on {way}"));
        }
    }
}

/// How the shared gateway and an instance refuse a date: codes, and the instance's message.
type Words = [&'static str; 3];

const INVALID_DATE: Words = ["IllegalTimestamp", "InvalidParam", "The Param Date is invalid."];

const TOO_SKEWED: Words = [
    "RequestTimeTooSkewed",
    "RequestTimeTooSkewed",
    "Request time exceeds server time more than 15 minutes.",
];

fn refusal(gateway: Gateway, words: Words, date: &str) -> alibabacloud_kms_tests::faults::Fault {
    let [shared, instance, message] = words;
    let body = match gateway {
        Gateway::Shared => format!(r#"{{"Code":"{shared}","Message":"no"}}"#).into_bytes(),
        Gateway::Instance => protobuf::encode_error(400, instance, message, "r"),
    };
    let head = format!("HTTP/1.1 400 Bad Request\r\ncontent-length: {}\r\n{date}\r\n", body.len());
    Answer([head.into_bytes(), body].concat())
}
