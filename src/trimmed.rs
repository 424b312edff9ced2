//! Settings as they are found: keys with white space around them, paths and names that may be
//! something else.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

pub use alibabacloud_kms_middleware::__private::trimmed;
use alibabacloud_kms_middleware::__private::{
    fault_of_key, has_hex, has_random, looks_like_a_path,
};

use crate::{Error, ErrorKind};

const NOT_SHOWN: &str = "[not shown: it does not look like a name]";

/// The source of the error of a key or token that is there and cannot be used. With another one in
/// its place, another account would sign.
#[derive(Debug)]
pub(crate) struct Unusable(Cow<'static, str>);

impl Unusable {
    /// Creates a source with this sentence.
    pub(crate) fn new(why: impl Into<Cow<'static, str>>) -> Self {
        Self(why.into())
    }
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unusable {}

/// Returns a key or token without what is around it, or `None` if nothing is left. `field` names it
/// in errors.
///
/// # Errors
///
/// [`ErrorKind::Credential`]: it contains a character that no key and no token has.
pub(crate) fn key<'t>(text: &'t str, field: &str) -> Result<Option<&'t str>, Error> {
    let key = trimmed(text);
    if let Some(fault) = fault_of_key(key) {
        return Err(Error::new(ErrorKind::Credential, format!("{field} has {fault}"))
            .with_source(Unusable::new("as it is, it can be neither a key nor a token")));
    }
    Ok((!key.is_empty()).then_some(key))
}

/// Returns the path in a setting, or `None` if the value does not look like a path, but for
/// instance like the file's own content. White space and quotes around it are removed if no file
/// has that exact name.
pub fn file_path(value: &OsStr) -> Option<PathBuf> {
    let given = Path::new(value);
    if given.exists() {
        return Some(given.to_owned());
    }
    let path = value.to_str().map_or(given, |text| Path::new(trimmed(text)));
    (path.exists() || looks_like_a_path(path)).then(|| path.to_owned())
}

/// Returns an unknown name for errors: in quotes if it looks like a name, else a placeholder.
pub(crate) fn shown_name(name: &str) -> String {
    if is_showable(name) { format!("`{name}`") } else { NOT_SHOWN.to_owned() }
}

/// Returns an unknown action for errors in the same way. An action's name has only letters, and
/// spellings of shells and languages have separators.
#[inline]
pub fn shown_action(name: &str) -> String {
    let is_letters = name.bytes().all(|byte| byte.is_ascii_alphabetic() || b"-_".contains(&byte));
    if is_letters { shown_name(name) } else { NOT_SHOWN.to_owned() }
}

/// Returns the same without quotes.
pub(crate) fn bare_name(name: &str) -> String {
    if is_showable(name) { name } else { NOT_SHOWN }.to_owned()
}

/// Returns `true` if a text looks like a name, and not like a key, a token or a password in words.
pub(crate) fn is_showable(name: &str) -> bool {
    // The secret of an access key has about 30 characters. Names have separators, or no digits.
    is_name(name) && !has_random(name, 24) && !has_hex(name, 24)
}

