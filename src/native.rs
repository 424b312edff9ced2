//! The native operations: those of an instance's own dialect. Declarations only, one file per
//! family.
//!
//! On an instance with a client key, each of the ten actions of the OpenAPI becomes one or two of
//! these operations. They can also be called directly: `client.instance().advance_encrypt(..)`.
//! Binary fields are plain bytes here: nothing is in Base64, and no charset is applied.
//!
//! ```
//! use alibabacloud_kms::native;
//!
//! assert!(native::find("AdvanceEncrypt").is_some());
//! ```

pub mod advance;
pub mod classic;
pub mod hash;
pub mod kms;
pub mod random;
pub mod secret;
pub mod signature;

use std::sync::LazyLock;

use crate::ActionInfo;

/// All declared operations, sorted by name.
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

/// Returns the operation named `name`, or `None` if none is declared.
pub fn find(name: &str) -> Option<&'static ActionInfo> {
    ALL.iter().copied().find(|action| action.name == name)
}
