//! The store: a redb file, with the rows of each table under their keys.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use alibabacloud_kms::__private::shown;
use alibabacloud_kms::BoxError;
use redb::backends::FileBackend;
use redb::{
    Builder, Database, DatabaseError, ReadTransaction, ReadableDatabase as _, ReadableTable as _,
    StorageError, TableDefinition, TableError, WriteTransaction,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::changes::Change;
use crate::engine::rows::Rows;
use crate::engine::tables::{Tables, VisitTables};

/// The version of the store's format. A change that an older version of the gateway would misread
/// increments it and adds a step to [`MIGRATIONS`].
const FORMAT: u64 = 1;
/// The steps to newer formats: the step at `index` migrates from the format `index + 1` to the
/// next.
const MIGRATIONS: &[Migration] = &[];
/// The size of redb's cache, in bytes. Only commits need it: all rows are in the tables.
const CACHE: usize = 2 << 20;

const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");

type Migration = fn(&WriteTransaction) -> Result<(), redb::Error>;

/// An open store.
pub(super) struct StoreFile {
    path: PathBuf,
    database: Database,
    last_number: u64,
}

/// The reason why a store cannot be used.
#[derive(Debug)]
enum Unusable {
    Open,
    Newer(u64),
    Damaged(String),
    Unreadable(String),
}

impl StoreFile {
    /// Opens the store at `path`. If it does not exist, creates it with access only for its owner.
    pub(super) fn open(path: &Path) -> Result<Self, BoxError> {
        Self::open_with(path, FORMAT, MIGRATIONS)
    }

    fn open_with(path: &Path, format: u64, migrations: &[Migration]) -> Result<Self, BoxError> {
        let failed = |why| BoxError::from(Failure { path: path.to_owned(), why });
        let file =
            open_file(path).map_err(|error| failed(Unusable::Unreadable(error.to_string())))?;
        let backend = FileBackend::new(file).map_err(|error| failed(Unusable::from(error)))?;
        let database = Builder::new()
            .set_cache_size(CACHE)
            // Without this check, redb may panic on a damaged file.
            .set_check_integrity_on_open(true)
            .create_with_backend(backend)
            .map_err(|error| failed(Unusable::from(error)))?;
        let last_number = prepare(&database, format, migrations).map_err(failed)?;
        Ok(Self { path: path.to_owned(), database, last_number })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the number of the last transaction that is on disk.
    pub(super) fn last_number(&self) -> u64 {
        self.last_number
    }

    /// Reads all rows.
    pub(super) fn load(&self) -> Result<Tables, BoxError> {
        let failed = |error: redb::Error| Failure {
            path: self.path.clone(),
            why: Unusable::Damaged(error.to_string()),
        };
        let transaction = self.database.begin_read().map_err(|error| failed(error.into()))?;
        let mut tables = Tables::default();
        tables.visit(&mut Loader(transaction)).map_err(failed)?;
        tables.plan();
        Ok(tables)
    }

    /// Writes all of these changes, or none. `number` is the number of their last transaction.
    pub(super) fn commit<'c>(
        &mut self,
        number: u64,
        changes: impl Iterator<Item = &'c Change>,
    ) -> Result<(), redb::Error> {
        let mut transaction = self.database.begin_write()?;
        // So that the store opens without a long repair after a crash.
        transaction.set_quick_repair(true);
        transaction.open_table(META)?.insert("number", number)?;
        for Change { table, key, row } in changes {
            let mut table = transaction.open_table(rows_of(table))?;
            match row {
                Some(row) => drop(table.insert(&**key, &***row)?),
                None => drop(table.remove(&**key)?),
            }
        }
        transaction.commit()?;
        self.last_number = number;
        Ok(())
    }
}

fn rows_of(table: &str) -> TableDefinition<'_, &'static [u8], &'static [u8]> {
    TableDefinition::new(table)
}

