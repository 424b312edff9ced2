//! Every action's request.

use alibabacloud_kms::api;
use alibabacloud_kms::middleware::payload::{FieldKind, Position};

use crate::world::{World, required};

pub(super) async fn a_parameter_that_is_missing_is_named(world: &World) {
    for action in api::ALL.iter() {
        // What is in the form cannot be taken out, and a list has many names.
        let one = |kind| !matches!(kind, FieldKind::StringList | FieldKind::ObjectList(_));
        let fields = required(action);
        for field in fields.filter(|it| it.position == Position::Query && one(it.kind)) {
            world.missing(action, field).await;
        }
    }
}
