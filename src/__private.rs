//! Items that only the other packages of this workspace use, all in this file.
//!
//! Outside semver: they may change in any release, so these packages pin each other's exact
//! version.

// The output of `kms_api!`, in the crates that use it.
pub use alibabacloud_kms_macros::kms_api;
pub use http::Method;
pub use serde::{Deserialize, Deserializer};

pub use crate::middleware::payload::{
    Field, FieldInfo, FieldKind, FieldType, Payload, PayloadInfo, Required, Scalar, ScalarField,
    Slot, Table, Value, fmt_redacted,
};
pub use crate::middleware::wire::json::deserialize;
pub use crate::transfer::{NativeOperation, TransferInfo};
pub use crate::{Action, ActionInfo, Dialect, Gateway, KmsClient, Paged, PendingCall};

// `alibabacloud-kms-local`: it writes client keys, reads certificates, decrypts what clients of an
// instance encrypt, and wipes its answers.
#[cfg(feature = "client-key")]
pub use crate::client_key::der::{Element, Malformed, Reader, tag};
#[cfg(feature = "client-key")]
pub use crate::client_key::kdf::{Purpose, pkcs12_sha1};
pub use crate::transfer::aad::context_aad;
pub use alibabacloud_kms_middleware::__private::{
    append, collect, hex, lock, unpoisoned, wiped_on_drop,
};

// `alibabacloud-kms-cli` and `alibabacloud-kms-local`: how a user's input is read and
// shown, how a file is replaced, and what follows the service's words.
pub use crate::replaced_file::{has_further_names, sync_folder, take_over};
pub use crate::trimmed::{file_path, shown_action, trimmed};
pub use alibabacloud_kms_middleware::__private::{
    fault_of_key, looks_like_a_path, nearest, note, read_bounded, repeated_name, shown,
    unread_because,
};

// The tests: `docs/errors.md` is made of these.
pub use alibabacloud_kms_middleware::__private::{CODES, KINDS};

/// The description of a field and access to it, whatever its type.
#[derive(Debug)]
#[non_exhaustive]
pub struct Access<T> {
    /// The description of a field of this type, without its name.
    pub info: FieldInfo,
    /// Returns the field for reading.
    pub field: fn(&T) -> &dyn Field,
    /// Returns the field for writing.
    pub field_mut: fn(&mut T) -> &mut dyn Field,
}

/// The requirement of `kms_api!` on the type of a field, in one place: a type that a field cannot
/// have is then one error.
pub trait DeclaredField: FieldType + Sized {
    /// The description of fields of this type and access to them.
    const ACCESS: Access<Self> =
        Access { info: FieldInfo::new::<Self>(""), field: |field| field, field_mut: |field| field };
}

impl<T: FieldType> DeclaredField for T {}

/// Fails to compile for a type that is not secret.
///
/// # Panics
///
/// At compile time, if `#[secret]` marks a field of such a type.
#[track_caller]
pub const fn marked_secret(info: FieldInfo) {
    assert!(info.secret, "a secret field must be of a secrecy type: SecretString or SecretBytes");
}

/// Fails to compile for a secrecy type.
///
/// # Panics
///
/// At compile time, if nothing marks a field of such a type.
#[track_caller]
pub const fn marked_plain(info: FieldInfo) {
    assert!(!info.secret, "a field of a secrecy type must be marked #[secret]");
}

/// Returns the number of the page after this one, or `None` after the last.
#[must_use]
pub fn page_after(page: Option<i32>, size: i32, items: usize, total: i32) -> Option<i32> {
    let page = page.unwrap_or(1);
    let given = i64::from(page) * i64::from(size.max(1));
    (items > 0 && given < i64::from(total)).then(|| page.checked_add(1)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counted_list_ends_with_its_total_or_with_an_empty_page() {
        assert_eq!(page_after(None, 10, 10, 12), Some(2));
        assert_eq!(page_after(Some(2), 10, 2, 12), None);
        assert_eq!(page_after(Some(1), 10, 0, 12), None);
        assert_eq!(page_after(Some(1), 10, 10, 10), None);
        assert_eq!(page_after(Some(i32::MAX), 1, 1, i32::MAX), None);
        assert_eq!(page_after(None, 0, 1, 2), Some(2));
    }
}
