//! The thread that writes to the store.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use alibabacloud_kms::__private::{shown, unpoisoned};
use tokio::sync::watch;

use super::changes::Transaction;
use super::file::StoreFile;
use super::progress::Progress;
use crate::engine::tables::Tables;

/// The pause before another attempt to open a store that cannot be read.
const RETRY_PAUSE: Duration = Duration::from_millis(500);

/// Commits the transactions that it receives, all that are waiting at once.
pub(super) struct Writer {
    path: PathBuf,
    /// `None` as long as the store cannot be opened again after a failure.
    file: Option<StoreFile>,
    tables: Arc<RwLock<Tables>>,
    issued: Arc<AtomicU64>,
    receiver: Receiver<Transaction>,
    progress: watch::Sender<Progress>,
}

impl Writer {
    pub(super) fn new(
        file: StoreFile,
        tables: Arc<RwLock<Tables>>,
        issued: Arc<AtomicU64>,
        receiver: Receiver<Transaction>,
        progress: watch::Sender<Progress>,
    ) -> Self {
        Self { path: file.path().to_owned(), file: Some(file), tables, issued, receiver, progress }
    }

    /// Writes until all senders of changes are dropped.
    pub(super) fn run(mut self) {
        loop {
            let first = match &self.file {
                Some(_) => self.receiver.recv().map_err(|_| RecvTimeoutError::Disconnected),
                None => self.receiver.recv_timeout(RETRY_PAUSE),
            };
            match first {
                Ok(first) => self.write(first),
                Err(RecvTimeoutError::Timeout) => self.recover("it cannot be opened"),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn write(&mut self, first: Transaction) {
        let mut batch = vec![first];
        batch.extend(self.receiver.try_iter());
        let last = batch.last().map_or(0, |transaction| transaction.number);
        let changes = batch.iter().flat_map(|transaction| &transaction.changes);
        let committed = match &mut self.file {
            Some(file) => file.commit(last, changes).map_err(|error| error.to_string()),
            None => Err("it cannot be opened".to_owned()),
        };
        match committed {
            Ok(()) => self.progress.send_modify(|progress| progress.commit(last)),
            Err(why) => self.recover(&why),
        }
    }

    /// Drops the changes that are not on disk, and reads the tables from the store again.
    fn recover(&mut self, why: &str) {
        tracing::warn!(reason = why, "the store of the local gateway could not be written");
        let why = format!("{} ({why})", shown(&self.path));
        // While the tables are locked, no more changes arrive.
        let mut tables = unpoisoned(self.tables.write());
        while self.receiver.try_recv().is_ok() {}
        let last = self.issued.load(Ordering::Acquire);
        // After a failure, redb accepts no changes until the file is opened again.
        self.file = None;
        let opened = StoreFile::open(&self.path).and_then(|file| Ok((file.load()?, file)));
        let (kept, is_unavailable) = match opened {
            Ok((rows, file)) => {
                *tables = rows;
                // A commit may have reached the disk before it failed.
                let kept = file.last_number();
                self.file = Some(file);
                (kept, false)
            }
            Err(_) => (self.progress.borrow().settled(), true),
        };
        self.progress.send_modify(|progress| progress.lose(kept, last, &why, is_unavailable));
    }
}
