//! The names of actions in errors.

use crate::{ActionInfo, Dialect};

/// Returns the name of an action, distinct from that of an instance's operation of the same name.
pub(super) fn shown(action: &ActionInfo) -> String {
    match action.dialect {
        Dialect::Rpc => format!("`{}`", action.name),
        Dialect::Protobuf => format!("the instance's operation `{}`", action.name),
    }
}
