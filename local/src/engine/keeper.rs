//! The destination of changes: a store, or nothing.

#[cfg(not(feature = "store"))]
mod memory;
#[cfg(feature = "store")]
mod store;

#[cfg(not(feature = "store"))]
pub(super) use self::memory::Keeper;
#[cfg(feature = "store")]
pub(super) use self::store::Keeper;
