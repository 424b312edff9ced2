//! Parameters that are JSON: maps, objects and lists of objects.

use alibabacloud_kms::middleware::payload::Payload;
use alibabacloud_kms::middleware::payload::{FieldInfo, FieldKind, PayloadInfo};
use alibabacloud_kms::middleware::wire;
use serde_json::Value as Json;
use zeroize::Zeroizing;

use crate::output::Failure;
use crate::parameters::{check_names, mismatch};

/// Refuses what the tolerant decoder would accept, and then decodes with it, since it keeps the
/// order of names.
pub(super) fn fill(
    request: &mut dyn Payload,
    field: &FieldInfo,
    value: &str,
) -> Result<(), Failure> {
    let tree: Json = serde_json::from_str(value).map_err(|_| mismatch(field))?;
    let member = match (field.kind, &tree) {
        (FieldKind::Map, Json::Object(_)) => {
            check_names(field.name, value)?;
            value.to_owned()
        }
        (FieldKind::Object(info), Json::Object(_)) => {
            known(field.name, info, &tree)?;
            value.to_owned()
        }
        (FieldKind::ObjectList(info), Json::Array(items)) => {
            items.iter().try_for_each(|item| known(field.name, info, item))?;
            value.to_owned()
        }
        (FieldKind::ObjectList(info), Json::Object(_)) => {
            known(field.name, info, &tree)?;
            format!("[{value}]")
        }
        _ => return Err(mismatch(field)),
    };
    // `value` was parsed as one JSON value, so it cannot add members of its own.
    let object = Zeroizing::new(format!("{{\"{}\":{member}}}", field.name));
    wire::json::decode(object.as_bytes(), request)
        .map(drop)
        .map_err(|_| Failure::usage(format!("--{} has a value of the wrong type", field.name)))
}

/// Refuses unknown fields of an object: they would not be sent.
fn known(parameter: &str, info: &PayloadInfo, value: &Json) -> Result<(), Failure> {
    let Json::Object(members) = value else {
        return Err(Failure::usage(format!("--{parameter} must be JSON objects")));
    };
    for (name, value) in members {
        let Some(field) = info.fields.iter().find(|field| field.name == name) else {
            let names: Vec<&str> = info.fields.iter().map(|field| field.name).collect();
            return Err(Failure::usage(format!(
                "--{parameter} has no field `{name}`: expected {}",
                names.join(", ")
            )));
        };
        match (field.kind, value) {
            (FieldKind::Object(info), _) => known(parameter, info, value)?,
            (FieldKind::ObjectList(info), Json::Array(items)) => {
                items.iter().try_for_each(|item| known(parameter, info, item))?
            }
            _ => {}
        }
    }
    Ok(())
}
