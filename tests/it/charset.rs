//! Charsets against what Python's codecs wrote and read: `tests/data/charset/generate.py`.

use alibabacloud_kms::{Charset, CharsetErrorKind, ExposeSecret as _};
use aws_lc_rs::digest::{Context, SHA256};

const VECTORS: &str = include_str!("../data/charset/vectors.tsv");

/// Characters that Python's codec encodes and ours refuses, with Python's bytes.
const ENCODED_BY_PYTHON_ONLY: &[(&str, char, &[u8])] = &[("iso2022_jp", '\x1b', b"\x1b")];

/// Characters that Python's codec never reads and ours does, with the bytes.
const DECODED_BY_US_ONLY: &[(&str, char, &[u8])] = &[
    ("gbk", '\u{20ac}', b"\x80"),
    ("gbk", '\u{20ac}', b"\xa2\xe3"),
    ("euc_kr", '\u{3164}', b"\xa4\xd4"),
];

/// The vectors of a kind, field by field.
fn rows(kind: &str) -> impl Iterator<Item = Vec<&'static str>> {
    let rows = VECTORS.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    rows.filter(move |fields| fields[0] == kind)
}

/// The vectors of a kind, for the charsets that there are.
fn vectors(kind: &str) -> Vec<(Charset, Vec<&'static str>)> {
    let found: Vec<_> =
        rows(kind).filter_map(|fields| Some((fields[1].parse().ok()?, fields))).collect();
    assert!(found.iter().all(|(charset, fields): &(Charset, _)| charset.name() == fields[1]));
    assert!(!found.is_empty());
    found
}

/// All charsets that there are.
fn usable() -> impl Iterator<Item = Charset> {
    vectors("chars").into_iter().map(|(charset, _)| charset)
}

fn bytes(hex: &str) -> Vec<u8> {
    let pairs = hex.as_bytes().chunks(2);
    pairs
        .map(|pair| {
            let pair = std::str::from_utf8(pair).expect("hexadecimal is ASCII");
            u8::from_str_radix(pair, 16).expect("the vectors are hexadecimal")
        })
        .collect()
}

fn text(json: &str) -> String {
    serde_json::from_str(json).expect("the vectors' texts are JSON")
}

fn digest(items: impl Iterator<Item = Option<Vec<u8>>>) -> Vec<u8> {
    let mut context = Context::new(&SHA256);
    for item in items {
        match item {
            Some(item) => {
                context.update(&[u8::try_from(item.len()).expect("one character is short")]);
                context.update(&item);
            }
            None => context.update(&[0xff]),
        }
    }
    context.finish().as_ref().to_vec()
}

fn decoded(charset: Charset, bytes: &[u8]) -> Option<String> {
    charset.decode(bytes).ok().map(|text| text.expose_secret().to_owned())
}

/// Whether there is a character in the text that only ours decodes.
fn ours_only(charset: Charset, text: &str) -> bool {
    DECODED_BY_US_ONLY.iter().any(|(name, c, _)| *name == charset.name() && text.contains(*c))
}

/// Every character of the Basic Multilingual Plane, and every 257th above it.
fn chars() -> impl Iterator<Item = char> {
    (0..0x1_0000).chain((0x1_0000..0x11_0000).step_by(257)).filter_map(char::from_u32)
}

#[test]
fn texts_become_the_bytes_that_python_writes() {
    for (charset, fields) in vectors("encode") {
        let ours = charset.encode(&text(fields[2]));
        match fields[3].strip_prefix('!') {
            None => {
                let ours = ours.expect("Python can write it");
                assert_eq!(*ours, bytes(fields[3]), "{charset} {}", fields[2]);
            }
            Some(position) => {
                let position = position.parse().expect("the position is a number");
                let error = ours.expect_err("Python cannot write it");
                let expected = CharsetErrorKind::Unencodable { position };
                assert_eq!(error.kind(), &expected, "{charset} {}", fields[2]);
            }
        }
    }
}

#[test]
fn bytes_become_the_texts_that_python_reads() {
    for (charset, fields) in vectors("decode") {
        let bytes = bytes(fields[2]);
        match (charset.decode(&bytes), fields[3]) {
            (Ok(ours), "!") => {
                assert!(ours_only(charset, ours.expose_secret()), "{charset} {}", fields[2]);
            }
            (Ok(ours), python) => {
                assert_eq!(ours.expose_secret(), text(python), "{charset} {}", fields[2]);
            }
            (Err(error), python) => {
                assert_eq!(python, "!", "{charset} {}: {error}", fields[2]);
                let CharsetErrorKind::Malformed { offset } = *error.kind() else {
                    panic!("{charset} {}: {error}", fields[2]);
                };
                assert!(offset < bytes.len());
            }
        }
    }
}

