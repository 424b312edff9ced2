//! Managed data keys: the service keeps them by name, and returns them in plaintext.

use zeroize::Zeroizing;

use super::tables::DataKeyVersion;
use super::{Engine, Fault, Page, PageRequest, password};

const VERSION_ID_LENGTH: usize = 8;

/// A version of a managed data key.
pub(crate) struct ManagedDataKey {
    pub(crate) data_key: String,
    pub(crate) version_id: String,
    /// The name of the service's own secret that contains the key.
    pub(crate) version_name: String,
    pub(crate) key: Zeroizing<Vec<u8>>,
}

impl Engine {
    /// Adds a version to a managed data key, and creates the data key if it does not exist. No
    /// action of the service does this.
    pub(super) fn add_managed_data_key_version(&self, data_key: &str) -> Result<(), Fault> {
        let version_id = password::alphanumeric(self, VERSION_ID_LENGTH)?.to_string();
        let key = self.generate_data_key(32)?;
        let versions = &mut self.write().data_key_versions;
        let number = versions.range(range(data_key)).count() as u64 + 1;
        let row = DataKeyVersion { data_key: data_key.to_owned(), number, version_id, key };
        versions.insert(row.id(), row);
        Ok(())
    }

    /// Returns a version of a managed data key: the one with this id, the latest, or the first.
    pub(crate) fn managed_data_key(
        &self,
        data_key: &str,
        version_id: Option<&str>,
        is_latest: bool,
    ) -> Result<ManagedDataKey, Fault> {
        let tables = self.read();
        let mut versions = tables.data_key_versions.range(range(data_key)).map(|(_, row)| row);
        let found = match version_id {
            Some(id) => versions.find(|row| row.version_id == id),
            None if is_latest => versions.next_back(),
            None => versions.next(),
        };
        found.map(ManagedDataKey::from).ok_or_else(Fault::resource_not_found)
    }

    /// Returns a page of the versions of a managed data key, the first version first.
    pub(crate) fn list_managed_data_key_versions(
        &self,
        data_key: &str,
        page: PageRequest,
    ) -> Result<Page<ManagedDataKey>, Fault> {
        let tables = self.read();
        let versions: Vec<&DataKeyVersion> =
            tables.data_key_versions.range(range(data_key)).map(|(_, row)| row).collect();
        if versions.is_empty() {
            return Err(Fault::resource_not_found());
        }
        Ok(page.of(versions.into_iter().map(ManagedDataKey::from)))
    }
}

fn range(data_key: &str) -> std::ops::RangeInclusive<(String, u64)> {
    (data_key.to_owned(), 0)..=(data_key.to_owned(), u64::MAX)
}

impl From<&DataKeyVersion> for ManagedDataKey {
    fn from(row: &DataKeyVersion) -> Self {
        Self {
            data_key: row.data_key.clone(),
            version_id: row.version_id.clone(),
            version_name: format!("kms-datakeyversion!{}!{}", row.data_key, row.version_id),
            key: row.key.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::engine;
    use super::{Fault, PageRequest};

    #[test]
    fn a_version_is_the_first_the_latest_or_the_one_that_is_named() {
        let engine = engine();
        for name in ["a", "b", "a", "a"] {
            engine.add_managed_data_key_version(name).expect("it is drawn");
        }
        let listed = engine.list_managed_data_key_versions("a", PageRequest::default());
        let listed = listed.map(|page| page.items).expect("it has versions");
        let ids: Vec<&str> = listed.iter().map(|version| &*version.version_id).collect();
        let found = |id, is_latest| {
            engine.managed_data_key("a", id, is_latest).map(|found| found.version_id)
        };
        assert_eq!(found(None, false).as_deref(), Ok(ids[0]));
        assert_eq!(found(None, true).as_deref(), Ok(ids[2]));
        assert_eq!(found(Some(ids[1]), true).as_deref(), Ok(ids[1]));
        assert_eq!(listed[1].version_name, format!("kms-datakeyversion!a!{}", ids[1]));
        assert_eq!(found(Some("none"), true), Err(Fault::resource_not_found()));
        let none = engine.list_managed_data_key_versions("c", PageRequest::default());
        assert_eq!(none.err(), Some(Fault::resource_not_found()));
    }
}
