mod runtimes;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use tokio::sync::{Notify, Semaphore};

use super::*;
use crate::Clock;

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

/// What the loader does in turn; the last one for ever.
#[derive(Debug, Clone, Copy)]
enum Turn {
    /// Gives a credential that lives so long.
    For(Duration),
    /// Gives one that does not expire.
    Lasting,
    Fail,
    Hang,
    Panic,
}

/// Gives credentials `key-1`, `key-2` and so on, when it is let.
#[derive(Debug)]
struct Scripted {
    turns: Mutex<VecDeque<Turn>>,
    loads: AtomicUsize,
    begun: Notify,
    gate: Semaphore,
}

#[derive(Debug, Clone)]
struct Loader(Arc<Scripted>);

#[async_trait]
impl LoadCredential for Loader {
    fn name(&self) -> &'static str {
        "scripted"
    }

    async fn load(&self) -> Result<Temporary, Error> {
        let number = self.0.loads.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.begun.notify_one();
        self.0.gate.acquire().await.expect("an open gate").forget();
        let turn = {
            let mut turns = self.0.turns.lock().expect("no panic before");
            let next = turns.front().copied().expect("a turn");
            if turns.len() > 1 {
                turns.pop_front();
            }
            next
        };
        let credential = Credential::access_key(format!("key-{number}"), "secret");
        match turn {
            Turn::For(life) => Ok(Temporary { credential, expires_at: Some(now() + life) }),
            Turn::Lasting => Ok(Temporary { credential, expires_at: None }),
            Turn::Fail => Err(Error::new(ErrorKind::Credential, "it failed")),
            Turn::Hang => std::future::pending().await,
            Turn::Panic => panic!("the loader panicked, as it was told"),
        }
    }
}

/// The wall clock that goes with tokio's paused one.
fn now() -> SystemTime {
    thread_local! {
        static START: Instant = Instant::now();
    }
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_420_800) + START.with(Instant::elapsed)
}

struct Bench {
    cached: Cached<Loader>,
    script: Arc<Scripted>,
}

impl Bench {
    /// Jitter is always the whole bound.
    fn new(turns: impl IntoIterator<Item = Turn>) -> Self {
        now();
        let script = Arc::new(Scripted {
            turns: Mutex::new(turns.into_iter().collect()),
            loads: AtomicUsize::new(0),
            begun: Notify::new(),
            gate: Semaphore::new(1_000),
        });
        let environment =
            Environment::from_variables(|_| None).with_clock(Clock::new(now)).with_random(|| 1.0);
        Self { cached: Cached::new(Loader(script.clone()), &environment), script }
    }

    async fn key(&self) -> Result<String, Error> {
        match self.cached.provide().await? {
            Credential::AccessKey { id, .. } => Ok(id),
            other => unreachable!("access keys only, not {other:?}"),
        }
    }

    async fn gives(&self, key: &str) {
        assert_eq!(self.key().await.expect("a credential"), key);
    }

    /// Lets what runs in the background come to its end.
    async fn settle(&self) {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }

    fn loads(&self) -> usize {
        self.script.loads.load(Ordering::SeqCst)
    }

    fn close_gate(&self) {
        self.script.gate.forget_permits(1_000);
    }

