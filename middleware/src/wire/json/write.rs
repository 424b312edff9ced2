//! Encodes payloads and values as compact JSON: no spaces, non-ASCII kept.

use std::io;

use zeroize::Zeroizing;

use crate::payload::{Value, objects};
use crate::secret_bytes;
use crate::wire::base64_text;

/// Returns the compact JSON text of a value: no spaces, non-ASCII kept.
pub(crate) fn text_of(value: Value<'_>) -> Zeroizing<String> {
    let mut out = Output::default();
    write_value(&mut out, value);
    let text = std::mem::take(&mut *out.0);
    // The writer emits only `str`s and ASCII.
    Zeroizing::new(String::from_utf8(text).unwrap_or_default())
}

/// Text that is being written. An outgrown buffer is wiped.
#[derive(Default)]
struct Output(Zeroizing<Vec<u8>>);

impl Output {
    fn put(&mut self, text: &str) {
        secret_bytes::append(&mut self.0, text.as_bytes());
    }
}

impl io::Write for Output {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        secret_bytes::append(&mut self.0, text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write_value(out: &mut Output, value: Value<'_>) {
    match value {
        Value::Absent => out.put("null"),
        Value::Text(text) => write_text(out, text),
        Value::Bytes(bytes) => write_text(out, &Zeroizing::new(base64_text::encode(bytes))),
        Value::Integer(number) => out.put(&number.to_string()),
        Value::Boolean(boolean) => out.put(if boolean { "true" } else { "false" }),
        Value::Texts(texts) => {
            let items = texts.iter().map(|text| Value::Text(text));
            write_list(out, items);
        }
        Value::Pairs(pairs) => {
            let entries = pairs.iter().map(|(name, text)| (name, None, Value::Text(text)));
            write_object(out, entries);
        }
        // The output accepts every write, and a JSON tree has only text keys.
        Value::Json(map) => drop(serde_json::to_writer(out, map)),
        Value::Object(object) => {
            let entries = object
                .fields()
                .map(|(info, field)| (info.name, info.each, field.value()))
                .filter(|(_, _, value)| !matches!(value, Value::Absent));
            write_object(out, entries);
        }
        Value::Objects(list) => write_list(out, objects(list).map(Value::Object)),
    }
}

fn write_list<'a>(out: &mut Output, items: impl Iterator<Item = Value<'a>>) {
    out.put("[");
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.put(",");
        }
        write_value(out, item);
    }
    out.put("]");
}

fn write_object<'a>(
    out: &mut Output,
    entries: impl Iterator<Item = (&'a str, Option<&'static str>, Value<'a>)>,
) {
    out.put("{");
    for (index, (name, each, value)) in entries.enumerate() {
        if index > 0 {
            out.put(",");
        }
        write_text(out, name);
        out.put(":");
        match each {
            Some(each) => write_object(out, std::iter::once((each, None, value))),
            None => write_value(out, value),
        }
    }
    out.put("}");
}

fn write_text(out: &mut Output, text: &str) {
    // The output accepts every write.
    let _ = serde_json::to_writer(out, text);
}
