//! How far the writer is, and what it had to give up.

use std::sync::Arc;

/// Which transactions are on disk, and which never will be.
pub(super) struct Progress {
    settled: u64,
    /// First and last of each run of transactions that were lost, in order.
    losses: Vec<(u64, u64)>,
    /// Why the last of them were.
    last_failure: Arc<str>,
    /// Whether what is on disk cannot even be read.
    is_unavailable: bool,
}

impl Progress {
    /// All up to this one are on disk.
    pub(super) fn new(last: u64) -> Self {
        Self {
            settled: last,
            losses: Vec::new(),
            last_failure: Arc::from(""),
            is_unavailable: false,
        }
    }

    /// The number of the last transaction whose end is known.
    pub(super) fn settled(&self) -> u64 {
        self.settled
    }

    /// Why nothing can be answered now, if that is so.
    pub(super) fn failure(&self) -> Option<&str> {
        self.is_unavailable.then_some(&*self.last_failure)
    }

    pub(super) fn last_failure(&self) -> &str {
        &self.last_failure
    }

    /// All up to this one are on disk, except those that were lost before.
    pub(super) fn commit(&mut self, last: u64) {
        self.settled = last;
    }

    /// Those after `kept` up to `last` are lost.
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

    pub(super) fn is_lost(&self, number: u64) -> bool {
        !self.is_whole(number - 1, number)
    }

    /// Returns `true` if none after `since` up to `last` was lost.
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
        let lost: Vec<u64> = (1..10).filter(|number| progress.is_lost(*number)).collect();
        assert_eq!(lost, [6, 7, 8]);
        assert!(progress.is_whole(8, 9) && progress.is_whole(0, 5) && progress.is_whole(5, 5));
        assert!(!progress.is_whole(5, 9) && !progress.is_whole(7, 8));
        assert_eq!((progress.losses.len(), progress.settled()), (1, 9));
    }
}
