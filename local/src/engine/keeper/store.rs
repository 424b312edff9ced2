//! A keeper that passes the changes of a request to a store.

use std::path::Path;
use std::sync::{Arc, Mutex, RwLock};

use alibabacloud_kms::__private::lock;
use alibabacloud_kms::BoxError;

use crate::engine::Fault;
use crate::engine::journal::Journal;
use crate::engine::tables::Tables;

/// Passes changes to a store, if there is one. Each request has its own keeper, and waits for its
/// own changes.
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
    /// The last transaction of the request itself, if there is one.
    own: Mutex<Option<u64>>,
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
        if let Some(number) = journal.hand_over(tables) {
            *lock(&self.changes.own) = Some(number);
        }
    }

    /// Waits until the request's own changes are on disk. A request without changes waits for all
    /// changes that it may have read.
    pub(in crate::engine) async fn kept(&self) -> Result<(), Fault> {
        let Some(journal) = &self.journal else { return Ok(()) };
        let own = *lock(&self.changes.own);
        journal.kept(self.changes.since, own).await
    }

    /// Closes the store, and checks what [`kept`](Self::kept) checks.
    pub(in crate::engine) fn finish(&self) -> Result<(), Fault> {
        let Some(journal) = &self.journal else { return Ok(()) };
        journal.close();
        journal.check(self.changes.since, *lock(&self.changes.own))
    }

    /// Closes the store.
    pub(in crate::engine) fn close(&self) {
        if let Some(journal) = &self.journal {
            journal.close();
        }
    }
}
