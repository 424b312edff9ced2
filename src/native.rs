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

use crate::ActionInfo;
use crate::api::{count, sorted};

const FAMILIES: &[&[&ActionInfo]] = &[
    advance::ACTIONS,
    classic::ACTIONS,
    hash::ACTIONS,
    kms::ACTIONS,
    random::ACTIONS,
    secret::ACTIONS,
    signature::ACTIONS,
];

/// All declared operations, sorted by name.
///
/// Like every table, it is a constant, so a program that does not use it is compiled without what
/// the tables of all operations refer to.
pub const ALL: &[&ActionInfo] = &sorted::<{ count(FAMILIES) }>(FAMILIES);

/// Returns the operation named `name`, or `None` if none is declared.
#[inline]
pub fn find(name: &str) -> Option<&'static ActionInfo> {
    ALL.iter().copied().find(|action| action.name == name)
}
