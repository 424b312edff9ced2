//! The turns of one group.

use std::collections::{BTreeMap, VecDeque};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use alibabacloud_kms_middleware::__private::runtime;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::after::after;
use crate::lock::lock;

/// Lets calls go one after the other, in the order of their arrival.
///
/// Each call takes a time at which it wakes, and then a turn if one is free. It needs no other call
/// for that, so a call that is not polled when its time comes holds up none. A time that a call
/// gives up is moved to the waiting call that would wait longest, if there is one, and otherwise
/// left to a later call.
pub(super) struct Turns {
    limit: usize,
    period: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// When the last calls went, at most `limit` of them, the oldest first.
    gone: VecDeque<Instant>,
    /// The times that were taken, the oldest first, down to a period ago.
    taken: VecDeque<Instant>,
    /// Times that were given back, and how many of each. Later ones were taken meanwhile.
    left: BTreeMap<Instant, usize>,
    /// The calls that wait for their time, by it and a number of their own.
    waiting: BTreeMap<(Instant, u64), Arc<Moved>>,
    last_number: u64,
}

/// The earlier time that a waiting call was moved to.
#[derive(Default)]
struct Moved {
    to: Mutex<Option<Instant>>,
    notify: Notify,
}

impl Turns {
    /// Creates the turns of a group. `limit` is at least 1.
    pub(super) fn new(limit: usize, period: Duration) -> Self {
        Self { limit, period, state: Mutex::default() }
    }

    /// Waits for a turn and takes it.
    pub(super) async fn take(&self) {
        let mut turn = self.enter(Instant::now());
        let mut wakes = turn.at;
        loop {
            if wakes > Instant::now() {
                let mut woken = pin!(runtime::sleep_until(wakes));
                let mut moved = pin!(turn.moved.notify.notified());
                let wait = poll_fn(|cx| match moved.as_mut().poll(cx) {
                    Poll::Ready(()) => Poll::Ready(()),
                    Poll::Pending => woken.as_mut().poll(cx),
                });
                wait.await;
            }
            if let Some(earlier) = lock(&turn.moved.to).take() {
                (turn.at, wakes) = (earlier, earlier);
                continue;
            }
            match self.go(Instant::now()) {
                Ok(()) => break turn.is_over = true,
                // Those before it woke late.
                Err(next) => wakes = next,
            }
        }
    }

    /// Takes a time for a call, and notes that it waits.
    fn enter(&self, now: Instant) -> Turn<'_> {
        let at = self.take_time(now);
        let moved = Arc::<Moved>::default();
        let mut state = lock(&self.state);
        state.last_number += 1;
        let number = state.last_number;
        state.waiting.insert((at, number), Arc::clone(&moved));
        Turn { turns: self, at, number, moved, is_over: false }
    }

    /// Takes the next time at which there will be a turn.
    fn take_time(&self, now: Instant) -> Instant {
        let mut state = lock(&self.state);
        while state.taken.front().is_some_and(|oldest| after(*oldest, self.period) <= now) {
            state.taken.pop_front();
        }
        state.left = state.left.split_off(&now);
        if let Some(mut left) = state.left.first_entry() {
            let at = *left.key();
            *left.get_mut() -= 1;
            if *left.get() == 0 {
                left.remove();
            }
            return at;
        }
        let at = match state.taken.len().checked_sub(self.limit) {
            Some(oldest) => after(state.taken[oldest], self.period).max(now),
            None => now,
        };
        state.taken.push_back(at);
        at
    }

    /// Removes a call that waits no more. If it did not go, another one gets its time.
    fn leave(&self, turn: &Turn<'_>) {
        let mut state = lock(&self.state);
        // It may have been moved since.
        let at = lock(&turn.moved.to).take().unwrap_or(turn.at);
        state.waiting.remove(&(at, turn.number));
        if turn.is_over {
            return;
        }
        match state.waiting.pop_last() {
            Some(((last, number), moved)) if last > at => {
                *lock(&moved.to) = Some(at);
                moved.notify.notify_one();
                state.waiting.insert((at, number), moved);
                state.give_back(last);
            }
            other => {
                state.waiting.extend(other);
                state.give_back(at);
            }
        }
    }

    /// Takes a turn, or returns when the next one is free.
    fn go(&self, now: Instant) -> Result<(), Instant> {
        let mut state = lock(&self.state);
        if state.gone.len() >= self.limit
            && let Some(oldest) = state.gone.front()
        {
            let next = after(*oldest, self.period);
            if next > now {
                return Err(next);
            }
            state.gone.pop_front();
        }
        state.gone.push_back(now);
        Ok(())
    }
}

