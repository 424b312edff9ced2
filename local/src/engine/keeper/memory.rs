//! A keeper without a store.

use crate::engine::Fault;
use crate::engine::tables::Tables;

/// Discards changes: the tables in memory are the whole state.
#[derive(Clone)]
pub(in crate::engine) struct Keeper;

#[expect(clippy::unused_self, clippy::unused_async, reason = "with a store, they do something")]
impl Keeper {
    pub(in crate::engine) fn in_memory() -> Self {
        Self
    }

    pub(in crate::engine) fn has_store(&self) -> bool {
        false
    }

    pub(in crate::engine) fn for_request(&self) -> Self {
        Self
    }

    pub(in crate::engine) fn hand_over(&self, tables: &mut Tables) {
        tables.forget_changes();
    }

    pub(in crate::engine) fn note_read(&self) {}

    pub(in crate::engine) async fn kept(&self) -> Result<(), Fault> {
        Ok(())
    }

    pub(in crate::engine) fn close(&self) {}
}
