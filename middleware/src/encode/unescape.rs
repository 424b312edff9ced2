//! Unescapes texts from a query, a form, JSON or markup.

use percent_encoding::percent_decode;
use zeroize::Zeroizing;

use super::markup;

/// Whether a `+` is a space, as in a form, or itself, as in Base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plus {
    Space,
    Itself,
}

/// The length of `#x10ffff;`.
const LONGEST_REFERENCE: usize = 9;

/// Removes one layer of escapes: `%2B`, `\"`, `\u002b`, `&quot;`. Everything else stays.
pub(super) fn unescape(text: &str, plus: Plus) -> Zeroizing<String> {
    let json = of_json(&of_markup(text));
    let bytes = json.bytes().map(|byte| match (byte, plus) {
        (b'+', Plus::Space) => b' ',
        _ => byte,
    });
    let spaced: Zeroizing<Vec<u8>> = Zeroizing::new(bytes.collect());
    let decoded = Zeroizing::new(percent_decode(&spaced).collect::<Vec<u8>>());
    Zeroizing::new(String::from_utf8_lossy(&decoded).into_owned())
}

fn of_markup(text: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text;
    while let Some((before, reference)) = rest.split_once('&') {
        out.push_str(before);
        let end = reference.bytes().take(LONGEST_REFERENCE).position(|byte| byte == b';');
        let character = end.and_then(|end| markup::character(&reference[..end]));
        match (character, end) {
            (Some(character), Some(end)) => {
                out.push(character);
                rest = &reference[end + 1..];
            }
            _ => {
                out.push('&');
                rest = reference;
            }
        }
    }
    out.push_str(rest);
    out
}

fn of_json(text: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        out.push_str(before);
        match character(escape) {
            Some((character, length)) => {
                out.push(character);
                rest = &escape[length..];
            }
            None => {
                out.push('\\');
                rest = escape;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Returns the character of the escape after a backslash, and the length of the escape.
fn character(escape: &str) -> Option<(char, usize)> {
    let character = match escape.bytes().next()? {
        byte @ (b'"' | b'\\' | b'/') => char::from(byte),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode(escape),
        _ => return None,
    };
    Some((character, 1))
}

/// `uXXXX`, or two of them for a character beyond the first plane.
fn unicode(escape: &str) -> Option<(char, usize)> {
    let unit = |at: usize| u16::from_str_radix(escape.get(at..at + 4)?, 16).ok();
    let first = unit(1)?;
    let second = escape.get(5..7).filter(|next| *next == "\\u").and_then(|_| unit(7));
    let (units, length) = match second {
        Some(second) if (0xd800..0xdc00).contains(&first) => ([first, second], 11),
        _ => ([first, 0], 5),
    };
    let character = char::decode_utf16(units).next()?.ok()?;
    Some((character, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_queries_and_of_json_are_taken_off() {
        for (text, expected) in [
            ("a%20b%2Bc%e4%b8%ad", "a b+c中"),
            (r#"a\"b\\c\/d\n\t\u4e2d\ud83d\ude00"#, "a\"b\\c/d\n\t中😀"),
            (r"\u0025", "%"),
            ("a&amp;b&lt;&gt;&quot;&apos;&#39;&#x4e2d;", "a&b<>\"''中"),
            ("a+b", "a+b"),
        ] {
            assert_eq!(*unescape(text, Plus::Itself), expected, "{text}");
        }
        assert_eq!(*unescape("a+b%2B", Plus::Space), "a b+");
    }

    #[test]
    fn what_is_no_escape_stays() {
        for text in [
            "",
            "100 %",
            "a & b;",
            "&",
            "&nbsp;",
            "&#;",
            "&#x110000;",
            "%zz",
            r"\",
            r"\x",
            r"\u12",
            r"\ud83d",
            "\\中",
        ] {
            assert_eq!(*unescape(text, Plus::Itself), text, "{text}");
        }
    }
}
