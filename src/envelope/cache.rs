//! Values by identity, bounded in number, each made by one at a time.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex};

use crate::Error;
use crate::lock::lock;

/// Keeps at most so many values; the one that was not asked for the longest goes first.
pub(super) struct Cache<V> {
    capacity: usize,
    slots: Mutex<Slots<V>>,
}

struct Slots<V> {
    by_identity: HashMap<Vec<u8>, (u64, Arc<Slot<V>>)>,
    /// Counts lookups, to tell which slot was asked for last.
    lookups: u64,
}

/// One identity's value, and the queue of those who wait for it.
struct Slot<V> {
    kept: Mutex<Kept<V>>,
    flight: tokio::sync::Mutex<()>,
}

struct Kept<V> {
    value: Option<Arc<V>>,
    /// How many flights have ended.
    ended: u64,
    /// Why the last one failed, if it did.
    failure: Option<Error>,
}

impl<V> Cache<V> {
    pub(super) fn new(capacity: usize) -> Self {
        let slots = Slots { by_identity: HashMap::new(), lookups: 0 };
        Self { capacity: capacity.max(1), slots: Mutex::new(slots) }
    }

    /// The value of this identity that `claim` takes, or a new one.
    ///
    /// Of those who find none, one makes it and the others wait: they share what it makes, if they
    /// can claim it, and the error if it fails. If the one gives up, the next takes over.
    ///
    /// # Errors
    ///
    /// Those of `make`.
    pub(super) async fn get(
        &self,
        identity: Vec<u8>,
        claim: impl Fn(&V) -> bool,
        make: impl Future<Output = Result<V, Error>>,
    ) -> Result<Arc<V>, Error> {
        let slot = self.slot(identity);
        let seen = match slot.claimed(&claim) {
            Ok(value) => return Ok(value),
            Err(ended) => ended,
        };
        let _flight = slot.flight.lock().await;
        if let Ok(value) = slot.claimed(&claim) {
            return Ok(value);
        }
        if let Some(failure) = slot.failure_since(seen) {
            return Err(failure);
        }
        let made = make.await;
        slot.land(made)
    }

    /// Lets go of all values that are not fresh, whoever asked for them.
    pub(super) fn sweep(&self, is_fresh: impl Fn(&V) -> bool) {
        for (_, slot) in lock(&self.slots).by_identity.values() {
            lock(&slot.kept).value.take_if(|value| !is_fresh(value));
        }
    }

    fn slot(&self, identity: Vec<u8>) -> Arc<Slot<V>> {
        let mut slots = lock(&self.slots);
        slots.lookups += 1;
        let now = slots.lookups;
        if let Some((asked, slot)) = slots.by_identity.get_mut(&identity) {
            *asked = now;
            return Arc::clone(slot);
        }
        if slots.by_identity.len() >= self.capacity {
            let oldest = slots.by_identity.iter().min_by_key(|(_, (asked, _))| *asked);
            if let Some(oldest) = oldest.map(|(identity, _)| identity.clone()) {
                slots.by_identity.remove(&oldest);
            }
        }
        let slot = Arc::new(Slot::new());
        slots.by_identity.insert(identity, (now, Arc::clone(&slot)));
        slot
    }
}

impl<V> Slot<V> {
    fn new() -> Self {
        let kept = Kept { value: None, ended: 0, failure: None };
        Self { kept: Mutex::new(kept), flight: tokio::sync::Mutex::new(()) }
    }

    /// The value, or how many flights have ended; a value that cannot be claimed is let go.
    fn claimed(&self, claim: impl Fn(&V) -> bool) -> Result<Arc<V>, u64> {
        let mut kept = lock(&self.kept);
        match kept.value.take_if(|value| !claim(value)) {
            None => kept.value.clone().ok_or(kept.ended),
            Some(_) => Err(kept.ended),
        }
    }

    fn failure_since(&self, ended: u64) -> Option<Error> {
        let kept = lock(&self.kept);
        kept.failure.clone().filter(|_| kept.ended > ended)
    }

    fn land(&self, made: Result<V, Error>) -> Result<Arc<V>, Error> {
        let mut kept = lock(&self.kept);
        kept.ended += 1;
        match made {
            Ok(value) => {
                let value = Arc::new(value);
                kept.value = Some(Arc::clone(&value));
                kept.failure = None;
                Ok(value)
            }
            Err(error) => {
                kept.failure = Some(error.clone());
                Err(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;
    use crate::ErrorKind;

    async fn get(cache: &Cache<u32>, identity: &str, value: u32) -> u32 {
        let made = ready(Ok(value));
        *cache.get(identity.into(), |_| true, made).await.expect("a value")
    }

    #[tokio::test]
    async fn the_identity_that_was_not_asked_for_the_longest_goes_first() {
        let cache = Cache::new(2);
        assert_eq!(get(&cache, "a", 1).await, 1);
        assert_eq!(get(&cache, "b", 2).await, 2);
        assert_eq!(get(&cache, "a", 3).await, 1);
        assert_eq!(get(&cache, "c", 4).await, 4);
        assert_eq!(get(&cache, "a", 5).await, 1);
        assert_eq!(get(&cache, "b", 6).await, 6);
    }

    #[tokio::test]
    async fn what_cannot_be_claimed_is_let_go() {
        let cache = Cache::new(1);
        let first = cache.get(vec![], |_| true, ready(Ok(1))).await.expect("a value");
        let second = cache.get(vec![], |value| *value > 1, ready(Ok(2))).await.expect("a value");
        assert_eq!((*first, *second), (1, 2));
        assert_eq!(Arc::strong_count(&first), 1);
    }

    #[tokio::test]
    async fn what_is_not_fresh_is_swept_away() {
        let cache = Cache::new(3);
        for (identity, value) in [("a", 1), ("b", 2), ("c", 3)] {
            get(&cache, identity, value).await;
        }
        cache.sweep(|value| *value == 2);
        assert_eq!(get(&cache, "a", 4).await, 4);
        assert_eq!(get(&cache, "b", 5).await, 2);
        assert_eq!(get(&cache, "c", 6).await, 6);
    }

    #[tokio::test]
    async fn those_who_waited_share_a_failure_and_those_who_come_later_do_not() {
        let cache = Arc::new(Cache::<u32>::new(1));
        let (fail, failing) = tokio::sync::oneshot::channel::<()>();
        let make = async {
            let _ = failing.await;
            Err(Error::new(ErrorKind::Connect, "no connection"))
        };
        let waiting = cache.get(vec![], |_| true, async { panic!("it waits") });
        let (first, second, ()) = tokio::join!(
            biased;
            cache.get(vec![], |_| true, make),
            waiting,
            async { fail.send(()).expect("the first waits") },
        );
        for error in [first, second] {
            assert_eq!(error.expect_err("a failure").kind(), ErrorKind::Connect);
        }
        assert_eq!(*cache.get(vec![], |_| true, ready(Ok(7))).await.expect("a value"), 7);
    }

    #[tokio::test]
    async fn the_next_takes_over_from_one_who_gives_up() {
        let cache = Cache::<u32>::new(1);
        let mut first = Box::pin(cache.get(vec![], |_| true, pending()));
        let mut second = Box::pin(cache.get(vec![], |_| true, ready(Ok(2))));
        tokio::select! {
            biased;
            _ = &mut first => panic!("it never lands"),
            _ = &mut second => panic!("the first flies"),
            () = ready(()) => {}
        }
        drop(first);
        assert_eq!(*second.await.expect("a value"), 2);
    }
}
