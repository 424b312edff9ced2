//! The actions of the OpenAPI, version 2016-01-20: declarations only, one file per family.
//!
//! Each action `X` has an `XRequest`, an `XResponse` and a method on [`KmsClient`](crate::KmsClient).
//! Ten of them are served by the instance gateway too and go there by default: `Encrypt` and `Decrypt`,
//! `GenerateDataKey` and `GenerateDataKeyWithoutPlaintext`, all of [`asymmetric`], and
//! `GetSecretValue`. Texts of known [`values`] are enums, open to others.
//!
//! What only reads or computes is idempotent: a repeated call changes nothing, and one that makes a
//! random value makes another that nobody has used. Every action that changes something says beside
//! its `idempotent` why it is or is not.

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

/// Every declared action, sorted by name.
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

/// The action of this name.
pub fn find(name: &str) -> Option<&'static ActionInfo> {
    ALL.iter().copied().find(|action| action.name == name)
}

/// A registry's families in one list.
pub(crate) fn sorted(families: &[&[&'static ActionInfo]]) -> Vec<&'static ActionInfo> {
    let mut all = families.concat();
    all.sort_unstable_by_key(|action| action.name);
    all
}
