//! Bounds the number of label values, so that a server that invents codes cannot create time series
//! without end.

use std::borrow::Cow;
use std::sync::Mutex;

use crate::lock::lock;
use crate::telemetry::error_type::OTHER;

/// The words that have been labels in this process; recorders are process-wide too.
static SEEN: Seen = Seen(Mutex::new(Vec::new()));

/// The maximum number of words that become labels. The service has a few dozen codes, of which a
/// program meets a few.
const MOST: usize = 100;

/// Returns the word of a failure as a label.
pub fn word(word: &str) -> Cow<'static, str> {
    SEEN.admit(word)
}

struct Seen(Mutex<Vec<String>>);

impl Seen {
    fn admit(&self, word: &str) -> Cow<'static, str> {
        let mut seen = lock(&self.0);
        if !seen.iter().any(|known| known == word) {
            if seen.len() == MOST {
                return OTHER.into();
            }
            seen.push(word.to_owned());
        }
        word.to_owned().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_words_are_labels_and_the_rest_is_one() {
        let seen = Seen(Mutex::default());
        for number in 0..MOST {
            let word = format!("Made.Up{number}");
            assert_eq!(seen.admit(&word), word);
        }
        assert_eq!(seen.admit("Made.UpMore"), OTHER);
        assert_eq!(seen.admit("Made.Up7"), "Made.Up7", "what was a label stays one");
    }
}
