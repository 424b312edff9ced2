//! The progress of the writer: the transactions that it wrote, and those that it lost.

use std::sync::Arc;

/// The transactions that are on disk, and those that are lost.
pub(super) struct Progress {
    settled: u64,
    /// The first and the last transaction of each run of lost ones, in order.
    losses: Vec<(u64, u64)>,
    /// The reason for the last loss.
    last_failure: Arc<str>,
    /// Whether the store cannot even be read.
    is_unavailable: bool,
}

impl Progress {
    /// Creates the progress of a store that has all transactions up to `last`.
    pub(super) fn new(last: u64) -> Self {
        Self {
            settled: last,
            losses: Vec::new(),
            last_failure: Arc::from(""),
            is_unavailable: false,
        }
    }

    /// Returns the number of the last transaction that is settled, that is, written or lost.
    pub(super) fn settled(&self) -> u64 {
        self.settled
    }

    /// Returns the reason why no request can be answered now, or `None` if requests can be
    /// answered.
    pub(super) fn failure(&self) -> Option<&str> {
        self.is_unavailable.then_some(&*self.last_failure)
    }

    pub(super) fn last_failure(&self) -> &str {
        &self.last_failure
    }

    /// Records that all transactions up to `last` are on disk, except those that are already lost.
    pub(super) fn commit(&mut self, last: u64) {
        self.settled = last;
    }

    /// Records that the transactions after `kept` up to `last` are lost.
    pub(super) fn lose(&mut self, kept: u64, last: u64, why: &str, is_unavailable: bool) {
        self.settled = last;
        self.last_failure = Arc::from(why);
        self.is_unavailable = is_unavailable;
        match self.losses.last_mut() {
            _ if kept >= last => {}
            Some(loss) if loss.1 == kept => loss.1 = last,
            _ => self.losses.push((kept + 1, last)),
        }
    }

    /// Returns `true` if no transaction after `since` up to `last` is lost.
    pub(super) fn is_whole(&self, since: u64, last: u64) -> bool {
        !self.losses.iter().any(|(first, end)| *first <= last && *end > since)
    }
}

#[cfg(test)]
mod tests {
    use super::Progress;

    #[test]
    fn what_is_lost_is_told_from_what_came_before_and_after() {
        let mut progress = Progress::new(3);
        progress.commit(5);
        progress.lose(5, 7, "full", false);
        progress.lose(7, 8, "full", false);
        progress.commit(9);
        let lost: Vec<u64> =
            (1..10).filter(|&number| !progress.is_whole(number - 1, number)).collect();
        assert_eq!(lost, [6, 7, 8]);
        assert!(progress.is_whole(8, 9) && progress.is_whole(0, 5) && progress.is_whole(5, 5));
        assert!(!progress.is_whole(5, 9) && !progress.is_whole(7, 8));
        assert_eq!((progress.losses.len(), progress.settled()), (1, 9));
    }
}
