//! The end of a call, for every layer that waits.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::time::Instant;

use crate::lock::lock;
use crate::runtime::{self, Timer};

/// The end of the whole call: an extension of the [`Call`](crate::Call) and of its requests. Clones
/// share one deadline.
///
/// It is paused while a layer waits for something that does not count towards the call's time
/// limit, such as loading a credential.
#[derive(Clone)]
pub struct Deadline(Arc<Mutex<State>>);

struct State {
    ends: Instant,
    /// The number of waiters for which it is paused.
    waiting: u32,
    since: Instant,
    /// The tasks to wake when it is no longer paused.
    limited: Vec<Waker>,
}

impl Deadline {
    /// Creates a deadline that passes after this time.
    pub fn after(limit: Duration) -> Self {
        let now = Instant::now();
        let ends = runtime::ends(now, limit);
        Self(Arc::new(Mutex::new(State { ends, waiting: 0, since: now, limited: Vec::new() })))
    }

    /// Returns the time that is left: zero after the deadline has passed.
    pub fn remaining(&self) -> Duration {
        let State { ends, waiting, since, .. } = *self.state();
        let now = if waiting > 0 { since } else { Instant::now() };
        ends.saturating_duration_since(now)
    }

    /// Waits for a future, and pauses the deadline for that time.
    ///
    /// The future must have a limit of its own.
    pub async fn pause_during<F: Future>(&self, future: F) -> F::Output {
        let _standing = Paused::new(self);
        future.await
    }

    /// Waits for a future until the deadline. Returns `None` if the deadline passed first.
    pub fn limit<F: Future>(&self, future: F) -> Limited<F> {
        Limited { future, timer: Timer::default(), deadline: self.clone() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.0)
    }
}

impl fmt::Debug for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Deadline").field(&self.remaining()).finish()
    }
}

pin_project! {
    /// The future of [`Deadline::limit`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Limited<F> {
        #[pin]
        future: F,
        #[pin]
        timer: Timer,
        deadline: Deadline,
    }
}

impl<F: Future> Future for Limited<F> {
    type Output = Option<F::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<F::Output>> {
        let this = self.project();
        if let Poll::Ready(output) = this.future.poll(cx) {
            return Poll::Ready(Some(output));
        }
        let ends = {
            let mut state = this.deadline.state();
            if state.waiting > 0 {
                if !state.limited.iter().any(|waker| waker.will_wake(cx.waker())) {
                    state.limited.push(cx.waker().clone());
                }
                return Poll::Pending;
            }
            state.ends
        };
        this.timer.poll_until(ends, cx).map(|()| None)
    }
}

/// Pauses a deadline until this is dropped.
struct Paused<'a>(&'a Deadline);

impl<'a> Paused<'a> {
    fn new(deadline: &'a Deadline) -> Self {
        let mut state = deadline.state();
        if state.waiting == 0 {
            state.since = Instant::now();
        }
        state.waiting += 1;
        drop(state);
        Self(deadline)
    }
}

impl Drop for Paused<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.waiting -= 1;
        if state.waiting == 0 {
            let stood = state.since.elapsed();
            state.ends += stood;
            let limited = std::mem::take(&mut state.limited);
            drop(state);
            limited.into_iter().for_each(Waker::wake);
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::sleep;

    use super::*;
    use crate::test_support::{paused_runtime, polled_once};

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn time_in_which_it_stands_still_is_not_counted() {
        let start = Instant::now();
        let deadline = Deadline::after(3 * SECOND);
        let work = async {
            sleep(SECOND).await;
            deadline.pause_during(sleep(60 * SECOND)).await;
            assert_eq!(deadline.remaining(), 2 * SECOND);
            sleep(SECOND).await;
            deadline.pause_during(sleep(60 * SECOND)).await;
            std::future::pending::<()>().await;
        };
        assert_eq!(deadline.limit(work).await, None);
        assert_eq!(start.elapsed(), 123 * SECOND);
        assert_eq!(deadline.remaining(), Duration::ZERO);
    }

    #[test]
    fn it_passes_on_the_runtime_that_polls_the_call_though_another_one_began_it() {
        let (a, b) = (paused_runtime(), paused_runtime());
        let _entered = b.enter();
        let deadline = Deadline::after(SECOND);
        let mut limited = std::pin::pin!(deadline.limit(std::future::pending::<()>()));
        assert!(polled_once(&a, limited.as_mut()).is_pending());
        drop(a);
        assert_eq!(b.block_on(limited), None);
    }

    #[tokio::test(start_paused = true)]
    async fn what_ends_while_it_stands_still_is_given() {
        let deadline = Deadline::after(SECOND);
        let work = deadline.pause_during(async {
            sleep(5 * SECOND).await;
            7
        });
        assert_eq!(deadline.limit(work).await, Some(7));
    }

    #[tokio::test(start_paused = true)]
    async fn it_moves_again_when_the_last_has_stopped_waiting_even_in_another_task() {
        let start = Instant::now();
        let deadline = Deadline::after(2 * SECOND);
        for wait in [3, 5] {
            let deadline = deadline.clone();
            tokio::spawn(async move { deadline.pause_during(sleep(wait * SECOND)).await });
        }
        tokio::task::yield_now().await;
        assert_eq!(deadline.limit(std::future::pending::<()>()).await, None);
        assert_eq!(start.elapsed(), 7 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_is_given_up_lets_it_move_again() {
        let deadline = Deadline::after(2 * SECOND);
        let waiting = deadline.pause_during(std::future::pending::<()>());
        assert!(tokio::time::timeout(SECOND, waiting).await.is_err());
        assert_eq!(deadline.remaining(), 2 * SECOND);
        sleep(SECOND).await;
        assert_eq!(deadline.remaining(), SECOND);
    }
}
