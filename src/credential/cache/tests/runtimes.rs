//! Loads on runtimes that end, or that their program does not drive.

use std::task::{Context, Poll, Waker};

use tokio::runtime::{Builder, Runtime};

use super::*;

fn paused() -> Runtime {
    let mut builder = Builder::new_current_thread();
    builder.enable_all().start_paused(true).build().expect("a runtime")
}

#[test]
fn a_provider_outlives_the_runtime_in_which_it_began_to_load() {
    let bench = Arc::new(Bench::new([Turn::For(HOUR)]));
    bench.close_gate();
    let first = paused();
    first.block_on(async {
        let bench = bench.clone();
        tokio::spawn(async move { bench.key().await });
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(bench.loads(), 1);
    drop(first);
    bench.script.gate.add_permits(1_000);
    paused().block_on(async { bench.gives("key-2").await });
}

#[test]
fn without_a_runtime_it_is_an_error() {
    let bench = Bench::new([Turn::For(HOUR)]);
    let mut provided = std::pin::pin!(bench.key());
    let mut context = Context::from_waker(Waker::noop());
    match provided.as_mut().poll(&mut context) {
        Poll::Ready(Err(error)) => {
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.to_string().contains("blocking"), "{error}");
        }
        other => panic!("an error was expected, not {other:?}"),
    }
}

/// The wall clock of each paused runtime stands still, so that it is moved in each.
#[test]
fn a_refresh_on_a_runtime_that_is_not_driven_holds_up_no_call_on_another() {
    let bench = Bench::new([Turn::For(30 * SECOND)]);
    let (a, b) = (paused(), paused());
    a.block_on(bench.gives("key-1"));
    a.block_on(async {
        tokio::time::advance(22 * SECOND).await;
        // It is due: a load is begun in the background, and `a` is left before it has run.
        bench.gives("key-1").await;
    });
    b.block_on(async {
        tokio::time::advance(29 * SECOND).await;
        let begun = Instant::now();
        bench.gives("key-2").await;
        assert!(begun.elapsed() <= SECOND, "{:?}", begun.elapsed());
    });
    // Driven again, it has nothing left to do.
    a.block_on(async {
        bench.settle().await;
        bench.gives("key-2").await;
    });
    assert_eq!(bench.loads(), 2);
}

#[test]
fn a_load_that_is_waited_for_on_a_runtime_that_is_not_driven_holds_up_no_other() {
    let bench = Bench::new([Turn::For(HOUR)]);
    let (a, b) = (paused(), paused());
    let mut waiting = Box::pin(bench.key());
    a.block_on(async {
        let mut context = Context::from_waker(Waker::noop());
        assert!(waiting.as_mut().poll(&mut context).is_pending());
    });
    b.block_on(bench.gives("key-1"));
    let given = a.block_on(waiting).expect("a credential");
    assert!(given.starts_with("key-"), "{given}");
    b.block_on(bench.gives("key-1"));
}