/// Returns `true` for every text that may be a name, even if it may be a secret too.
pub(crate) fn is_name(name: &str) -> bool {
    let is_names = |next: char| next.is_alphanumeric() || "-_.@".contains(next);
    let is_key = ["eyJ", "LTAI", "STS."].iter().any(|begin| name.starts_with(begin));
    name.len() <= 64 && name.chars().all(is_names) && !is_key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_what_looks_like_one_or_is_there() {
        let path = |value: &str| file_path(OsStr::new(value));
        assert_eq!(path("/no/such.json\n"), Some("/no/such.json".into()));
        assert_eq!(path("\"/no/such.json\""), Some("/no/such.json".into()));
        assert_eq!(path("src"), Some("src".into()), "tests run where it is");
        for value in ["canary", "{\"KeyId\":\"x/y.z\"}", "[default]\ntype = a.b", "eyJhbGci.eyJz.x"]
        {
            assert_eq!(path(value), None, "{value}");
        }
    }

    #[test]
    fn a_name_is_shown_if_it_looks_like_one() {
        for name in
            ["a-b_c.d@e1ä", "KubernetesWorkerRole-5ee18d53-1C2d", "AliyunECSInstanceForKmsRole"]
        {
            assert_eq!(shown_name(name), format!("`{name}`"));
        }
        let long = "canary".repeat(20);
        for name in [
            "{canary}",
            "canary\n",
            "eyJcanary.x.y",
            "LTAI5tcanary",
            "STS.canary",
            "my canary",
            "canary/x+y==",
            "canaryA1b2C3d4E5f6G7h8I9j0",
            "my-canaryA1b2C3d4E5f6G7h8I9j0",
            "canary-0123456789abcdef01234567",
            &long,
        ] {
            assert!(!shown_name(name).contains("canary"), "{name}");
        }
    }

    #[test]
    fn an_action_is_shown_if_it_has_only_letters() {
        for name in ["Encrpt", "list-kesy", "get_secret_value"] {
            assert_eq!(shown_action(name), format!("`{name}`"));
        }
        for name in ["canary1", "my canary", "can.ary", "canary@x"] {
            assert_eq!(shown_action(name), NOT_SHOWN);
        }
    }

    #[test]
    fn what_is_around_a_key_is_taken_off() {
        for text in [
            "key",
            "key\n",
            "key\r\n",
            " key",
            "\tkey\t",
            "\u{a0}key\u{3000}",
            "\u{feff}key",
            "key\0",
            "\u{200b}key\u{2060}",
            "\"key\"",
            "'key'",
            "`key`",
            " \"key\" ",
            "\" key \"\n",
            "\"'key'\"",
        ] {
            assert_eq!(key(text, "x").expect(text), Some("key"), "{text:?}");
        }
        for text in ["", " ", "\r\n", "\"\"", "' '", "\u{feff}"] {
            assert_eq!(key(text, "x").expect(text), None, "{text:?}");
        }
    }

    #[test]
    fn white_space_within_a_key_is_an_error_that_says_so_and_names_the_field() {
        for text in
            ["can ary", "can\nary", "can\u{a0}ary", "can\tary", "can\u{200b}ary", "ca\r\nnary"]
        {
            let error = key(text, "the field `f`").expect_err(text);
            assert_eq!(error.kind(), ErrorKind::Credential);
            let shown = format!("{error} {error:?}");
            assert!(shown.contains("white space") && shown.contains("`f`"), "{shown}");
            assert!(!shown.contains("ary"), "{shown}");
        }
        for text in ["“canary”", "canary。", "ｃanary", "can\u{fe0f}ary", "canary\u{3164}"] {
            let error = key(text, "the field `f`").expect_err(text);
            assert!(error.to_string().contains("ASCII"), "{error}");
            assert!(!format!("{error} {error:?}").contains("ary"), "{text}");
        }
        for text in ["\"canary", "canary'", "`canary\"", "\"'canary\""] {
            let error = key(text, "the field `f`").expect_err(text);
            assert!(!format!("{error} {error:?}").contains("ary"), "{text}");
        }
    }

    #[test]
    fn a_placeholder_or_a_separator_is_no_part_of_a_key() {
        for text in
            ["${CANARY}", "$CANARY", "$(canary)", "<canary>", "{{ canary }}", "LTAI***canary"]
        {
            let shown = key(text.replace(' ', "").as_str(), "f").expect_err(text).to_string();
            assert!(shown.contains("placeholder") && !shown.contains("anary"), "{shown}");
        }
        for text in ["true", "false", "null"] {
            assert!(key(text, "f").expect_err(text).to_string().contains("no key"), "{text}");
        }
        for text in ["canary,", "canary;", "can,ary", "LTAI5tcanary,canary"] {
            let shown = key(text, "f").expect_err(text).to_string();
            assert!(shown.contains("comma") && !shown.contains("anary"), "{shown}");
        }
        for text in ["canary\\n", "c\\anary", "c\"anary", "c'anary", "c`anary", "\\\"canary"] {
            let shown = key(text, "f").expect_err(text).to_string();
            assert!(shown.contains("backslash") && !shown.contains("anary"), "{shown}");
        }
        for text in ["a$b", "a<b", "a{b", "a**b", "STS.a+b/c=="] {
            assert_eq!(key(text, "f").expect(text), Some(text));
        }
    }
}
