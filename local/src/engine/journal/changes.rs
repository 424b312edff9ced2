//! Converts changed rows to what the store writes.

use std::convert::Infallible;

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::engine::rows::Rows;
use crate::engine::tables::{Tables, VisitTables};

/// A row to write or delete.
pub(super) struct Change {
    pub(super) table: &'static str,
    pub(super) key: Vec<u8>,
    /// `None` if the row is deleted.
    pub(super) row: Option<Zeroizing<Vec<u8>>>,
}

/// The changes of one write, with the number that identifies them.
pub(super) struct Transaction {
    pub(super) number: u64,
    pub(super) changes: Vec<Change>,
}

/// Returns the changes of all rows since the last call.
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

/// Writes a value in JSON. Fields have names there: a new field needs a default, but no migration.
fn written<T: Serialize>(value: &T) -> Zeroizing<Vec<u8>> {
    // The length is computed first, so that the buffer never grows and leaves no copy behind.
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