#[test]
fn every_character_is_written_as_python_writes_it() {
    for (charset, fields) in vectors("chars") {
        let ours = chars().map(|c| {
            let python =
                ENCODED_BY_PYTHON_ONLY.iter().find(|it| it.0 == charset.name() && it.1 == c);
            let ours = charset.encode(c.encode_utf8(&mut [0; 4])).ok().map(|it| it.to_vec());
            match python {
                Some((_, _, python)) => {
                    assert_eq!(ours, None);
                    Some(python.to_vec())
                }
                None => ours,
            }
        });
        assert_eq!(digest(ours), bytes(fields[2]), "{charset}");
    }
}

#[test]
fn every_pair_of_bytes_is_read_as_python_reads_it() {
    for (charset, fields) in vectors("pairs") {
        let ones = (0..=255).map(|byte| vec![byte]);
        let twos = (128..=255).flat_map(|first| (0..=255).map(move |second| vec![first, second]));
        let ours = ones.chain(twos).map(|bytes| {
            decoded(charset, &bytes)
                .filter(|text| !ours_only(charset, text))
                .map(String::into_bytes)
        });
        assert_eq!(digest(ours), bytes(fields[2]), "{charset}");
    }
}

#[test]
fn the_exceptions_are_real() {
    for (name, c, bytes) in DECODED_BY_US_ONLY {
        if let Some(charset) = usable().find(|it| it.name() == *name) {
            assert_eq!(decoded(charset, bytes), Some(c.to_string()));
        }
    }
}

/// A linear congruential generator: the same texts in every run.
fn random() -> impl FnMut(usize) -> usize {
    let mut state: u64 = 0x5eed;
    move |below| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or_default() % below
    }
}

#[test]
fn random_texts_come_back_and_errors_name_the_character() {
    let mut random = random();
    for charset in usable() {
        // What one character becomes and comes back from: look-alikes come back as another.
        let (held, refused): (Vec<char>, Vec<char>) =
            chars().partition(|c| charset.encode(&c.to_string()).is_ok());
        let held: Vec<char> = held
            .into_iter()
            .filter(|c| {
                let bytes = charset.encode(&c.to_string()).expect("it was encoded before");
                decoded(charset, &bytes) == Some(c.to_string())
            })
            // At the beginning of a text it would be taken for a mark.
            .filter(|c| *c != '\u{feff}')
            .collect();
        for _ in 0..100 {
            let length = random(50);
            let text: String = (0..length).map(|_| held[random(held.len())]).collect();
            let bytes = charset.encode(&text).expect("each of its characters can be encoded");
            assert_eq!(decoded(charset, &bytes).as_deref(), Some(&*text), "{charset}");
            if !refused.is_empty() {
                let position = random(length + 1);
                let mut chars: Vec<char> = text.chars().collect();
                chars.insert(position, refused[random(refused.len())]);
                let error = charset.encode(&String::from_iter(chars)).expect_err("one is refused");
                assert_eq!(error.kind(), &CharsetErrorKind::Unencodable { position });
            }
        }
    }
}

#[test]
fn random_bytes_never_panic_and_errors_name_an_byte() {
    let mut random = random();
    for charset in usable() {
        for _ in 0..500 {
            let length = random(12);
            let bytes: Vec<u8> =
                (0..length).map(|_| u8::try_from(random(256)).unwrap_or_default()).collect();
            if let Err(error) = charset.decode(&bytes) {
                let CharsetErrorKind::Malformed { offset } = *error.kind() else {
                    panic!("{charset}: {error}");
                };
                assert!(offset < bytes.len());
                // What comes before the fault can be read.
                assert!(charset.decode(&bytes[..offset]).is_ok(), "{charset} {bytes:x?}");
            }
        }
    }
}

#[test]
fn every_alias_of_pythons_is_known() {
    let mut seen = 0;
    for fields in rows("name") {
        seen += 1;
        for spelling in [fields[1].to_owned(), fields[1].replace('_', "-").to_uppercase()] {
            match spelling.parse::<Charset>() {
                Ok(charset) => assert_eq!(charset.name(), fields[2], "{spelling}"),
                Err(error) => {
                    let expected = CharsetErrorKind::NeedsFeature { name: fields[2] };
                    assert_eq!(error.kind(), &expected);
                }
            }
        }
    }
    assert!(seen > 200, "{seen}");
    // Every charset is usable with the feature, and those of Unicode and ISO-8859-1 without.
    let expected = if cfg!(feature = "encodings") { 51 } else { 10 };
    assert_eq!(usable().count(), expected);
}