fn open_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Migrates the store to this format. Returns the number of its last transaction.
fn prepare(database: &Database, format: u64, migrations: &[Migration]) -> Result<u64, Unusable> {
    let mut transaction = database.begin_write().map_err(redb::Error::from)?;
    transaction.set_quick_repair(true);
    let (found, number) = {
        let meta = transaction.open_table(META).map_err(redb::Error::from)?;
        let value = |name: &str| meta.get(name).map(|value| value.map(|value| value.value()));
        (value("format").map_err(redb::Error::from)?, value("number").map_err(redb::Error::from)?)
    };
    let found = found.unwrap_or(format);
    if found > format {
        return Err(Unusable::Newer(found));
    }
    let steps =
        usize::try_from(found.saturating_sub(1)).ok().and_then(|done| migrations.get(done..));
    for migrate in steps.unwrap_or_default() {
        migrate(&transaction)?;
    }
    let is_current = number.is_some() && found == format;
    if is_current {
        transaction.abort().map_err(redb::Error::from)?;
    } else {
        {
            let mut meta = transaction.open_table(META).map_err(redb::Error::from)?;
            meta.insert("format", format).map_err(redb::Error::from)?;
            meta.insert("number", number.unwrap_or_default()).map_err(redb::Error::from)?;
        }
        transaction.commit().map_err(redb::Error::from)?;
    }
    Ok(number.unwrap_or_default())
}

struct Loader(ReadTransaction);

impl VisitTables for Loader {
    type Error = redb::Error;

    fn visit<K, V>(&mut self, name: &'static str, rows: &mut Rows<K, V>) -> Result<(), redb::Error>
    where
        K: Ord + Clone + Serialize + DeserializeOwned,
        V: Serialize + DeserializeOwned,
    {
        let table = match self.0.open_table(rows_of(name)) {
            Err(TableError::TableDoesNotExist(_)) => return Ok(()),
            table => table?,
        };
        let damaged =
            |_: serde_json::Error| redb::Error::Corrupted(format!("a row of {name} is not one"));
        for entry in table.iter()? {
            let (key, row) = entry?;
            let key = serde_json::from_slice(key.value()).map_err(damaged)?;
            rows.load(key, serde_json::from_slice(row.value()).map_err(damaged)?);
        }
        Ok(())
    }
}

impl Unusable {
    fn of_io(error: &io::Error) -> Self {
        match error.kind() {
            // A truncated file gives the latter.
            ErrorKind::InvalidData | ErrorKind::UnexpectedEof => Self::Damaged(error.to_string()),
            _ => Self::Unreadable(error.to_string()),
        }
    }
}

impl From<redb::Error> for Unusable {
    fn from(error: redb::Error) -> Self {
        match error {
            redb::Error::Io(error) => Self::of_io(&error),
            error => Self::Damaged(error.to_string()),
        }
    }
}

impl From<DatabaseError> for Unusable {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::DatabaseAlreadyOpen => Self::Open,
            DatabaseError::Storage(StorageError::Io(error)) => Self::of_io(&error),
            error => Self::Damaged(error.to_string()),
        }
    }
}

/// An error: the store cannot be used.
#[derive(Debug)]
struct Failure {
    path: PathBuf,
    why: Unusable,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = shown(&self.path);
        match &self.why {
            Unusable::Open => {
                write!(
                    f,
                    "the store {path} is used by another gateway: stop that one, or use another store"
                )
            }
            Unusable::Newer(format) => write!(
                f,
                "the store {path} has the format {format}, and this version reads formats up to \
                 {FORMAT}: use the version that wrote it, or another store"
            ),
            Unusable::Damaged(why) => write!(
                f,
                "the store {path} is damaged ({why}): restore it from a copy, or remove it to \
                 begin with new keys"
            ),
            Unusable::Unreadable(why) => write!(f, "the store {path} cannot be opened: {why}"),
        }
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests;
