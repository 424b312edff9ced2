//! A request from arbitrary JSON, written as the client writes parameters and read as the local
//! gateway reads them: the same request.

#![no_main]

use alibabacloud_kms::middleware::wire::json;
use alibabacloud_kms::middleware::wire::parameters::{Parameters, encode};
use alibabacloud_kms::{JsonObject, api};
use alibabacloud_kms_fuzz::{action, first, json_of};
use alibabacloud_kms_local::__private::read_parameters;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let (chosen, text) = first(data);
    let action = action(&api::ALL, chosen);
    // As a query by itself, too.
    read_parameters(&mut *(action.new_request)(), text);

    let mut given = (action.new_request)();
    if json::decode(text, &mut *given).is_err() {
        return;
    }
    let parameters = Parameters::new(&*given);
    let written = encode(parameters.query.iter().chain(&parameters.form));
    let mut read = (action.new_request)();
    assert!(read_parameters(&mut *read, written.as_bytes()), "{}", *written);
    let object = |text: String| -> JsonObject { serde_json::from_str(&text).expect("an object") };
    let (given, read) = (object(json_of(&*given)), object(json_of(&*read)));
    if given.values().all(is_kept) {
        assert_eq!(compact(read), compact(given), "{}", *written);
    }
});

/// Base64 is written without the white space in it, also where the rest of the text is none.
fn compact(object: JsonObject) -> JsonObject {
    let without = |value| match value {
        Value::String(text) => text.split_ascii_whitespace().collect::<String>().into(),
        other => other,
    };
    object.into_iter().map(|(name, value)| (name, without(value))).collect()
}

/// Parameters have no empty lists or objects, and only texts in objects of any names. One without a
/// value is absent.
fn is_kept(value: &Value) -> bool {
    match value {
        Value::Array(items) => !items.is_empty() && items.iter().all(is_kept),
        Value::Object(fields) => !fields.is_empty() && fields.values().all(Value::is_string),
        Value::String(text) => !text.is_empty(),
        _ => true,
    }
}
