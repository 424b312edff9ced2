//! The actions of the OpenAPI, version 2016-01-20: declarations only, one file per family.
//!
//! Each action `X` has an `XRequest`, an `XResponse` and a method on
//! [`KmsClient`](crate::KmsClient). A method's page links the official document of its action.
//!
//! Ten actions are served by an instance gateway too and go there by default: `Encrypt` and
//! `Decrypt`, `GenerateDataKey` and `GenerateDataKeyWithoutPlaintext`, all of [`asymmetric`], and
//! `GetSecretValue`. Parameters with a known set of [`values`] are enums that also accept other
//! values.
//!
//! An action that only reads or computes is idempotent: a repeated call changes nothing, and one
//! that generates a random value generates another one, while the lost one was never used. Beside
//! the `idempotent` of every action that changes something stands the reason why it is or is not.
//!
//! ```
//! use alibabacloud_kms::api;
//!
//! let action = api::find("ScheduleKeyDeletion").unwrap();
//! assert!(!action.idempotent);
//! ```

pub mod account;
pub mod alias;
pub mod asymmetric;
pub mod certificate;
pub mod crypto;
pub mod data_key;
pub mod instance;
pub mod key;
pub mod key_material;
pub mod network;
pub mod policy;
pub mod secret;
pub mod tag;
pub mod values;

use std::sync::LazyLock;

use crate::ActionInfo;

/// All declared actions, sorted by name.
pub static ALL: LazyLock<Vec<&'static ActionInfo>> = LazyLock::new(|| {
    let families = [
        account::ACTIONS,
        alias::ACTIONS,
        asymmetric::ACTIONS,
        certificate::ACTIONS,
        crypto::ACTIONS,
        data_key::ACTIONS,
        instance::ACTIONS,
        key::ACTIONS,
        key_material::ACTIONS,
        network::ACTIONS,
        policy::ACTIONS,
        secret::ACTIONS,
        tag::ACTIONS,
    ];
    sorted(&families)
});

/// Returns the action named `name`, or `None` if none is declared.
pub fn find(name: &str) -> Option<&'static ActionInfo> {
    ALL.iter().copied().find(|action| action.name == name)
}

/// Returns the actions of several families as one list, sorted by name.
pub(crate) fn sorted(families: &[&[&'static ActionInfo]]) -> Vec<&'static ActionInfo> {
    let mut all = families.concat();
    all.sort_unstable_by_key(|action| action.name);
    all
}
