//! Makes changes durable: a thread writes them to the store, in one commit for several requests.
//!
//! When the write lock is released, the changed rows are passed to [`Journal`], in the order of the
//! changes. One thread commits everything that has arrived in the meantime ("group commit"). An
//! answer is sent once all rows that its request changed, or may have read, are on disk. If a
//! commit fails, everything after the last successful commit is refused, and the tables are read
//! from the store again: memory never shows a change that was refused.

mod changes;
mod file;
mod progress;
mod writer;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, RwLock};
use std::thread::{Builder, JoinHandle};

use alibabacloud_kms::__private::{lock, unpoisoned};
use alibabacloud_kms::BoxError;
use tokio::sync::watch;

use self::changes::Transaction;
use self::file::StoreFile;
use self::progress::Progress;
use self::writer::Writer;
use super::Fault;
use super::tables::Tables;

/// Passes changes to the thread that writes them, and waits until they are on disk.
pub(super) struct Journal {
    /// The number of the last transaction that was passed to the thread.
    issued: Arc<AtomicU64>,
    progress: watch::Receiver<Progress>,
    /// `None` once the journal is closed.
    thread: Mutex<Option<(Sender<Transaction>, JoinHandle<()>)>>,
}

impl Journal {
    /// Opens the store at `path`, or creates it if it does not exist, and reads the tables from it.
    pub(super) fn open(path: &Path, tables: &Arc<RwLock<Tables>>) -> Result<Self, BoxError> {
        let file = StoreFile::open(path)?;
        let last = file.last_number();
        *unpoisoned(tables.write()) = file.load()?;
        let issued = Arc::new(AtomicU64::new(last));
        let (publish, progress) = watch::channel(Progress::new(last));
        let (sender, receiver) = channel();
        let writer = Writer::new(file, Arc::clone(tables), Arc::clone(&issued), receiver, publish);
        let thread = Builder::new().name("kms-local-store".to_owned()).spawn(|| writer.run())?;
        Ok(Self { issued, progress, thread: Mutex::new(Some((sender, thread))) })
    }

    /// Passes the changes since the last call to the thread. Returns the number of the transaction,
    /// or `None` if nothing has changed. The caller holds the tables' write lock.
    pub(super) fn hand_over(&self, tables: &mut Tables) -> Option<u64> {
        let changes = changes::take(tables);
        if changes.is_empty() {
            return None;
        }
        let number = self.issued.fetch_add(1, Ordering::AcqRel) + 1;
        if let Some((sender, _)) = &*lock(&self.thread) {
            // If the writer has ended, no further transaction is settled, and those who wait learn
            // that the writer has ended.
            let _ = sender.send(Transaction { number, changes });
        }
        Some(number)
    }

    /// Returns the number of the last transaction that was passed to the thread.
    pub(super) fn issued(&self) -> u64 {
        self.issued.load(Ordering::Acquire)
    }

    /// Returns the number of the last transaction that is settled, that is, written or lost.
    pub(super) fn settled(&self) -> u64 {
        self.progress.borrow().settled()
    }

    /// Waits until all transactions up to `last` are settled, or all that there are if it is `None`.
    ///
    /// # Errors
    ///
    /// If one of those after `since` was lost, or the store cannot be read. A request may have read
    /// a change that was lost and rest on it, even if its own changes are on disk.
    pub(super) async fn kept(&self, since: u64, last: Option<u64>) -> Result<(), Fault> {
        let last = last.unwrap_or_else(|| self.issued());
        let mut progress = self.progress.clone();
        // If the writer has ended, the check reports it.
        let _ = progress.wait_for(|progress| progress.settled() >= last).await;
        self.check(since, Some(last))
    }

    /// Checks what [`kept`](Self::kept) waits for, without waiting.
    pub(super) fn check(&self, since: u64, last: Option<u64>) -> Result<(), Fault> {
        let last = last.unwrap_or_else(|| self.issued());
        let progress = self.progress.borrow();
        let why = match progress.failure() {
            _ if progress.settled() < last => "it is closed",
            Some(why) => why,
            None if progress.is_whole(since, last) => return Ok(()),
            None => progress.last_failure(),
        };
        let message = format!("The local gateway could not write its store: {why}.");
        Err(Fault::new(503, "ServiceUnavailableTemporary", message))
    }

    /// Writes all changes that were passed on, and closes the store.
    pub(super) fn close(&self) {
        let Some((sender, thread)) = lock(&self.thread).take() else { return };
        drop(sender);
        // The result is not needed: a panic was reported where it happened.
        let _ = thread.join();
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod tests;
