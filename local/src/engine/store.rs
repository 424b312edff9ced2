//! The engine itself: its settings, and its tables with their lock.

use std::fmt;
use std::ops::{Deref, DerefMut};
#[cfg(feature = "store")]
use std::path::Path;
use std::sync::{Arc, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::SystemTime;

use alibabacloud_kms::__private::unpoisoned;
use alibabacloud_kms::Clock;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use secrecy::SecretString;

use super::Fault;
use super::id::uuid;
use super::keeper::Keeper;
use super::tables::{Setting, Tables};

/// The region, account and clock of the service.
#[derive(Clone)]
pub(crate) struct Config {
    /// The region in every ARN, such as `cn-hangzhou`.
    pub(crate) region: String,
    /// The account in every ARN, and the creator of every key.
    pub(crate) account_id: String,
    /// The clock for all dates.
    pub(crate) clock: Clock,
}

/// A key management service, in memory or with a store. Clones are handles of the same service.
#[derive(Clone)]
pub(crate) struct Engine {
    config: Arc<Config>,
    random: SystemRandom,
    tables: Arc<RwLock<Tables>>,
    keeper: Keeper,
}

impl Engine {
    /// Creates a service in memory, without any key or secret.
    pub(crate) fn new(config: Config) -> Self {
        Self {
            config: Arc::new(config),
            random: SystemRandom::new(),
            tables: Arc::default(),
            keeper: Keeper::in_memory(),
        }
    }

    /// Opens the service of the store at `path`. A new store is empty.
    #[cfg(feature = "store")]
    pub(crate) fn open(config: Config, path: &Path) -> Result<Self, alibabacloud_kms::BoxError> {
        let engine = Self::new(config);
        let keeper = Keeper::open(path, &engine.tables)?;
        Ok(Self { keeper, ..engine })
    }

    /// Returns a handle of the same service for one request: [`kept`](Self::kept) then waits for
    /// the changes that this request made or may have read.
    pub(crate) fn for_request(&self) -> Self {
        Self { keeper: self.keeper.for_request(), ..self.clone() }
    }

    /// Waits until all changes are on disk that were made with this handle, or that it may have
    /// read.
    ///
    /// # Errors
    ///
    /// If some of the changes, or earlier ones since the handle was made, could not be written and
    /// were undone.
    pub(crate) async fn kept(&self) -> Result<(), Fault> {
        self.keeper.kept().await
    }

    /// Closes the store, if there is one. Later changes are refused.
    pub(crate) fn close(&self) {
        self.keeper.close();
    }

    /// Closes the store, and checks that all changes are on disk that were made with this handle,
    /// or that it may have read.
    ///
    /// # Errors
    ///
    /// Those of [`kept`](Self::kept).
    #[cfg(feature = "store")]
    pub(crate) fn finish(&self) -> Result<(), Fault> {
        self.keeper.finish()
    }

    /// Removes all content.
    pub(crate) fn clear(&self) {
        self.write().clear();
    }

    /// Returns the gateway's setting with this name.
    pub(crate) fn setting(&self, name: &str) -> Option<SecretString> {
        self.read().settings.get(name).map(|setting| setting.0.clone())
    }

    /// Stores a setting of the gateway under this name.
    pub(crate) fn set_setting(&self, name: &str, value: SecretString) {
        self.write().settings.insert(name.to_owned(), Setting(value));
    }

    /// Returns `true` if there is a store. Material that is generated on first use must then be
    /// stored.
    pub(crate) fn has_store(&self) -> bool {
        self.keeper.has_store()
    }

    pub(super) fn fill_random(&self, bytes: &mut [u8]) -> Result<(), Fault> {
        Ok(self.random.fill(bytes)?)
    }

    pub(super) fn random_array<const N: usize>(&self) -> Result<[u8; N], Fault> {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes)?;
        Ok(bytes)
    }

    pub(super) fn now(&self) -> SystemTime {
        self.config.clock.now()
    }

    pub(super) fn account_id(&self) -> &str {
        &self.config.account_id
    }

    /// Returns the Alibaba Cloud Resource Name of `resource`, such as `key/key-0123` or
    /// `alias/app`.
    pub(super) fn arn(&self, resource: &str) -> String {
        format!("{}{resource}", self.arn_prefix())
    }

    pub(super) fn arn_prefix(&self) -> String {
        format!("acs:kms:{}:{}:", self.config.region, self.config.account_id)
    }

    // A poisoned lock can still be used: no writer can panic between two rows that belong together.
    pub(super) fn read(&self) -> RwLockReadGuard<'_, Tables> {
        let now = self.now();
        let lock = || unpoisoned(self.tables.read());
        let mut tables = lock();
        if tables.next_due.is_some_and(|due| due <= now) {
            drop(tables);
            drop(self.write());
            tables = lock();
        }
        self.keeper.note_read();
        tables
    }

    pub(super) fn write(&self) -> Writing<'_> {
        let tables = unpoisoned(self.tables.write());
        let mut writing = Writing { engine: self, tables };
        writing.settle(self.now(), &|| self.random_uuid().ok());
        writing
    }

    pub(super) fn random_uuid(&self) -> Result<String, Fault> {
        Ok(uuid(self.random_array()?))
    }
}

/// The tables, locked for writing. Dropping this passes the changes to the store.
pub(super) struct Writing<'e> {
    engine: &'e Engine,
    tables: RwLockWriteGuard<'e, Tables>,
}

impl Deref for Writing<'_> {
    type Target = Tables;

    fn deref(&self) -> &Tables {
        &self.tables
    }
}

impl DerefMut for Writing<'_> {
    fn deref_mut(&mut self) -> &mut Tables {
        &mut self.tables
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        self.engine.keeper.hand_over(&mut self.tables);
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("config", &self.config).finish_non_exhaustive()
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("region", &self.region)
            .field("account_id", &self.account_id)
            .finish_non_exhaustive()
    }
}
