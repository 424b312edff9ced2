//! Payloads of any type, filled at random but the same in every run.

use alibabacloud_kms::middleware::payload::Payload;
use alibabacloud_kms::middleware::payload::{FieldInfo, FieldKind, Scalar, Slot};
use alibabacloud_kms::middleware::wire::json;
use serde_json::Value;

/// A small generator (xorshift64*), seeded by the test.
pub struct Random(u64);

impl Random {
    /// Creates a generator that gives the same for the same seed.
    pub fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    fn advance(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Returns a number below the bound.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.advance() >> 33).expect("31 bits") % bound
    }

    /// A text, not empty, of characters that codecs are known to mangle.
    pub fn text(&mut self) -> String {
        const CHARACTERS: [char; 18] = [
            'a', 'Z', '0', ' ', '%', '&', '=', '+', '"', '\\', '\n', '\u{1}', '/', '~', 'é', '中',
            '🔑', '\u{7f}',
        ];
        let length = 1 + self.below(12);
        (0..length).map(|_| CHARACTERS[self.below(CHARACTERS.len())]).collect()
    }

    /// Sets some of the payload's fields.
    pub fn fill(&mut self, payload: &mut dyn Payload) {
        let fields = payload.info().fields;
        for (index, info) in fields.iter().enumerate() {
            if self.below(4) > 0 {
                let field = payload.field_mut(index).expect("a field of the table");
                self.fill_slot(info, field.slot());
            }
        }
    }

    fn fill_slot(&mut self, info: &FieldInfo, slot: Slot<'_>) {
        match slot {
            Slot::Scalar(field) => {
                let text = self.text();
                let number = i64::from(i32::try_from(self.below(1 << 30)).expect("30 bits"));
                let scalar = match info.kind {
                    FieldKind::String => Scalar::Text(&text),
                    FieldKind::Bytes => Scalar::Bytes(text.as_bytes()),
                    FieldKind::Integer => Scalar::Integer(number + 1),
                    FieldKind::Boolean => Scalar::Boolean(true),
                    other => panic!("{} is {other:?} and a scalar", info.name),
                };
                assert!(field.set(scalar), "{} takes its own kind", info.name);
            }
            Slot::Texts(texts) => texts.extend((0..=self.below(3)).map(|_| self.text())),
            Slot::Pairs(pairs) => {
                for _ in 0..=self.below(3) {
                    pairs.insert(self.text(), self.text());
                }
            }
            Slot::Json(map) => {
                map.insert(self.text(), Value::String(self.text()));
                map.insert("number".to_owned(), Value::from(7));
            }
            Slot::Object(object) => self.fill(object),
            Slot::Objects(list) => {
                for _ in 0..=self.below(3) {
                    let object = list.push();
                    // An empty object in a list cannot be written as parameters.
                    while json::expose(object).as_str() == "{}" {
                        self.fill(object);
                    }
                }
            }
        }
    }
}
