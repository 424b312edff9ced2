//! The turns of one group.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;
use std::time::Duration;

use alibabacloud_kms_middleware::__private::runtime;
use tokio::time::Instant;

use crate::after::after;
use crate::lock::lock;

/// Lets calls go one after the other, in the order of their arrival.
///
/// Each call takes a time at which it wakes, and then a turn if one is free. Nobody else has to do
/// anything for it: a call that is not polled when its time comes holds up no other one. A call that
/// gives up leaves its time to one that comes later.
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
}

impl Turns {
    /// Creates the turns of a group. `limit` is at least 1.
    pub(super) fn new(limit: usize, period: Duration) -> Self {
        Self { limit, period, state: Mutex::default() }
    }

    /// Waits for a turn and takes it.
    pub(super) async fn take(&self) {
        let mut turn = Turn { turns: self, at: self.take_time(Instant::now()), is_over: false };
        let mut wakes = turn.at;
        loop {
            if wakes > Instant::now() {
                runtime::sleep_until(wakes).await;
            }
            match self.go(Instant::now()) {
                Ok(()) => break turn.is_over = true,
                // Those before it woke late.
                Err(next) => wakes = next,
            }
        }
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

    /// Gives a time back that no call went at.
    fn give_back(&self, at: Instant) {
        let mut state = lock(&self.state);
        if state.taken.back() == Some(&at) {
            state.taken.pop_back();
        } else {
            *state.left.entry(at).or_default() += 1;
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

/// The time that a call took.
struct Turn<'a> {
    turns: &'a Turns,
    at: Instant,
    is_over: bool,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            self.turns.give_back(self.at);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

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
    async fn who_gives_up_in_the_middle_leaves_the_time_to_a_later_one() {
        let turns = Turns::new(1, Duration::from_secs(1));
        turns.take().await;
        let mut early = Box::pin(turns.take());
        let mut late = Box::pin(turns.take());
        for waiting in [&mut early, &mut late] {
            assert!(tokio::time::timeout(Duration::from_millis(10), waiting).await.is_err());
        }
        drop(early);
        assert!(passed(&turns).await <= Duration::from_secs(1));
        let begun = Instant::now();
        late.await;
        assert!(begun.elapsed() <= Duration::from_millis(1001));
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
