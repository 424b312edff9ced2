//! Where changes go when they are made: to a store, or nowhere.

#[cfg(not(feature = "store"))]
mod memory;
#[cfg(feature = "store")]
mod store;

#[cfg(not(feature = "store"))]
pub(super) use self::memory::Keeper;
#[cfg(feature = "store")]
pub(super) use self::store::Keeper;
