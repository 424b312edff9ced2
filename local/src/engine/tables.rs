//! The state: one table per type of resource, each a map from primary key to row.
//!
//! Rows are plain data and refer to each other by id; the actions decide how they change. A store
//! keeps their serde form, in which a new field needs a default.

mod access;
mod alias;
mod certificate;
mod client_key;
mod data_key;
mod import;
mod key;
mod secret;
mod setting;
mod tag;

use std::time::SystemTime;

#[cfg(feature = "store")]
use serde::{Serialize, de::DeserializeOwned};

pub(crate) use self::access::{AccessPoint, AccessPolicy, NetworkRule};
pub(super) use self::alias::Alias;
pub(super) use self::certificate::Certificate;
pub(crate) use self::certificate::CertificateStatus;
pub(crate) use self::client_key::ClientKey;
pub(super) use self::data_key::DataKeyVersion;
pub(super) use self::import::ImportToken;
pub(super) use self::key::{Key, KeyVersion};
pub(super) use self::secret::{Secret, SecretVersion};
pub(crate) use self::secret::{SecretDataType, SecretType};
pub(super) use self::setting::Setting;
pub(super) use self::tag::TagId;
pub(crate) use self::tag::{ResourceType, Tag};
use super::rows::Rows;

/// Declares the tables, so that code for all tables forgets none of them.
macro_rules! tables {
    ($($(#[$meta:meta])* $name:ident: $key:ty => $row:ty,)*) => {
        /// Every row, by its primary key.
        #[derive(Default)]
        pub(super) struct Tables {
            $($(#[$meta])* pub(super) $name: Rows<$key, $row>,)*
            /// The time of the next scheduled change, or an earlier time.
            pub(super) next_due: Option<SystemTime>,
        }

        impl Tables {
            /// Passes each table to the visitor, with its name.
            #[cfg(feature = "store")]
            pub(super) fn visit<E>(
                &mut self,
                visitor: &mut impl VisitTables<Error = E>,
            ) -> Result<(), E> {
                $(visitor.visit(stringify!($name), &mut self.$name)?;)*
                Ok(())
            }

            /// Removes every row.
            pub(super) fn clear(&mut self) {
                $(self.$name.retain(|_, _| false);)*
            }

            /// Forgets which rows changed.
            pub(super) fn forget_changes(&mut self) {
                $(self.$name.take_changed();)*
            }
        }
    };
}

tables! {
    keys: String => Key,
    key_versions: String => KeyVersion,
    import_tokens: String => ImportToken,
    aliases: String => Alias,
    /// By name, like the next two tables.
    access_points: String => AccessPoint,
    access_policies: String => AccessPolicy,
    network_rules: String => NetworkRule,
    /// By id.
    client_keys: String => ClientKey,
    certificates: String => Certificate,
    /// By the data key's name and the version's number.
    data_key_versions: (String, u64) => DataKeyVersion,
    secrets: String => Secret,
    secret_versions: (String, String) => SecretVersion,
    /// By name: settings of the gateway, which no action creates.
    settings: String => Setting,
    tags: TagId => Tag,
}

/// A visitor of all tables.
#[cfg(feature = "store")]
pub(super) trait VisitTables {
    type Error;

    fn visit<K, V>(&mut self, name: &'static str, rows: &mut Rows<K, V>) -> Result<(), Self::Error>
    where
        K: Ord + Clone + Serialize + DeserializeOwned,
        V: Serialize + DeserializeOwned;
}
