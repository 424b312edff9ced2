//! When a call ends, as every layer that waits can see it.

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// When the whole call ends: an extension of the [`Call`](crate::Call) and of its requests. Clones
/// are the same deadline.
///
/// It stands still while a layer waits for something that is not charged to the call, such as a
/// credential that loads.
#[derive(Clone)]
pub struct Deadline(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    moves_again: Notify,
}

#[derive(Debug, Clone, Copy)]
struct State {
    ends: Instant,
    /// How many wait while it stands still, and since when it does.
    waiting: u32,
    since: Instant,
}

impl Deadline {
    /// Creates a deadline that ends this time from now.
    pub fn after(limit: Duration) -> Self {
        let state = State { ends: ends(limit), waiting: 0, since: Instant::now() };
        Self(Arc::new(Shared { state: Mutex::new(state), moves_again: Notify::new() }))
    }

    /// Returns the time that is left: zero after the deadline has passed.
    pub fn remaining(&self) -> Duration {
        let State { ends, waiting, since } = *self.state();
        let now = if waiting > 0 { since } else { Instant::now() };
        ends.saturating_duration_since(now)
    }

    /// Waits for a future while the deadline stands still.
    ///
    /// The future must have a limit of its own.
    pub async fn stand_still<F: Future>(&self, future: F) -> F::Output {
        let _standing = Standing::new(self);
        future.await
    }

    /// Waits for a future until the deadline. Returns `None` if the deadline passed first.
    pub async fn limit<F: Future>(&self, future: F) -> Option<F::Output> {
        let mut future = pin!(future);
        loop {
            let moves_again = self.0.moves_again.notified();
            let State { ends, waiting, .. } = *self.state();
            let wait = async {
                match waiting {
                    0 => tokio::time::sleep_until(ends).await,
                    _ => moves_again.await,
                }
            };
            if let Some(output) = first(future.as_mut(), wait).await {
                return Some(output);
            }
            let State { ends, waiting, .. } = *self.state();
            if waiting == 0 && ends <= Instant::now() {
                return None;
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A thread that panicked left a state that is whole: it is changed in single steps.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Deadline").field(&self.remaining()).finish()
    }
}

/// When a limit that begins now ends. One that no clock can hold ends in a century.
pub(crate) fn ends(limit: Duration) -> Instant {
    const CENTURY: Duration = Duration::from_secs(100 * 365 * 86_400);
    Instant::now() + limit.min(CENTURY)
}

/// Keeps a deadline from moving until it is dropped.
struct Standing<'a>(&'a Deadline);

impl<'a> Standing<'a> {
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

impl Drop for Standing<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.waiting -= 1;
        if state.waiting == 0 {
            let stood = state.since.elapsed();
            state.ends += stood;
            drop(state);
            self.0.0.moves_again.notify_waiters();
        }
    }
}

/// The future's output, unless the other one is done first.
async fn first<F: Future, O: Future<Output = ()>>(
    mut future: std::pin::Pin<&mut F>,
    other: O,
) -> Option<F::Output> {
    let mut other = pin!(other);
    std::future::poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => other.as_mut().poll(cx).map(|()| None),
    })
    .await
}

#[cfg(test)]
mod tests {
    use tokio::time::sleep;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn time_in_which_it_stands_still_is_not_counted() {
        let start = Instant::now();
        let deadline = Deadline::after(3 * SECOND);
        let work = async {
            sleep(SECOND).await;
            deadline.stand_still(sleep(60 * SECOND)).await;
            assert_eq!(deadline.remaining(), 2 * SECOND);
            sleep(SECOND).await;
            deadline.stand_still(sleep(60 * SECOND)).await;
            std::future::pending::<()>().await;
        };
        assert_eq!(deadline.limit(work).await, None);
        assert_eq!(start.elapsed(), 123 * SECOND);
        assert_eq!(deadline.remaining(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn what_ends_while_it_stands_still_is_given() {
        let deadline = Deadline::after(SECOND);
        let work = deadline.stand_still(async {
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
            tokio::spawn(async move { deadline.stand_still(sleep(wait * SECOND)).await });
        }
        tokio::task::yield_now().await;
        assert_eq!(deadline.limit(std::future::pending::<()>()).await, None);
        assert_eq!(start.elapsed(), 7 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_is_given_up_lets_it_move_again() {
        let deadline = Deadline::after(2 * SECOND);
        let waiting = deadline.stand_still(std::future::pending::<()>());
        assert!(tokio::time::timeout(SECOND, waiting).await.is_err());
        assert_eq!(deadline.remaining(), 2 * SECOND);
        sleep(SECOND).await;
        assert_eq!(deadline.remaining(), SECOND);
    }
}
