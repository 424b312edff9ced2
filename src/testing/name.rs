//! Actions, as errors name them.

use crate::{ActionInfo, Dialect};

/// The action's name, with what tells it from the instance's operation of the same name.
pub(super) fn of(action: &ActionInfo) -> String {
    match action.dialect {
        Dialect::Rpc => format!("`{}`", action.name),
        Dialect::Protobuf => format!("the instance's operation `{}`", action.name),
    }
}