impl State {
    /// Gives a time back that no call goes at.
    fn give_back(&mut self, at: Instant) {
        if self.taken.back() == Some(&at) {
            self.taken.pop_back();
        } else {
            *self.left.entry(at).or_default() += 1;
        }
    }
}

/// The time that a call took.
struct Turn<'a> {
    turns: &'a Turns,
    at: Instant,
    number: u64,
    moved: Arc<Moved>,
    is_over: bool,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.turns.leave(self);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn passed(turns: &Turns) -> Duration {
        let begun = Instant::now();
        turns.take().await;
        begun.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_of_the_limit_goes_at_once_and_no_period_has_more() {
        let turns = Turns::new(3, Duration::from_secs(1));
        let begun = Instant::now();
        let mut at = Vec::new();
        for _ in 0..9 {
            turns.take().await;
            at.push(begun.elapsed());
        }
        for window in at.windows(4) {
            assert!(window[3] - window[0] >= Duration::from_secs(1), "{at:?}");
        }
        assert_eq!(at[2], Duration::ZERO);
        // Tokio's timers have a resolution of 1 ms and fire at the next one.
        assert!(at[8] < Duration::from_millis(2010), "{at:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_is_not_polled_holds_up_nobody() {
        let turns = Turns::new(2, Duration::from_secs(1));
        turns.take().await;
        turns.take().await;
        let mut paused = [Box::pin(turns.take()), Box::pin(turns.take()), Box::pin(turns.take())];
        for paused in &mut paused {
            assert!(tokio::time::timeout(Duration::from_millis(10), paused).await.is_err());
        }
        let begun = Instant::now();
        for _ in 0..4 {
            turns.take().await;
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        // Its own turn comes when it is polled again.
        for paused in paused {
            paused.await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_time_that_is_given_up_is_not_lost_for_those_who_wait() {
        let turns = Turns::new(1, Duration::from_secs(1));
        let begun = Instant::now();
        turns.take().await;
        let mut waiting: Vec<_> = (0..30).map(|_| Box::pin(turns.take())).collect();
        for waiting in &mut waiting {
            assert!(tokio::time::timeout(Duration::from_millis(10), waiting).await.is_err());
        }
        let last = waiting.pop().expect("the last one");
        drop(waiting);
        last.await;
        assert!(begun.elapsed() <= Duration::from_millis(1001), "{:?}", begun.elapsed());
        // None has a time behind it.
        assert!(passed(&turns).await <= Duration::from_millis(1001));
        assert!(lock(&turns.state).waiting.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn every_turn_is_used_if_some_give_up() {
        let turns = Arc::new(Turns::new(1, Duration::from_secs(1)));
        let begun = Instant::now();
        let calls: Vec<_> = (0..10)
            .map(|_| {
                let turns = Arc::clone(&turns);
                tokio::spawn(async move { turns.take().await })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(10)).await;
        for given_up in [6, 1, 5] {
            calls[given_up].abort();
        }
        let mut gone = 0;
        for call in calls {
            gone += usize::from(call.await.is_ok());
        }
        // Six wait behind the first one.
        assert_eq!(gone, 7);
        assert!(begun.elapsed() <= Duration::from_millis(6010), "{:?}", begun.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_period_that_no_clock_can_hold_is_a_long_one() {
        let turns = Turns::new(1, Duration::MAX);
        turns.take().await;
        assert!(tokio::time::timeout(Duration::from_secs(86_400), turns.take()).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_takes_no_turn() {
        let turns = Arc::new(Turns::new(1, Duration::from_secs(1)));
        turns.take().await;
        for _ in 0..10 {
            let waits = tokio::time::timeout(Duration::from_millis(10), turns.take());
            assert!(waits.await.is_err());
        }
        assert!(passed(&turns).await <= Duration::from_secs(1));
    }
}
