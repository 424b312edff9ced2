//! Recognizes answers that are not the service's, and names what they are.

use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};

/// The byte order mark of UTF-8.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Returns the body without a UTF-8 byte order mark.
pub(super) fn without_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(BOM).unwrap_or(body)
}

/// Describes a body that no KMS service writes, with the remedy: the end of "the answer …".
pub fn name(headers: &HeaderMap, body: &[u8]) -> Option<&'static str> {
    if body.is_empty() {
        return None;
    }
    if is_refusal_of_plain_http(body) {
        return Some("says that the port serves https, and the request was plain http: use https");
    }
    if is_compressed(headers, body) {
        return Some(
            "is compressed (gzip or the like), which was not asked for: have the proxy in between \
             pass it on as it is",
        );
    }
    if [&b"\xff\xfe"[..], b"\xfe\xff"].iter().any(|mark| body.starts_with(mark)) {
        return Some(
            "has the byte order mark (BOM) of UTF-16, not UTF-8: check whether a proxy or another \
             server wrote it",
        );
    }
    if body.starts_with(BOM) {
        return Some(
            "begins with a byte order mark (BOM), which the service's answers do not have: a proxy \
             or another server put it there",
        );
    }
    is_html(headers, body).then_some(
        "is an HTML page, not the service's: check the endpoint, and the proxy in between",
    )
}

/// Returns `true` for a web server's refusal: nginx and its relatives answer plain HTTP on an https
/// port, all in the same words.
fn is_refusal_of_plain_http(body: &[u8]) -> bool {
    const WORDS: &[u8] = b"plain HTTP request was sent to HTTPS port";
    body.windows(WORDS.len()).any(|words| words == WORDS)
}

/// Returns `true` for a compressed body, which was not requested.
fn is_compressed(headers: &HeaderMap, body: &[u8]) -> bool {
    const GZIP: &[u8] = b"\x1f\x8b";
    const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd";
    let encoding = headers.get(CONTENT_ENCODING).map(|value| value.as_bytes().trim_ascii());
    let is_plain = |value: &[u8]| value.is_empty() || value.eq_ignore_ascii_case(b"identity");
    body.starts_with(GZIP) || body.starts_with(ZSTD) || encoding.is_some_and(|it| !is_plain(it))
}

fn is_html(headers: &HeaderMap, body: &[u8]) -> bool {
    let body = body.trim_ascii_start();
    let begins = |tag: &[u8]| body.get(..tag.len()).is_some_and(|it| it.eq_ignore_ascii_case(tag));
    let is_typed = headers.get(CONTENT_TYPE).is_some_and(|value| {
        value.as_bytes().get(..9).is_some_and(|it| it.eq_ignore_ascii_case(b"text/html"))
    });
    begins(b"<!doctype html") || begins(b"<html") || is_typed && !begins(b"{")
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn named(header: Option<(HeaderName, &'static str)>, body: &[u8]) -> Option<&'static str> {
        let header = header.map(|(name, value)| (name, HeaderValue::from_static(value)));
        name(&HeaderMap::from_iter(header), body)
    }

    #[test]
    fn each_kind_is_named_for_what_it_is() {
        let encoded = |value| Some((CONTENT_ENCODING, value));
        for (header, body, word) in [
            (None, &b"\x1f\x8b\x08\0"[..], "gzip"),
            (None, b"\x28\xb5\x2f\xfd\0", "compressed"),
            (encoded("br"), b"\x0b\x02", "compressed"),
            (encoded(" GZIP "), b"{}", "gzip"),
            (None, b"\xef\xbb\xbf{}", "BOM"),
            (None, b"\xff\xfe{\0}\0", "UTF-16"),
            (None, b"\xfe\xff\0{\0}", "UTF-16"),
            (None, b"<html><body>x", "HTML"),
            (None, b"\r\n <!DOCTYPE HTML PUBLIC>", "HTML"),
            (Some((CONTENT_TYPE, "Text/HTML; charset=utf-8")), b"<h1>x</h1>", "HTML"),
            (None, b"<p>The plain HTTP request was sent to HTTPS port</p>", "https"),
        ] {
            let name = named(header, body).unwrap_or_default();
            assert!(name.contains(word), "{word}: {name}");
        }
    }

    #[test]
    fn what_a_service_writes_has_no_other_name() {
        for (header, body) in [
            (None, &b""[..]),
            (None, b"{}"),
            (None, b"<Error><Code>A</Code></Error>"),
            (None, b"\x12\x01a"),
            (Some((CONTENT_ENCODING, "identity")), b"{}"),
            (Some((CONTENT_TYPE, "text/html")), b"{\"Code\":\"A\"}"),
        ] {
            assert_eq!(named(header, body), None);
        }
    }
}
