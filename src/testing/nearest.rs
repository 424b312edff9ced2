//! What to say of a request that no rule answers: the rule that was probably meant.

use std::sync::Arc;

use super::entry::{Entry, Miss};
use super::name;
use crate::Call;

/// A sentence that names the action and that rule.
pub(super) fn unanswered(call: &Call, misses: &[(Arc<Entry>, Miss)]) -> String {
    let why = match nearest(call, misses) {
        None => "the mock has no rules".to_owned(),
        Some((rule, Miss::OtherAction)) => format!("none is for it; the nearest is {rule}"),
        Some((rule, Miss::Unmatched)) => format!("{rule} does not match this request"),
        Some((rule, Miss::UsedUp(answers))) => {
            format!("{rule} is used up (answers given: {answers})")
        }
    };
    format!("no rule of the mock answers {}: {why}", name::of(call.action()))
}

/// Of the rules on this action the one that came furthest, else the one of the most similar name.
fn nearest<'a>(call: &Call, misses: &'a [(Arc<Entry>, Miss)]) -> Option<(&'a Entry, Miss)> {
    let distance = |(rule, miss): &&(Arc<Entry>, Miss)| match miss {
        Miss::UsedUp(_) => (0, 0),
        Miss::Unmatched => (1, 0),
        Miss::OtherAction => (2, edits(rule.action.name, call.action().name)),
    };
    misses.iter().min_by_key(distance).map(|(rule, miss)| (&**rule, *miss))
}

/// How many letters must be added, left out or changed to make the one of the other.
fn edits(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in (1..).zip(one.bytes()) {
        let mut diagonal = std::mem::replace(&mut row[0], line);
        for (column, other) in other.bytes().enumerate() {
            let changed = diagonal + usize::from(letter != other);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_the_fewest_that_make_one_name_of_the_other() {
        for (one, other, expected) in [
            ("", "", 0),
            ("", "Sign", 4),
            ("Encrypt", "Encrypt", 0),
            ("Encrypt", "ReEncrypt", 2),
            ("Encrypt", "Decrypt", 2),
            ("GetSecretValue", "PutSecretValue", 2),
            ("abc", "cab", 2),
        ] {
            assert_eq!(edits(one, other), expected, "{one} {other}");
            assert_eq!(edits(other, one), expected, "{other} {one}");
        }
    }
}
