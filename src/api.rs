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

use crate::ActionInfo;

const FAMILIES: &[&[&ActionInfo]] = &[
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

/// All declared actions, sorted by name.
///
/// Like every table, it is a constant, so a program that does not use it is compiled without what
/// the tables of all actions refer to.
pub const ALL: &[&ActionInfo] = &sorted::<{ count(FAMILIES) }>(FAMILIES);

/// The names of all declared actions, without their tables.
pub(crate) const NAMES: &[&str] = &{
    let mut names = [""; ALL.len()];
    let mut index = 0;
    while index < names.len() {
        names[index] = ALL[index].name;
        index += 1;
    }
    names
};

/// Returns the action named `name`, or `None` if none is declared.
#[inline]
pub fn find(name: &str) -> Option<&'static ActionInfo> {
    ALL.iter().copied().find(|action| action.name == name)
}

/// Returns the number of actions in these families.
pub(crate) const fn count(families: &[&[&ActionInfo]]) -> usize {
    let (mut count, mut family) = (0, 0);
    while family < families.len() {
        count += families[family].len();
        family += 1;
    }
    count
}

/// Returns the actions of these families, which are `N`, sorted by name.
pub(crate) const fn sorted<const N: usize>(
    families: &[&[&'static ActionInfo]],
) -> [&'static ActionInfo; N] {
    let mut all = [families[0][0]; N];
    let (mut count, mut family) = (0, 0);
    while family < families.len() {
        let mut index = 0;
        while index < families[family].len() {
            let action = families[family][index];
            let mut place = count;
            while place > 0 && is_before(action.name, all[place - 1].name) {
                all[place] = all[place - 1];
                place -= 1;
            }
            all[place] = action;
            count += 1;
            index += 1;
        }
        family += 1;
    }
    all
}

/// `one < other`, in a constant.
const fn is_before(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() {
        if one[at] != other[at] {
            return one[at] < other[at];
        }
        at += 1;
    }
    one.len() < other.len()
}
