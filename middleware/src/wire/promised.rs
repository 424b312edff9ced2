//! The required fields of an answer: a response's fields that are declared plain.
//!
//! `KeyId: String` is required and `Option` is not. The only list is if `TotalCount` is above 0. An
//! absent number is 0, because numbers are counters. The field's description says whether it may be
//! empty or replaced by another field. White space counts as empty.

use crate::payload::{FieldInfo, FieldKind, Payload, Required, Value};

/// Returns the first required field that an answer lacks; preferably one that is not an id, which
/// says more about what is missing.
///
/// `was_read` returns whether the field at a position was present. A dialect that cannot
/// distinguish absent from empty returns whether it is not empty; there, false counts as absent.
pub(crate) fn lacking(
    response: &dyn Payload,
    was_read: &dyn Fn(usize) -> bool,
) -> Option<&'static FieldInfo> {
    // An empty list is a value, such as that of a page behind the last one.
    let is_empty = |info: &FieldInfo, value| match value {
        _ if is_list(info) => false,
        Value::Absent => true,
        Value::Text(text) => text.trim().is_empty() && !info.may_be_empty,
        Value::Bytes(bytes) => bytes.is_empty() && !info.may_be_empty,
        _ => false,
    };
    let holds = |name: &str| {
        let mut fields = response.fields();
        let field = fields.find(|(info, _)| info.name == name).map(|(_, field)| field.value());
        match field {
            None | Some(Value::Absent) => false,
            Some(Value::Text(text)) => !text.is_empty(),
            Some(Value::Bytes(bytes)) => !bytes.is_empty(),
            Some(_) => true,
        }
    };
    let counts_some = response
        .fields()
        .any(|(info, field)| info.name == "TotalCount" && is_positive(field.value()))
        // Of several lists, it is not known which one is counted.
        && response.fields().filter(|(info, _)| is_list(info)).count() == 1;
    let promised = response.fields().enumerate().filter(|(_, (info, _))| match info.kind {
        FieldKind::Integer => false,
        _ if is_list(info) => counts_some,
        _ => info.required == Required::Always,
    });
    promised
        .filter(|(index, (info, field))| !was_read(*index) || is_empty(info, field.value()))
        .map(|(_, (info, _))| info)
        .filter(|info| !info.instead.is_some_and(holds))
        .min_by_key(|info| info.name.ends_with("Id"))
}

fn is_list(info: &FieldInfo) -> bool {
    matches!(info.kind, FieldKind::StringList | FieldKind::ObjectList(_))
}

fn is_positive(value: Value<'_>) -> bool {
    matches!(value, Value::Integer(count) if count > 0)
}
