use std::collections::HashSet;

use super::labels::LABELS;
use crate::{Charset, CharsetErrorKind};

#[test]
fn names_of_java_and_loose_spellings_are_known() {
    for (spelling, name) in [
        ("UTF8", "utf-8"),
        ("utf 8", "utf-8"),
        ("Latin-1", "iso8859-1"),
        ("ISO_8859-1:1987", "iso8859-1"),
        ("UTF-16LE", "utf-16-le"),
        ("utf_16_be", "utf-16-be"),
        // Those of Java with and without a byte order mark.
        ("UnicodeBig", "utf-16"),
        ("UnicodeLittle", "utf-16"),
        ("x-UTF-16LE-BOM", "utf-16"),
        ("unicode", "utf-16"),
        ("UnicodeBigUnmarked", "utf-16-be"),
        ("UnicodeLittleUnmarked", "utf-16-le"),
        ("X-UTF-32BE", "utf-32-be"),
        ("8859_1", "iso8859-1"),
    ] {
        assert_eq!(spelling.parse::<Charset>().expect("it is known").name(), name);
    }
}

#[test]
fn every_charset_is_usable_with_the_feature_and_those_of_unicode_and_latin_1_without() {
    let usable = LABELS.iter().filter(|label| label.name.parse::<Charset>().is_ok()).count();
    let expected = if cfg!(feature = "encodings") { LABELS.len() } else { 10 };
    assert_eq!(usable, expected);
}

#[test]
fn no_name_has_two_meanings() {
    let mut seen = HashSet::new();
    for label in LABELS {
        let own = label.name.replace(['-', '_'], "");
        assert!(seen.insert(own), "{}", label.name);
        for alias in label.aliases {
            assert!(seen.insert((*alias).to_owned()), "{alias}");
        }
    }
}

#[test]
fn the_constants_are_what_their_names_mean() {
    for charset in
        [Charset::UTF_8, Charset::UTF_16, Charset::UTF_16LE, Charset::ISO_8859_1, Charset::US_ASCII]
    {
        assert_eq!(charset.name().parse(), Ok(charset));
        assert_eq!(format!("{charset} {charset:?}"), format!("{0} {0}", charset.name()));
    }
    assert_eq!(Charset::default(), Charset::UTF_8);
}

#[test]
fn an_unknown_name_is_refused_with_the_nearest() {
    for name in ["utf-7", "rot13", "base64", "", "klingon", "iso-8859-12"] {
        let error = name.parse::<Charset>().expect_err("there is no such charset");
        assert!(matches!(error.kind(), CharsetErrorKind::Unknown { name: it } if it == name));
    }
    assert_eq!(super::labels::nearest("ut-8"), Some("utf-8"));
    assert_eq!(super::labels::nearest("gbkk"), Some("gbk"));
    // As near to one code page as to another.
    assert_eq!(super::labels::nearest("windows-1525"), None);
    assert_eq!(super::labels::nearest("klingon"), None);
}

#[test]
fn errors_never_show_the_text() {
    let error = Charset::US_ASCII.encode("canary密").expect_err("it is not ASCII");
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("canary") && !shown.contains('密'));
    let error = Charset::UTF_8.decode(b"canary\xff").expect_err("it is not UTF-8");
    assert!(!format!("{error} {error:?}").contains("canary"));
    assert_eq!(error.kind(), &CharsetErrorKind::Malformed { offset: 6 });
}
