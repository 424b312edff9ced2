//! Takes a request's secrets out of what a gateway says about it.

use zeroize::Zeroizing;

use crate::payload::{Payload, Value, objects};
use crate::wire::json;

/// Shorter values would hit words that only look like them.
const MIN_LENGTH: usize = 4;

/// The text with every secret of the request replaced, or a fixed text if it may quote what was
/// signed: a `SignatureDoesNotMatch` answer echoes the string to sign, and with it parameters.
pub(super) fn scrub(text: &str, request: &dyn Payload) -> String {
    const ECHOES: [&str; 3] = ["string to sign", "stringtosign", "canonical"];
    let lower = Zeroizing::new(text.to_ascii_lowercase());
    if ECHOES.iter().any(|echo| lower.contains(echo)) {
        return "The request's signature was not accepted.".to_owned();
    }
    let mut out = Zeroizing::new(text.to_owned());
    remove_secrets(&mut out, request);
    std::mem::take(&mut *out)
}

fn remove_secrets(text: &mut Zeroizing<String>, payload: &dyn Payload) {
    for (info, field) in payload.fields() {
        match field.value() {
            Value::Text(secret) if info.secret => remove(text, secret),
            // Octets come back as the text that they are, or as JSON would have them.
            Value::Bytes(secret) if info.secret => {
                if let Ok(secret) = std::str::from_utf8(secret) {
                    remove(text, secret);
                }
                remove(text, &Zeroizing::new(json::base64(secret)));
            }
            Value::Object(object) => remove_secrets(text, object),
            Value::Objects(list) => {
                for object in objects(list) {
                    remove_secrets(text, object);
                }
            }
            _ => {}
        }
    }
}

fn remove(text: &mut Zeroizing<String>, secret: &str) {
    if secret.len() >= MIN_LENGTH && text.contains(secret) {
        *text = Zeroizing::new(text.replace(secret, "[redacted]"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{CreateRequest, SealRequest, Tag};

    #[test]
    fn secrets_inside_objects_and_lists_are_taken_out() {
        let noted = |note: &str| Tag { note: Some(note.into()), ..Tag::default() };
        let request = CreateRequest {
            plaintext: "first".into(),
            owner: Some(noted("second")),
            tags: vec![Tag::default(), noted("third")],
            ..CreateRequest::default()
        };
        assert_eq!(
            scrub("first second third fourth", &request),
            "[redacted] [redacted] [redacted] fourth"
        );
    }

    #[test]
    fn what_is_no_secret_or_too_short_to_be_told_from_a_word_stays() {
        let request = CreateRequest {
            key_id: "alias/app".into(),
            plaintext: "bad".into(),
            ..CreateRequest::default()
        };
        assert_eq!(scrub("bad alias/app", &request), "bad alias/app");
    }

    #[test]
    fn octets_that_are_no_text_are_taken_out_as_base64() {
        let request = SealRequest { plaintext: vec![0xff; 6].into(), ..SealRequest::default() };
        assert_eq!(scrub("got ////////", &request), "got [redacted]");
    }
}
