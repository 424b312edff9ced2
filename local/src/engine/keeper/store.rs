//! A keeper that passes the changes of a request to a store.

use std::path::Path;
use std::sync::{Arc, Mutex, RwLock};

use alibabacloud_kms::__private::lock;
use alibabacloud_kms::BoxError;

use crate::engine::Fault;
use crate::engine::journal::Journal;
use crate::engine::tables::Tables;

/// Passes changes to a store, if there is one. Each request has its own keeper, and waits for its
/// own changes and for those that it may have read.
#[derive(Clone, Default)]
pub(in crate::engine) struct Keeper {
    journal: Option<Arc<Journal>>,
    changes: Arc<Changes>,
}

/// The changes that must be on disk before an answer is sent.
#[derive(Default)]
struct Changes {
    /// The last transaction that was settled when the request began.
    since: u64,
    /// The last transaction that the request made or may have read, if it made one.
    last: Mutex<Option<u64>>,
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

    /// Returns a keeper of the same store, for one request.
    pub(in crate::engine) fn for_request(&self) -> Self {
        let Some(journal) = &self.journal else { return self.clone() };
        let changes = Changes { since: journal.settled(), ..Changes::default() };
        Self { journal: Some(Arc::clone(journal)), changes: Arc::new(changes) }
    }

    /// Passes the changed rows to the store. The caller holds the tables' write lock.
    pub(in crate::engine) fn hand_over(&self, tables: &mut Tables) {
        let Some(journal) = &self.journal else { return tables.forget_changes() };
        match journal.hand_over(tables) {
            Some(number) => *lock(&self.changes.last) = Some(number),
            None => self.note_read(),
        }
    }

    /// Records that the request reads the tables. The caller holds their lock.
    pub(in crate::engine) fn note_read(&self) {
        let Some(journal) = &self.journal else { return };
        // A request that has made no change waits for all that there are when it is answered.
        if let Some(last) = &mut *lock(&self.changes.last) {
            *last = journal.issued();
        }
    }

    /// Waits until all changes are on disk that the request made, or may have read.
    pub(in crate::engine) async fn kept(&self) -> Result<(), Fault> {
        let Some(journal) = &self.journal else { return Ok(()) };
        let last = *lock(&self.changes.last);
        journal.kept(self.changes.since, last).await
    }

    /// Closes the store, and checks what [`kept`](Self::kept) checks.
    pub(in crate::engine) fn finish(&self) -> Result<(), Fault> {
        let Some(journal) = &self.journal else { return Ok(()) };
        journal.close();
        journal.check(self.changes.since, *lock(&self.changes.last))
    }

    /// Closes the store.
    pub(in crate::engine) fn close(&self) {
        if let Some(journal) = &self.journal {
            journal.close();
        }
    }
}
