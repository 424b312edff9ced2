//! Finds the name that was probably meant by a misspelt one.

/// Returns the number of characters to insert, remove or replace to turn one text into the other
/// (the Levenshtein distance).
pub fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (above, l) in left.chars().enumerate() {
        let mut diagonal = above;
        row[0] = above + 1;
        for (index, r) in right.chars().enumerate() {
            let substitution = diagonal + usize::from(l != r);
            diagonal = row[index + 1];
            row[index + 1] = substitution.min(diagonal + 1).min(row[index] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

/// Returns the number of typing errors that are tolerated in a name of this length: none in a very
/// short one, one in a short one, two in a longer one.
pub(crate) fn slips(name: &str) -> usize {
    match name.chars().count() {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    }
}

/// Returns the one of `names` that was probably meant. Case and separators do not count.
pub fn nearest<'n>(given: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let fold = |name: &str| name.replace(['-', '_', ' '], "").to_lowercase();
    let given = fold(given);
    let ranked = names.into_iter().map(|name| (distance(&given, &fold(name)), name));
    let (edits, nearest) = ranked.min()?;
    (edits <= slips(&given)).then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_is_the_fewest_edits_that_make_one_name_of_the_other() {
        for (one, other, expected) in [
            ("", "", 0),
            ("", "Sign", 4),
            ("Encrypt", "Encrypt", 0),
            ("Encrypt", "ReEncrypt", 2),
            ("Encrypt", "Decrypt", 2),
            ("GetSecretValue", "PutSecretValue", 2),
            ("abc", "cab", 2),
            ("中文", "中", 1),
        ] {
            assert_eq!(distance(one, other), expected, "{one} {other}");
            assert_eq!(distance(other, one), expected, "{other} {one}");
        }
    }
}
