//! Few values: a server that makes up codes must not make up time series.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use crate::telemetry::error_type::OTHER;

/// The words that were labels so far, in the whole process, as recorders are.
static SEEN: Seen = Seen(Mutex::new(BTreeSet::new()));

/// How many words can be labels. The service has a few dozen codes, a program meets a few of them.
const MOST: usize = 100;

/// A failure's word, for a label.
pub fn word(word: &str) -> Cow<'static, str> {
    SEEN.admit(word)
}

struct Seen(Mutex<BTreeSet<String>>);

impl Seen {
    fn admit(&self, word: &str) -> Cow<'static, str> {
        // A thread that panicked left a set that is whole: it is changed in single steps.
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !seen.contains(word) {
            if seen.len() == MOST {
                return OTHER.into();
            }
            seen.insert(word.to_owned());
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
