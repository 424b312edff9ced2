//! What only the packages of this workspace use of this one, all of it in this file.
//!
//! Outside semver: it may change in any release, so these packages pin each other's exact version.

// The output of `kms_api!`, in the crates that use it.
pub use alibabacloud_kms_macros::kms_api;
pub use http::Method;
pub use serde::{Deserialize, Deserializer};

pub use crate::middleware::payload::{
    Field, FieldInfo, FieldKind, FieldType, Payload, PayloadInfo, Required, Scalar, ScalarField,
    Slot, Table, Value, fmt_redacted,
};
pub use crate::middleware::wire::json::deserialize;
pub use crate::middleware::{Action, ActionInfo, Dialect, Gateway};
pub use crate::transfer::TransferInfo;
pub use crate::{KmsClient, Paged, PendingCall};

// `alibabacloud-kms-local`: it writes client keys, and opens what clients of an instance encrypt.
pub use crate::client_key::kdf::mac_key_sha256;
pub use crate::transfer::aad::of as context_aad;

/// What the output of `kms_api!` asks of a field's type, in one form only: so a type that is not one
/// of a field's is one error and no more.
pub trait DeclaredField: FieldType + Sized {
    /// A field of this type that has no name yet.
    const INFO: FieldInfo = FieldInfo::new::<Self>("");

    /// The field, whatever its type.
    #[inline]
    fn field(&self) -> &dyn Field {
        self
    }

    /// The field, whatever its type, to be written to.
    #[inline]
    fn field_mut(&mut self) -> &mut dyn Field {
        self
    }
}

impl<T: FieldType> DeclaredField for T {}

/// Does not compile for a type that is not secret.
///
/// # Panics
///
/// At compile time, where `#[secret]` marks a field of such a type.
#[track_caller]
pub const fn marked_secret(info: FieldInfo) {
    assert!(info.secret, "a secret field must be of a secrecy type: SecretString or SecretBytes");
}

/// Does not compile for a secrecy type.
///
/// # Panics
///
/// At compile time, where nothing marks a field of such a type.
#[track_caller]
pub const fn marked_plain(info: FieldInfo) {
    assert!(!info.secret, "a field of a secrecy type must be marked #[secret]");
}

/// The page after this one of a list that is counted; none after the last.
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
