//! The turns of one group.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

/// Lets calls go one after the other, in the order of their arrival.
///
/// The waiting call holds the lock, and those behind it wait for the lock. A call that gives up
/// takes no turn.
pub(super) struct Turns {
    limit: usize,
    period: Duration,
    /// The times of the last calls, at most `limit` of them, the oldest first.
    gone: Mutex<VecDeque<Instant>>,
}

impl Turns {
    /// Creates the turns of a group. `limit` is at least 1.
    pub(super) fn new(limit: usize, period: Duration) -> Self {
        Self { limit, period, gone: Mutex::default() }
    }

    /// Waits for a turn and takes it.
    pub(super) async fn take(&self) {
        let mut gone = self.gone.lock().await;
        if gone.len() >= self.limit
            && let Some(oldest) = gone.front()
        {
            tokio::time::sleep_until(*oldest + self.period).await;
            gone.pop_front();
        }
        gone.push_back(Instant::now());
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
