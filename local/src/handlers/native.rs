//! The operations of the instance's own dialect: bytes in requests and responses.

mod advance;
mod classic;
mod fields;
mod hash;
mod kms;
mod pair;
mod random;
mod secret;
mod signature;

use self::fields::{bytes, is_symmetric, mode};
use super::Handler;

/// The operations of the instance's dialect, grouped by family.
pub(super) const OPERATIONS: &[&[Handler]] = &[
    advance::OPERATIONS,
    classic::OPERATIONS,
    hash::OPERATIONS,
    kms::OPERATIONS,
    pair::OPERATIONS,
    random::OPERATIONS,
    secret::OPERATIONS,
    signature::OPERATIONS,
];
