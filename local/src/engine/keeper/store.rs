//! The changes of one request on their way to a store.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};

use alibabacloud_kms::BoxError;

use crate::engine::Fault;
use crate::engine::journal::Journal;
use crate::engine::tables::Tables;

/// Keeps changes in a store, if there is one; each request has its own, to wait for.
#[derive(Clone, Default)]
pub(in crate::engine) struct Keeper {
    journal: Option<Arc<Journal>>,
    changes: Arc<Changes>,
}

/// What is to be on disk before an answer leaves.
#[derive(Default)]
struct Changes {
    /// The last change of others whose end was known at the start.
    since: u64,
    /// The first and the last change of one's own, or 0.
    first: AtomicU64,
    last: AtomicU64,
}

impl Keeper {
    pub(in crate::engine) fn in_memory() -> Self {
        Self::default()
    }

    /// Opens the store and reads the tables from it.
    pub(in crate::engine) fn open(
        path: &Path,
        tables: &Arc<RwLock<Tables>>,
    ) -> Result<Self, BoxError> {
        let journal = Arc::new(Journal::open(path, tables)?);
        Ok(Self { journal: Some(journal), changes: Arc::default() })
    }

    pub(in crate::engine) fn has_store(&self) -> bool {
        self.journal.is_some()
    }

    /// The same store, for one request.
    pub(in crate::engine) fn for_request(&self) -> Self {
        let Some(journal) = &self.journal else { return self.clone() };
        let changes = Changes { since: journal.settled(), ..Changes::default() };
        Self { journal: Some(Arc::clone(journal)), changes: Arc::new(changes) }
    }

    /// Takes what changed. The caller holds the tables' write lock.
    pub(in crate::engine) fn hand_over(&self, tables: &mut Tables) {
        let Some(journal) = &self.journal else { return tables.forget_changes() };
        if let Some(number) = journal.hand_over(tables) {
            let Changes { first, last, .. } = &*self.changes;
            let _ = first.compare_exchange(0, number, Ordering::AcqRel, Ordering::Acquire);
            last.store(number, Ordering::Release);
        }
    }

    /// Waits until one's own changes are on disk, or, without any, all that may have been read.
    pub(in crate::engine) async fn kept(&self) -> Result<(), Fault> {
        let Some(journal) = &self.journal else { return Ok(()) };
        let Changes { since, first, last } = &*self.changes;
        match last.load(Ordering::Acquire) {
            0 => journal.seen(*since).await,
            last => journal.kept(first.load(Ordering::Acquire), last).await,
        }
    }

    /// Closes the store.
    pub(in crate::engine) fn close(&self) {
        if let Some(journal) = &self.journal {
            journal.close();
        }
    }
}
