//! Fills the fields that an instance's answer must have and a rule leaves out.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::ciphertext::{self, ciphertext};
use crate::Call;
use crate::middleware::payload::{Payload, Scalar, Slot, Value};

/// Fills the empty texts that an answer must have.
///
/// The values are by wire name: the request's own if it has the field, such as `KeyId`, else a
/// placeholder. `id` makes ciphertexts differ.
pub(super) fn fill(answer: &mut dyn Payload, call: &Call, id: &str) {
    for index in 0..answer.info().fields.len() {
        let name = answer.info().fields[index].name;
        let field = answer.field(index);
        if !field.is_some_and(|field| matches!(field.value(), Value::Text(""))) {
            continue;
        }
        let asked = text_of(call, name).map(str::to_owned);
        let Some(text) = asked.or_else(|| stand_in(name, call, id)) else { continue };
        if let Some(Slot::Scalar(field)) = answer.field_mut(index).map(|field| field.slot()) {
            field.set(Scalar::Text(&text));
        }
    }
}

fn text_of<'a>(call: &'a Call, name: &str) -> Option<&'a str> {
    // A request's plaintext or ciphertext is not that of its answer.
    if !matches!(name, "KeyId" | "SecretName" | "VersionId") {
        return None;
    }
    let (_, field) = call.payload().fields().find(|(info, _)| info.name == name)?;
    match field.value() {
        Value::Text(text) => Some(text).filter(|text| !text.is_empty()),
        _ => None,
    }
}

fn stand_in(name: &str, call: &Call, id: &str) -> Option<String> {
    match name {
        "KeyId" => Some("mock-key".to_owned()),
        "KeyVersionId" => Some(ciphertext::KEY_VERSION.to_owned()),
        "VersionId" => Some("mock-version".to_owned()),
        "CiphertextBlob" => Some(ciphertext(id)),
        // A signature or a MAC.
        "Value" => Some(STANDARD.encode(id)),
        "PublicKey" => Some("-----BEGIN PUBLIC KEY-----".to_owned()),
        "Plaintext" => data_key(call),
        _ => None,
    }
}

/// Returns a data key of zeros of the requested length, or `None` if the call does not request one.
pub(super) fn data_key(call: &Call) -> Option<String> {
    if !call.action().name.contains("DataKey") {
        return None;
    }
    let value = |name: &str| {
        let field = call.payload().fields().find(|(info, _)| info.name == name);
        field.map_or(Value::Absent, |(_, field)| field.value())
    };
    let length = match (value("NumberOfBytes"), value("KeySpec")) {
        (Value::Integer(length), _) => usize::try_from(length).unwrap_or_default(),
        (_, Value::Text("AES_128")) => 16,
        _ => 32,
    };
    // Beyond the service's limit: it refuses such calls.
    Some(STANDARD.encode(vec![0; length.min(1024)]))
}