    fn refuse(&self, key: &str) -> bool {
        let credential = Credential::access_key(key, "secret");
        self.cached.refused(credential.identity().expect("an identity"))
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_loaded_is_kept_until_the_last_third_of_its_life() {
    let bench = Bench::new([Turn::For(30 * SECOND)]);
    bench.gives("key-1").await;
    tokio::time::advance(19 * SECOND).await;
    bench.gives("key-1").await;
    bench.settle().await;
    assert_eq!(bench.loads(), 1);
    tokio::time::advance(SECOND).await;
    bench.gives("key-1").await;
    bench.settle().await;
    assert_eq!(bench.loads(), 2);
    bench.gives("key-2").await;
}

#[tokio::test(start_paused = true)]
async fn a_long_life_is_renewed_a_quarter_of_an_hour_before_its_end() {
    let bench = Bench::new([Turn::For(12 * HOUR)]);
    bench.gives("key-1").await;
    tokio::time::advance(12 * HOUR - 900 * SECOND - SECOND).await;
    bench.gives("key-1").await;
    bench.settle().await;
    assert_eq!(bench.loads(), 1);
    tokio::time::advance(SECOND).await;
    bench.gives("key-1").await;
    bench.settle().await;
    assert_eq!(bench.loads(), 2);
}

#[tokio::test(start_paused = true)]
async fn jitter_moves_the_renewal_within_the_second_half_of_the_window() {
    for (random, expected) in [(0.0, 25), (0.5, 23), (1.0, 20)] {
        let bench = Bench::new([Turn::For(30 * SECOND)]);
        let environment = Environment::from_variables(|_| None)
            .with_clock(Clock::new(now))
            .with_random(move || random);
        let cached = Cached::new(Loader(bench.script.clone()), &environment);
        let begun = Instant::now();
        while bench.loads() < 2 {
            cached.provide().await.expect("a credential");
            bench.settle().await;
            tokio::time::advance(SECOND).await;
        }
        assert_eq!(begun.elapsed().as_secs() - 1, expected, "{random}");
    }
}

#[tokio::test(start_paused = true)]
async fn all_who_wait_share_one_load_and_its_error() {
    for (turn, succeeds) in [(Turn::For(HOUR), true), (Turn::Fail, false)] {
        let bench = Arc::new(Bench::new([turn]));
        bench.close_gate();
        let calls: Vec<_> = (0..50)
            .map(|_| {
                let bench = bench.clone();
                tokio::spawn(async move { bench.key().await })
            })
            .collect();
        bench.settle().await;
        assert_eq!(bench.loads(), 1);
        bench.script.gate.add_permits(1);
        for call in calls {
            let key = call.await.expect("no panic");
            assert_eq!(key.is_ok(), succeeds);
        }
        assert_eq!(bench.loads(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_does_not_stop_the_load_for_the_others() {
    let bench = Arc::new(Bench::new([Turn::For(HOUR)]));
    bench.close_gate();
    let first = tokio::spawn({
        let bench = bench.clone();
        async move { bench.key().await }
    });
    bench.script.begun.notified().await;
    first.abort();
    bench.settle().await;
    bench.script.gate.add_permits(1);
    bench.gives("key-1").await;
    assert_eq!(bench.loads(), 1);
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_a_background_load_and_it_runs_once() {
    let bench = Bench::new([Turn::For(30 * SECOND), Turn::Hang]);
    bench.gives("key-1").await;
    tokio::time::advance(22 * SECOND).await;
    for _ in 0..10 {
        bench.gives("key-1").await;
        bench.settle().await;
    }
    assert_eq!(bench.loads(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_failed_refresh_serves_what_is_valid_and_backs_off() {
    let bench = Bench::new([Turn::For(12 * HOUR), Turn::Fail]);
    bench.gives("key-1").await;
    tokio::time::advance(12 * HOUR - 900 * SECOND).await;
    // 1, 2, 4, 8, 16, 32 and then 60 s apart: at the starts and 0, 1, 3, 7, 15, 31, 63, 123, 183 s.
    for second in 0..=183_u64 {
        bench.gives("key-1").await;
        bench.settle().await;
        let expected =
            [0, 1, 3, 7, 15, 31, 63, 123, 183].iter().filter(|at| **at <= second).count();
        assert_eq!(bench.loads(), 1 + expected, "after {second} s");
        tokio::time::advance(SECOND).await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_expired_is_not_served_and_the_error_is_the_loaders() {
    let bench = Bench::new([Turn::For(30 * SECOND), Turn::Fail, Turn::Fail, Turn::For(HOUR)]);
    bench.gives("key-1").await;
    // As good as expired: it is waited for, and served after all.
    tokio::time::advance(28 * SECOND).await;
    bench.gives("key-1").await;
    assert_eq!(bench.loads(), 2);
    tokio::time::advance(2 * SECOND).await;
    let error = bench.key().await.expect_err("nothing valid");
    assert_eq!((error.kind(), bench.loads()), (ErrorKind::Credential, 3));
    assert_eq!(error.to_string(), "it failed");
    // With nothing to serve it is asked again, but not for every call at once.
    assert!(bench.key().await.is_err());
    assert_eq!(bench.loads(), 3);
    tokio::time::advance(SECOND).await;
    bench.gives("key-4").await;
}

#[tokio::test(start_paused = true)]
async fn a_credential_that_has_expired_when_it_comes_is_a_failure() {
    let bench = Bench::new([Turn::For(Duration::ZERO)]);
    assert_eq!(bench.key().await.expect_err("expired").kind(), ErrorKind::Credential);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_expire_is_looked_at_again_every_minute() {
    let bench = Bench::new([Turn::Lasting, Turn::Lasting, Turn::Fail]);
    bench.gives("key-1").await;
    tokio::time::advance(44 * SECOND).await;
    bench.gives("key-1").await;
    bench.settle().await;
    assert_eq!(bench.loads(), 1);
    tokio::time::advance(SECOND).await;
    bench.gives("key-1").await;
    bench.settle().await;
    bench.gives("key-2").await;
    tokio::time::advance(100 * HOUR).await;
    bench.gives("key-2").await;
    bench.settle().await;
    bench.gives("key-2").await;
}

#[tokio::test(start_paused = true)]
async fn a_load_that_takes_too_long_is_ended() {
    let bench = Bench::new([Turn::Hang, Turn::For(HOUR)]);
    let start = Instant::now();
    let error = bench.key().await.expect_err("no end");
    assert_eq!(start.elapsed(), 20 * SECOND);
    assert_eq!(error.kind(), ErrorKind::Credential);
    tokio::time::advance(SECOND).await;
    bench.gives("key-2").await;
}

#[tokio::test(start_paused = true)]
async fn a_loader_that_panics_is_an_error_and_the_next_load_works() {
    let bench = Bench::new([Turn::Panic, Turn::Panic, Turn::For(HOUR)]);
    assert_eq!(bench.key().await.expect_err("a panic").kind(), ErrorKind::Credential);
    assert_eq!(bench.loads(), 2);
    bench.gives("key-3").await;
}

#[tokio::test(start_paused = true)]
async fn a_refusal_forces_one_load_however_many_calls_were_refused() {
    let bench = Bench::new([Turn::For(HOUR)]);
    bench.gives("key-1").await;
    assert!(bench.refuse("key-1") && bench.refuse("key-1"));
    bench.gives("key-2").await;
    assert!(bench.refuse("key-1"), "another one is in use already");
    bench.gives("key-2").await;
    assert_eq!(bench.loads(), 2);
}

#[tokio::test(start_paused = true)]
async fn refusals_of_what_a_refusal_brought_do_not_load_again_and_again() {
    let bench = Bench::new([Turn::For(HOUR)]);
    bench.gives("key-1").await;
    assert!(bench.refuse("key-1"));
    bench.gives("key-2").await;
    assert!(!bench.refuse("key-2"));
    bench.gives("key-2").await;
    tokio::time::advance(RENEWAL_PAUSE).await;
    assert!(bench.refuse("key-2"));
    bench.gives("key-3").await;
}

#[tokio::test(start_paused = true)]
async fn a_refused_credential_is_served_again_if_no_other_can_be_loaded() {
    let bench = Bench::new([Turn::For(HOUR), Turn::Fail]);
    bench.gives("key-1").await;
    assert!(bench.refuse("key-1"));
    bench.gives("key-1").await;
    assert_eq!(bench.loads(), 2);
    bench.gives("key-1").await;
    assert_eq!(bench.loads(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_before_anything_was_loaded_changes_nothing() {
    let bench = Bench::new([Turn::For(HOUR)]);
    assert!(bench.refuse("key-0"));
    bench.gives("key-1").await;
    assert_eq!(bench.loads(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_left_until_its_credential_has_expired_loads_another() {
    let bench = Bench::new([Turn::For(HOUR)]);
    let mut left = std::pin::pin!(bench.key());
    let is_waiting = |cx: &mut Context<'_>| Poll::Ready(left.as_mut().poll(cx).is_pending());
    assert!(std::future::poll_fn(is_waiting).await);
    bench.gives("key-1").await;
    tokio::time::advance(2 * HOUR).await;
    assert_eq!(left.await.expect("a credential"), "key-2");
}
