//! What only the packages of this workspace use of this one, all of it in this file.
//!
//! Outside semver: it may change in any release, so these packages pin each other's exact version.

// The output of `kms_api!`, in the crates that use it.
pub use http::Method;
pub use serde::{Deserialize, Deserializer};

pub use crate::middleware::payload::{
    Field, FieldInfo, FieldKind, FieldType, Payload, PayloadInfo, Position, Required, Scalar,
    ScalarField, Slot, Table, Value, fmt_redacted,
};
pub use crate::middleware::wire::json::deserialize;
pub use crate::middleware::{Action, ActionInfo, Dialect, Gateway};
pub use crate::transfer::TransferInfo;
pub use crate::{KmsClient, Paged, PendingCall};

// `alibabacloud-kms-local`: it writes client keys, and opens what clients of an instance encrypt.
pub use crate::client_key::kdf::mac_key_sha256;
pub use crate::transfer::aad::of as context_aad;

/// An empty payload of this type.
#[must_use]
pub fn empty<P: Payload + Default>() -> Box<dyn Payload> {
    Box::new(P::default())
}

/// The kind of a field of an operation; does not compile for what a flat message cannot hold.
///
/// # Panics
///
/// At compile time, on maps and objects.
#[must_use]
pub const fn message_kind(kind: FieldKind) -> FieldKind {
    match kind {
        FieldKind::Map | FieldKind::Object(_) | FieldKind::ObjectList(_) => {
            panic!("messages of the instance's dialect are flat: no maps and no objects")
        }
        flat => flat,
    }
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
