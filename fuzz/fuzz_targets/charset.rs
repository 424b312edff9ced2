//! Arbitrary bytes in every charset: what is read is written in at most one other way, which is read
//! as the same. The standard library agrees on UTF-8 and UTF-16.

#![no_main]

use alibabacloud_kms::{Charset, ExposeSecret};
use alibabacloud_kms_fuzz::first;
use libfuzzer_sys::fuzz_target;

const NAMES: [&str; 48] = [
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "utf-32-le",
    "utf-32-be",
    "latin-1",
    "ascii",
    "gbk",
    "gb2312",
    "gb18030",
    "big5",
    "cp950",
    "shift_jis",
    "cp932",
    "euc_jp",
    "iso2022_jp",
    "euc_kr",
    "cp949",
    "iso8859-2",
    "iso8859-3",
    "iso8859-4",
    "iso8859-5",
    "iso8859-6",
    "iso8859-7",
    "iso8859-8",
    "iso8859-9",
    "iso8859-10",
    "iso8859-11",
    "iso8859-13",
    "iso8859-14",
    "iso8859-15",
    "iso8859-16",
    "tis-620",
    "cp874",
    "cp1250",
    "cp1251",
    "cp1252",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "cp1257",
    "cp1258",
    "cp866",
    "koi8-r",
];

fuzz_target!(|data: &[u8]| {
    let (chosen, bytes) = first(data);
    let name = NAMES[usize::from(chosen) % NAMES.len()];
    let charset: Charset = name.parse().expect(name);
    let read = charset.decode(bytes);
    let standard = match name {
        "utf-8" => Some(std::str::from_utf8(bytes).ok().map(str::to_owned)),
        "utf-16-le" => Some(utf_16_le(bytes)),
        _ => None,
    };
    if let Some(standard) = standard {
        assert_eq!(read.as_ref().ok().map(|text| text.expose_secret()), standard.as_deref());
    }
    if let Ok(text) = read {
        let text = text.expose_secret();
        match charset.encode(text) {
            Ok(written) => {
                let again = charset.decode(&written).expect("what was written is read");
                assert_eq!(again.expose_secret(), text);
            }
            // GBK's euro sign in one byte is only read.
            Err(_) => assert!(name == "gbk" && text.contains('€'), "{name} {text:?}"),
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = text.parse::<Charset>();
        written(charset, text);
    }
});

/// What a charset writes is read as something that it writes in the same way.
fn written(charset: Charset, text: &str) {
    let Ok(bytes) = charset.encode(text) else { return };
    let read = charset.decode(&bytes).expect("what was written is read");
    let again = charset.encode(read.expose_secret()).expect("what was read is written");
    assert_eq!(*again, *bytes, "{charset}");
}

fn utf_16_le(bytes: &[u8]) -> Option<String> {
    let (units, rest) = bytes.as_chunks::<2>();
    let units: Vec<u16> = units.iter().map(|unit| u16::from_le_bytes(*unit)).collect();
    String::from_utf16(&units).ok().filter(|_| rest.is_empty())
}
