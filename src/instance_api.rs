//! The operations of the instance gateway's own dialect: declarations only.
//!
//! They are what the ten actions become on an instance, and can be called as they are:
//! `client.instance().advance_encrypt(..)`. Octets are octets here: nothing is in Base64, and no
//! charset is applied.

pub mod advance;
pub mod classic;
pub mod hash;
pub mod kms;
pub mod random;
pub mod secret;
pub mod signature;

use std::sync::LazyLock;

use crate::ActionInfo;

/// Every declared operation, sorted by name.
pub static ALL: LazyLock<Vec<&'static ActionInfo>> = LazyLock::new(|| {
    let families = [
        advance::ACTIONS,
        classic::ACTIONS,
        hash::ACTIONS,
        kms::ACTIONS,
        random::ACTIONS,
        secret::ACTIONS,
        signature::ACTIONS,
    ];
    crate::api::sorted(&families)
});

/// The operation of this name.
pub fn find(name: &str) -> Option<&'static ActionInfo> {
    ALL.iter().copied().find(|action| action.name == name)
}
