//! From rows to what is written, and back.

use std::convert::Infallible;

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::engine::rows::Rows;
use crate::engine::tables::{Tables, VisitTables};

/// One row that is written or deleted.
pub(super) struct Change {
    pub(super) table: &'static str,
    pub(super) key: Vec<u8>,
    /// None if it is deleted.
    pub(super) row: Option<Zeroizing<Vec<u8>>>,
}

/// The changes of one write, under the number that tells them from others.
pub(super) struct Transaction {
    pub(super) number: u64,
    pub(super) changes: Vec<Change>,
}

/// The rows that changed since they were last taken.
pub(super) fn take(tables: &mut Tables) -> Vec<Change> {
    let mut taken = Taken(Vec::new());
    match tables.visit(&mut taken) {
        Ok(()) => taken.0,
        Err(never) => match never {},
    }
}

struct Taken(Vec<Change>);

impl VisitTables for Taken {
    type Error = Infallible;

    fn visit<K, V>(&mut self, table: &'static str, rows: &mut Rows<K, V>) -> Result<(), Infallible>
    where
        K: Ord + Clone + Serialize + DeserializeOwned,
        V: Serialize + DeserializeOwned,
    {
        for key in rows.take_changed() {
            let row = rows.get(&key).map(|row| written(row));
            self.0.push(Change { table, key: written(&key).to_vec(), row });
        }
        Ok(())
    }
}

/// In JSON, whose fields have names: a field that is added needs a default and no migration.
fn written<T: Serialize>(value: &T) -> Zeroizing<Vec<u8>> {
    // Its length first, so that the buffer never moves and leaves no copy behind.
    let mut length = Length(0);
    let counted = serde_json::to_writer(&mut length, value);
    let mut bytes = Zeroizing::new(Vec::with_capacity(length.0));
    counted
        .and_then(|()| serde_json::to_writer(&mut *bytes, value))
        .expect("rows are plain data, which serde_json writes");
    bytes
}

struct Length(usize);

impl std::io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
