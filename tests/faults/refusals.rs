//! Gateways that fail and gateways that are overrun: storms of 5xx, throttling with each hint.

use std::time::{Duration, SystemTime};

use alibabacloud_kms::{ErrorKind, Gateway, KmsClient, Outcome};
use alibabacloud_kms_tests::faults::Fault::{self, Answer};
use alibabacloud_kms_tests::faults::FaultServer;

use crate::bench::{Bench, Expected, WAYS, builder, local};

/// An answer that is not the service's, as a proxy in front of it gives.
fn page(status: u16, headers: &str) -> Fault {
    let body = "<html>busy</html>";
    let head = format!("HTTP/1.1 {status} Busy\r\ncontent-length: {}\r\n{headers}", body.len());
    Answer(format!("{head}\r\n{body}").into_bytes())
}

/// The service's refusal because of the rate.
fn throttled(gateway: Gateway, headers: &str) -> Fault {
    let body = match gateway {
        Gateway::Shared => br#"{"Code":"Throttling.User","Message":"slow down"}"#.to_vec(),
        Gateway::Instance => [&[0x12, 19][..], b"Rejected.Throttling"].concat(),
    };
    let length = body.len();
    let head = format!("HTTP/1.1 400 Bad Request\r\ncontent-length: {length}\r\n{headers}\r\n");
    Answer([head.into_bytes(), body].concat())
}

#[tokio::test]
async fn a_storm_of_5xx_is_outlived_by_idempotent_actions_only() {
    let local = local().await;
    for way in WAYS {
        for status in [500, 502, 503, 504] {
            let failed = |tries| Expected::Failure(ErrorKind::Service, Outcome::Answered, tries);
            for (faults, idempotent, expected) in
                [(2, true, Expected::Success(3)), (3, true, failed(3)), (1, false, failed(1))]
            {
                let bench = Bench::new(&local, way).await;
                let faults = vec![page(status, ""); faults];
                let run = bench.encrypt(&faults, idempotent).await;
                run.check(expected, &format!("{status} on {way}, idempotent: {idempotent}"));
            }
        }
    }
}

#[tokio::test]
async fn throttling_is_waited_out_as_each_hint_says_for_every_action() {
    let local = local().await;
    let in_two_seconds = SystemTime::now() + Duration::from_secs(2);
    let date = httpdate::fmt_http_date(in_two_seconds);
    let now = httpdate::fmt_http_date(in_two_seconds - Duration::from_secs(1));
    for (headers, wait) in [
        ("x-acs-retry-after: 300\r\n".to_owned(), 300),
        ("x-ratelimit-user-api: Limit:1,TimeLeft:250,Remain:0\r\n".to_owned(), 250),
        ("x-ratelimit-user: TimeLeft:200\r\n".to_owned(), 200),
        ("retry-after: 1\r\n".to_owned(), 1000),
        (format!("date: {now}\r\nretry-after: {date}\r\n"), 1000),
        (String::new(), 0),
    ] {
        for way in WAYS.into_iter().filter(|way| !way.is_tls) {
            for fault in [throttled(way.gateway, &headers), page(429, &headers)] {
                let bench = Bench::new(&local, way).await;
                let run = bench.encrypt(&[fault], false).await;
                run.check(Expected::Success(2), &format!("{headers:?} on {way}"));
                assert!(run.took >= Duration::from_millis(wait), "{headers:?}: {:?}", run.took);
            }
        }
    }
}

/// The window comes with ordinary answers too: it must not switch off the retries of other errors.
#[tokio::test]
async fn a_quotas_window_on_a_server_fault_is_not_waited_out() {
    let local = local().await;
    let window = "x-ratelimit-user-api: Limit:100,Remaining:99,TimeLeft:60000\r\n";
    for way in WAYS.into_iter().filter(|way| !way.is_tls) {
        let bench = Bench::new(&local, way).await;
        let run = bench.encrypt(&[page(503, window), page(503, window)], true).await;
        run.check(Expected::Success(3), &way);
    }
}

