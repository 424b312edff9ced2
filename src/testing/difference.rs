//! The differences between a request and the one that a rule expects, by the names of fields.

use crate::middleware::payload::{Payload, Value};

/// Returns a sentence for each field in which the actual payload differs. Fields that are absent or
/// empty in the expected one may be anything. Secrets are compared and not shown.
pub(super) fn differences(expected: &dyn Payload, actual: &dyn Payload) -> Vec<String> {
    let mut out = Vec::new();
    for (index, info) in expected.info().fields.iter().enumerate() {
        let value = |payload: &dyn Payload| -> Option<String> {
            let field = payload.field(index)?;
            (!is_empty(field.value())).then(|| text(field.value()))
        };
        let Some(wanted) = value(expected) else { continue };
        let found = value(actual);
        if found.as_ref() == Some(&wanted) {
            continue;
        }
        let name = info.name;
        out.push(match found {
            _ if info.secret => format!("{name} differs (it is secret)"),
            Some(found) => format!("{name} is {found}, expected {wanted}"),
            None => format!("{name} is missing, expected {wanted}"),
        });
    }
    out
}

fn is_empty(value: Value<'_>) -> bool {
    match value {
        Value::Absent | Value::Text("") | Value::Bytes([]) | Value::Texts([]) => true,
        Value::Pairs(pairs) => pairs.is_empty(),
        Value::Json(map) => map.is_empty(),
        _ => false,
    }
}

/// Returns a text that is equal for equal values: maps are sorted by name.
fn text(value: Value<'_>) -> String {
    match value {
        Value::Absent => String::new(),
        Value::Text(text) => format!("{text:?}"),
        Value::Bytes(bytes) => format!("{bytes:?}"),
        Value::Integer(number) => number.to_string(),
        Value::Boolean(boolean) => boolean.to_string(),
        Value::Texts(texts) => format!("{texts:?}"),
        Value::Pairs(pairs) => {
            let mut pairs: Vec<_> = pairs.iter().collect();
            pairs.sort_unstable();
            format!("{pairs:?}")
        }
        Value::Json(map) => serde_json::Value::from(map.clone()).to_string(),
        Value::Object(object) => object_text(object),
        Value::Objects(list) => {
            let objects = (0..).map_while(|index| list.get(index));
            format!("[{}]", objects.map(object_text).collect::<Vec<_>>().join(", "))
        }
    }
}

/// Objects in requests hold no secrets, and the `Debug` of those in responses redacts them.
fn object_text(object: &dyn Payload) -> String {
    format!("{object:?}")
}
