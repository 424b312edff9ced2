//! Removes a request's secrets from a gateway's messages.

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::unescape::{Plus, unescape};
use crate::hex::hex;
use crate::payload::{Payload, Value, objects};
use crate::wire::base64_text;

/// Shorter values would match words by accident.
const MIN_LENGTH: usize = 4;

/// Removes secrets from a text.
type Remove<'a> = dyn Fn(&mut Zeroizing<String>) + 'a;

/// Returns the text with every secret of the request replaced, or a fixed text if it may quote what
/// was signed: a `SignatureDoesNotMatch` answer echoes the string to sign, and with it parameters.
pub(super) fn scrub(text: &str, request: &dyn Payload) -> String {
    const ECHOES: [&str; 3] = ["string to sign", "stringtosign", "canonical"];
    let lower = Zeroizing::new(text.to_ascii_lowercase());
    if ECHOES.iter().any(|echo| lower.contains(echo)) {
        return "The request's signature was not accepted.".to_owned();
    }
    scrub_value(text, request)
}

/// Returns a value, such as an id or a host, with every secret of the request replaced.
pub(super) fn scrub_value(value: &str, request: &dyn Payload) -> String {
    without(value, &|value| remove_secrets(value, request))
}

/// Returns the text with this secret of the request replaced, which is in no field of its payload.
pub(super) fn scrub_secret(text: &str, secret: &SecretString) -> String {
    without(text, &|text| remove_text(text, secret.expose_secret()))
}

/// Returns the text without what `remove` removes from it, plain or escaped.
fn without(text: &str, remove: &Remove<'_>) -> String {
    let mut out = Zeroizing::new(text.to_owned());
    remove(&mut out);
    for plus in [Plus::Itself, Plus::Space] {
        remove_escaped(&mut out, remove, plus);
    }
    std::mem::take(&mut *out)
}

/// Removes secrets that are escaped for a query or for JSON, up to a query inside JSON inside JSON.
/// If the text contains such a secret, its escapes are removed too.
fn remove_escaped(text: &mut Zeroizing<String>, remove: &Remove<'_>, plus: Plus) {
    let mut inner = text.clone();
    for _ in 0..3 {
        let unescaped = unescape(&inner, plus);
        if *unescaped == *inner {
            return;
        }
        inner = unescaped.clone();
        remove(&mut inner);
        if *inner != *unescaped {
            *text = inner.clone();
        }
    }
}

fn remove_secrets(text: &mut Zeroizing<String>, payload: &dyn Payload) {
    for (info, field) in payload.fields() {
        match field.value() {
            Value::Text(secret) if info.secret => remove_text(text, secret),
            Value::Bytes(secret) if info.secret => remove_forms(text, secret),
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

/// Removes a text in all its forms. It may be Base64, of which the gateway echoes what it decoded.
fn remove_text(text: &mut Zeroizing<String>, secret: &str) {
    remove_forms(text, secret.as_bytes());
    if let Some(decoded) = base64_text::decode(secret) {
        remove_forms(text, &decoded);
    }
}

/// Removes bytes as the text that they are, as JSON would encode them, and as digits.
fn remove_forms(text: &mut Zeroizing<String>, secret: &[u8]) {
    if let Ok(secret) = std::str::from_utf8(secret) {
        remove(text, secret);
    }
    // With its padding and without.
    let base64 = Zeroizing::new(base64_text::encode(secret));
    remove(text, &base64);
    remove(text, base64.trim_end_matches('='));
    // Shorter ones would match numbers by accident.
    if secret.len() >= MIN_LENGTH {
        let mut digits = Zeroizing::new(hex(secret));
        remove(text, &digits);
        digits.make_ascii_uppercase();
        remove(text, &digits);
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
    fn secrets_that_are_escaped_are_taken_out() {
        let request =
            CreateRequest { plaintext: "pa ss\"中+/".into(), ..CreateRequest::default() };
        for echo in [
            "pa%20ss%22%E4%B8%AD%2B%2F",
            "pa+ss%22%e4%b8%ad%2b/",
            r#"pa ss\"中+/"#,
            r"pa ss\u0022\u4E2D+\/",
            "pa%2520ss%2522%25E4%25B8%25AD%252B%252F",
            r#"{\"Plaintext\":\"pa ss\\\"中+/\"}"#,
            "pa ss&quot;中+/",
            "pa ss&amp;#34;&#x4e2d;+/",
        ] {
            let text = scrub(&format!("Plaintext={echo}&KeyId=100%"), &request);
            assert!(text.contains("[redacted]") && text.contains("KeyId=100%"), "{echo}: {text}");
            assert!(!text.contains("pa"), "{echo}: {text}");
        }
    }

    #[test]
    fn escapes_that_hide_no_secret_stay() {
        let request = CreateRequest { plaintext: "secret".into(), ..CreateRequest::default() };
        for text in ["a%20b+c", r"C:\new\u0041", "100 %"] {
            assert_eq!(scrub(text, &request), text);
        }
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
    fn a_text_is_taken_out_in_all_its_forms() {
        let with = |plaintext: &str| CreateRequest {
            plaintext: plaintext.into(),
            ..CreateRequest::default()
        };
        for (plaintext, echo) in [
            ("Y2FuYXJ5IQ==", "canary!"),
            ("Y2FuYXJ5IQ==", "63616e61727921"),
            ("canary!", "Y2FuYXJ5IQ=="),
            ("canary!", "Y2FuYXJ5IQ"),
            ("canary!", "63616e61727921"),
            ("canary!", "63616E61727921"),
        ] {
            let text = scrub(&format!("bad <{echo}>"), &with(plaintext));
            assert!(text.starts_with("bad <[redacted]"), "{echo}: {text}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_taken_out_as_base64() {
        let request = SealRequest { plaintext: vec![0xff; 6].into(), ..SealRequest::default() };
        assert_eq!(scrub("got ////////", &request), "got [redacted]");
    }
}
