//! Loads on several runtimes, each driven by hand.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};

use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::time::timeout;

use super::*;
use crate::lock::lock;

const SECOND: Duration = Duration::from_secs(1);

/// A value per key, loaded once for all who want it.
#[derive(Default)]
struct Store {
    flights: Mutex<Flights<&'static str, usize>>,
    loads: AtomicUsize,
    lands: Mutex<Vec<Result<usize, Lost>>>,
}

impl Store {
    fn flight<F>(self: &Arc<Self>, load: F) -> Arc<Flight<usize>>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.flight_within(30 * SECOND, Runtimes::Every, load)
    }

    fn flight_within<F>(
        self: &Arc<Self>,
        limit: Duration,
        runtimes: Runtimes,
        load: F,
    ) -> Arc<Flight<usize>>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let runtime = Handle::current();
        let mut flights = lock(&self.flights);
        if let Some(flight) = flights.find(&"key", runtime.id(), runtimes, |_| true) {
            return flight;
        }
        let launch = flights.begin("key", runtime, limit, LoadReason::Callers, ());
        drop(flights);
        let (store, number) = (Arc::clone(self), launch.flight().number());
        let loads = self.loads.fetch_add(1, Ordering::SeqCst) + 1;
        let load = async move {
            load.await;
            loads
        };
        launch.start(load, move |loaded| {
            lock(&store.flights).landed(&"key", number);
            lock(&store.lands).push(loaded);
            loaded
        })
    }

    fn is_empty(&self) -> bool {
        lock(&self.flights).running.is_empty()
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// A runtime whose clock goes to the next timer when nothing is to be done.
fn paused_runtime() -> Runtime {
    let builder = &mut Builder::new_current_thread();
    builder.enable_all().start_paused(true).build().expect("a runtime")
}

#[tokio::test]
async fn all_callers_of_a_runtime_share_one_load() {
    let store = Arc::new(Store::default());
    let gate = Arc::new(Notify::new());
    let opened = Arc::clone(&gate);
    let first = store.flight(async move { opened.notified().await });
    let second = store.flight(async { unreachable!("the first one is on its way") });
    gate.notify_one();
    assert_eq!((first.outcome().await, second.outcome().await), (Ok(1), Ok(1)));
    assert_eq!(*lock(&store.lands), [Ok(1)]);
    assert!(store.is_empty());
}

#[tokio::test]
async fn a_load_that_panics_lands_an_error_and_leaves_its_place() {
    let store = Arc::new(Store::default());
    let first = store.flight(async { panic!("on purpose") });
    assert_eq!(first.outcome().await, Err(Lost::Ended));
    assert_eq!(*lock(&store.lands), [Err(Lost::Ended)]);
    assert!(store.is_empty());
    assert_eq!(store.flight(async {}).outcome().await, Ok(2));
}

#[tokio::test]
async fn what_lands_may_panic_and_the_next_load_begins_all_the_same() {
    let mut flights: Flights<&str, usize> = Flights::default();
    let here = Handle::current();
    let launch = flights.begin("key", here.clone(), SECOND, LoadReason::Background, ());
    let flight = launch.start(async {}, |_| panic!("on purpose"));
    assert_eq!(flight.outcome().await, Err(Lost::Ended));
    assert!(flights.find(&"key", here.id(), Runtimes::Every, |_| true).is_none());
}

#[tokio::test]
async fn a_load_ends_with_the_last_caller_that_waits() {
    let store = Arc::new(Store::default());
    let dropped = Arc::new(());
    let held = Arc::clone(&dropped);
    let flight = store.flight(async move {
        let _held = held;
        std::future::pending().await
    });
    let other = store.flight(async {});
    tokio::task::yield_now().await;
    drop(flight);
    tokio::task::yield_now().await;
    assert_eq!(Arc::strong_count(&dropped), 2);
    drop(other);
    while Arc::strong_count(&dropped) == 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(*lock(&store.lands), [Err(Lost::Ended)]);
}

#[test]
fn a_load_whose_runtime_ends_lands_an_error_for_callers_of_others() {
    let store = Arc::new(Store::default());
    let (a, b) = (runtime(), runtime());
    let flight = a.block_on(async { store.flight(std::future::pending()) });
    drop(a);
    assert_eq!(b.block_on(flight.outcome()), Err(Lost::Ended));
    assert!(store.is_empty());
}

#[test]
fn a_load_that_is_begun_on_a_runtime_that_has_ended_lands_at_once() {
    let store = Arc::new(Store::default());
    let ended = runtime();
    let handle = ended.handle().clone();
    drop(ended);
    let entered = handle.enter();
    let flight = store.flight(async {});
    drop(entered);
    assert_eq!(runtime().block_on(flight.outcome()), Err(Lost::Ended));
}

#[test]
fn a_runtime_that_is_not_driven_keeps_callers_of_others_waiting_for_a_moment_only() {
    let store = Arc::new(Store::default());
    let a = runtime();
    let _idle = a.block_on(async { store.flight(async {}) });
    paused_runtime().block_on(async {
        let begun = Instant::now();
        let flight = store.flight(async {});
        assert_eq!(flight.outcome().await, Err(Lost::Silent));
        assert!(begun.elapsed() <= 2 * PULSE);
        lock(&store.flights).give_up(&"key", flight.number());
        assert_eq!(store.flight(async {}).outcome().await, Ok(2));
    });
}

/// Nothing drives `a`, which has the load. The call is polled on `b` first, or on `a` itself.
#[test]
fn a_caller_that_moves_to_another_runtime_waits_for_a_moment_only() {
    for (begins_on_a, is_dropped) in [(true, false), (false, false), (false, true)] {
        let store = Arc::new(Store::default());
        let (a, b, c) = (runtime(), paused_runtime(), paused_runtime());
        let flight = a.block_on(async { store.flight(std::future::pending()) });
        let mut outcome = pin!(flight.outcome());
        let first = if begins_on_a { &a } else { &b };
        first.block_on(poll_fn(|cx| {
            assert!(outcome.as_mut().poll(cx).is_pending());
            Poll::Ready(())
        }));
        let _undriven = (!is_dropped).then_some(b);
        c.block_on(async {
            let begun = Instant::now();
            assert_eq!(outcome.await, Err(Lost::Silent));
            assert!(begun.elapsed() <= 2 * PULSE);
        });
    }
}

#[test]
fn a_caller_of_another_runtime_leads_past_the_limit_or_after_it_was_kept_waiting() {
    let store = Arc::new(Store::default());
    let (a, b) = (runtime(), runtime());
    let load = std::future::pending;
    let _first = a.block_on(async { store.flight_within(SECOND, Runtimes::Every, load()) });
    let own = b.block_on(async { store.flight_within(SECOND, Runtimes::Own, load()) });
    assert_eq!(own.number(), 2);
    drop(own);
    let none = Duration::ZERO;
    let c = a.block_on(async {
        lock(&store.flights).remove(&"key");
        store.flight_within(none, Runtimes::Every, load())
    });
    let own = b.block_on(async { store.flight_within(SECOND, Runtimes::Every, load()) });
    assert_ne!(own.number(), c.number());
}

#[test]
fn a_runtime_that_is_driven_is_waited_for_up_to_the_limit() {
    let store = Arc::new(Store::default());
    let gate = Arc::new(Notify::new());
    let (begun, begins) = mpsc::channel();
    let driven = std::thread::spawn({
        let (store, gate) = (Arc::clone(&store), Arc::clone(&gate));
        move || {
            runtime().block_on(async {
                let flight = store.flight(async move { gate.notified().await });
                begun.send(()).expect("the test waits");
                flight.outcome().await
            })
        }
    });
    begins.recv().expect("it begins");
    let value = runtime().block_on(async {
        let flight = store.flight(async { unreachable!("the other one is driven") });
        // Longer than a runtime may be silent.
        let waited = timeout(4 * PULSE, flight.outcome()).await;
        assert!(waited.is_err(), "{waited:?}");
        gate.notify_one();
        flight.outcome().await
    });
    assert_eq!(value, Ok(1));
    assert_eq!(driven.join().expect("no panic"), Ok(1));
}

#[tokio::test]
async fn what_lands_ends_older_loads_of_the_same_value() {
    let mut flights: Flights<&str, usize> = Flights::default();
    let here = Handle::current();
    let begin = |flights: &mut Flights<&'static str, usize>| {
        flights.begin("key", here.clone(), SECOND, LoadReason::Background, ())
    };
    let (older, newer) = (begin(&mut flights), begin(&mut flights));
    assert!(flights.landed(&"key", newer.flight().number()));
    assert!(!flights.landed(&"key", older.flight().number()), "a later one has landed");
}
