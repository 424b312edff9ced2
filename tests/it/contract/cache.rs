//! The cache calls the service below by tasks of its own, so that it is driven by the runtime here
//! and not a poll at a time.

use std::time::Duration;

use alibabacloud_kms::Call;
use alibabacloud_kms::api::secret::GetSecretValueRequest;
use alibabacloud_kms::cache::SecretCache;
use alibabacloud_kms_tests::random::Random;
use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tower::{Layer as _, Service as _, ServiceExt as _};

use super::SEEDS;
use super::caller::never_ready;
use super::probe::{Control, Probe, Step};
use super::subjects::calls;

fn secret() -> Call {
    Call::new(GetSecretValueRequest::new("s"))
}

/// Wakes the probe now and then, for as long as it is polled.
async fn waking(control: &Control) {
    loop {
        tokio::time::sleep(Duration::from_millis(1)).await;
        control.wake();
    }
}

#[tokio::test(start_paused = true)]
async fn loads_keep_the_contract_and_end_when_nobody_waits_any_more() {
    for seed in 0..SEEDS {
        let (mut random, mut steps) = (Random::new(seed), Random::new(seed + SEEDS));
        let probe = Probe::new(move |_| match steps.below(6) {
            0..3 => Step::Wait,
            3 => Step::Fail,
            _ => Step::Proceed,
        });
        let control = probe.control();
        let cache = SecretCache::default();
        let service = calls(cache.layer().layer(probe), secret);
        for _ in 0..4 {
            let mut callers = JoinSet::new();
            for _ in 0..5 {
                // Some are given up on the way.
                let patience = Duration::from_millis(random.below(8) as u64);
                callers.spawn(tokio::time::timeout(patience, service.clone().oneshot(())));
            }
            tokio::select! {
                _ = callers.join_all() => {}
                () = waking(&control) => {}
            }
            cache.clear();
        }
        // The last answers expire, and with them the timer.
        tokio::time::sleep(Duration::from_secs(24 * 60 * 60)).await;
        assert_eq!(Handle::current().metrics().num_alive_tasks(), 0, "seed {seed}");
        assert_eq!(control.violation(), None, "seed {seed}");
        let counts = control.counts();
        assert_eq!((counts.reserved, counts.in_flight), (0, 0), "seed {seed}");
    }
}

#[tokio::test(start_paused = true)]
async fn it_is_always_ready_since_what_it_keeps_is_given_without_the_service_below() {
    let probe = never_ready();
    let control = probe.control();
    let mut service = calls(SecretCache::default().layer().layer(probe), secret);
    std::future::poll_fn(|cx| service.poll_ready(cx)).await.expect("ready");
    let waited = tokio::time::timeout(Duration::from_secs(60), service.call(())).await;
    assert!(waited.is_err());
    assert_eq!(control.counts().calls, 0);
}
