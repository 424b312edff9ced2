//! Names that a JSON object has twice, of which one reader takes the first value, and another one
//! the last.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

/// Returns the first name that a JSON object repeats. Returns `None` if all names differ, or if the
/// text is not an object.
#[inline]
pub fn repeated_name(object: &str) -> Option<String> {
    serde_json::from_str::<Names>(object).ok()?.repeated
}

/// The names of an object.
struct Names {
    repeated: Option<String>,
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;

        impl<'de> Visitor<'de> for Read {
            type Value = Names;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Names, A::Error> {
                let (mut seen, mut repeated) = (HashSet::new(), None);
                while let Some((name, IgnoredAny)) = map.next_entry::<String, _>()? {
                    if seen.contains(&name) {
                        repeated.get_or_insert(name);
                    } else {
                        seen.insert(name);
                    }
                }
                Ok(Names { repeated })
            }
        }

        deserializer.deserialize_map(Read)
    }
}

#[cfg(test)]
mod tests {
    use super::repeated_name;

    #[test]
    fn the_first_name_that_comes_again_is_found() {
        for (object, name) in [
            (r#"{"a":1,"b":{"a":2},"c":3}"#, None),
            (r#"{"a":1,"b":2,"b":3,"a":4}"#, Some("b")),
            (r#"{"a":1,"\u0061":2}"#, Some("a")),
            (r#"{"a":1,"a":2"#, None),
            (r#"["a","a"]"#, None),
            ("", None),
        ] {
            assert_eq!(repeated_name(object).as_deref(), name, "{object}");
        }
    }
}