/// A copy of the request has arrived: whoever may repeat the call sends another one.
#[tokio::test]
async fn a_used_nonce_is_repeated_with_a_new_one_if_the_action_is_idempotent() {
    let local = local().await;
    let body = r#"{"Code":"SignatureNonceUsed","Message":"used"}"#;
    let head = format!("HTTP/1.1 400 Bad Request\r\ncontent-length: {}\r\n\r\n", body.len());
    let used = Answer(format!("{head}{body}").into_bytes());
    let way = WAYS.into_iter().find(|way| way.gateway == Gateway::Shared && !way.is_tls);
    let way = way.expect("a way");
    let failed = Expected::Failure(ErrorKind::Service, Outcome::Answered, 1);
    for (idempotent, expected) in [(true, Expected::Success(2)), (false, failed)] {
        let bench = Bench::new(&local, way).await;
        bench.encrypt(std::slice::from_ref(&used), idempotent).await.check(expected, &way);
    }
}

#[tokio::test]
async fn a_hint_is_capped_and_a_deadline_ends_the_wait_before_it_begins() {
    use alibabacloud_kms::middleware::retry::{Backoff, RetryPolicy};

    let local = local().await;
    for way in WAYS.into_iter().filter(|way| !way.is_tls) {
        let fault = throttled(way.gateway, "retry-after: 3600\r\n");
        let capped = Backoff::default().max_hint(Duration::from_millis(200));
        let policy = RetryPolicy::default().backoff(capped);
        let bench = Bench::with(&local, way, |builder| builder.retry(policy)).await;
        let run = bench.encrypt(std::slice::from_ref(&fault), false).await;
        run.check(Expected::Success(2), &way);

        // The cap of the default, 20 s, is past this deadline.
        let limit = Duration::from_secs(15);
        let bench = Bench::with(&local, way, |builder| builder.timeout(limit)).await;
        let run = bench.encrypt(&[fault], false).await;
        run.check(Expected::Failure(ErrorKind::Service, Outcome::Answered, 1), &way);
        assert!(run.error().is_throttled());
        assert!(run.took < limit, "the wait was not begun");
    }
}

#[tokio::test]
async fn the_outage_of_one_gateway_takes_no_retries_from_the_other() {
    let local = local().await;
    let (shared, instance) =
        (FaultServer::start(local.address()).await, FaultServer::start(local.address()).await);
    shared.fail_all(|| page(503, ""));
    let client = both(&local, &shared, &instance);
    let capacity = client.retry_budget(Gateway::Shared).expect("a gateway").capacity();
    let left = |gateway| client.retry_budget(gateway).expect("a gateway").tokens();

    let mut tries = 0;
    for _ in 0..capacity {
        let before = shared.tries();
        encrypt(&client, true).await.expect_err("an outage");
        tries = shared.tries() - before;
        if tries == 1 {
            break;
        }
    }
    assert_eq!(tries, 1, "retries end");
    assert_eq!((left(Gateway::Shared), left(Gateway::Instance)), (0, capacity));
    instance.fail([page(503, "")]);
    encrypt(&client, false).await.expect("the instance has retries of its own");
    assert!(left(Gateway::Instance) < capacity);

    shared.fail_all(|| Fault::None);
    encrypt(&client, true).await.expect("the outage is over");
    assert_eq!(left(Gateway::Shared), 1, "successes bring the retries back");
}

fn both(
    local: &alibabacloud_kms_local::LocalGateway,
    shared: &FaultServer,
    instance: &FaultServer,
) -> KmsClient {
    let [shared, instance] = [shared, instance].map(|server| server.address());
    let instance = format!("http://{instance}").parse().expect("an endpoint");
    let [way, ..] = WAYS;
    builder(local, way, shared, None)
        .instance(alibabacloud_kms::InstanceGateway::new(instance, local.client_key()))
        .build()
        .expect("a client")
}

async fn encrypt(client: &KmsClient, shared: bool) -> Result<(), alibabacloud_kms::Error> {
    use alibabacloud_kms::api::crypto::EncryptRequest;
    use alibabacloud_kms_local::DEFAULT_KEY;

    let call = client.encrypt(EncryptRequest::new(DEFAULT_KEY, "text"));
    call.use_shared_gateway(shared).await.map(drop)
}
