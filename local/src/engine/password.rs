//! Random passwords.

use zeroize::Zeroizing;

use super::{Engine, Fault};

const LOWERCASE: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPERCASE: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const NUMBERS: &str = "0123456789";
const PUNCTUATION: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
const LENGTHS: std::ops::RangeInclusive<usize> = 8..=128;

/// The rules for a password.
#[derive(Clone, Debug, Default)]
pub(crate) struct PasswordRules<'a> {
    /// 8 to 128 characters.
    pub(crate) length: usize,
    pub(crate) exclude_characters: &'a str,
    pub(crate) exclude_lowercase: bool,
    pub(crate) exclude_uppercase: bool,
    pub(crate) exclude_numbers: bool,
    pub(crate) exclude_punctuation: bool,
    /// Whether to require at least one character of each kind that is not excluded.
    pub(crate) require_each_kind: bool,
}

impl Engine {
    /// Generates a password that follows these rules.
    pub(crate) fn random_password(
        &self,
        rules: &PasswordRules<'_>,
    ) -> Result<Zeroizing<String>, Fault> {
        if !LENGTHS.contains(&rules.length) {
            return Err(Fault::invalid("PasswordLength"));
        }
        let kinds = [
            (LOWERCASE, rules.exclude_lowercase),
            (UPPERCASE, rules.exclude_uppercase),
            (NUMBERS, rules.exclude_numbers),
            (PUNCTUATION, rules.exclude_punctuation),
        ];
        let kinds: Vec<Vec<char>> = kinds
            .into_iter()
            .filter(|(_, is_excluded)| !is_excluded)
            .map(|(kind, _)| {
                kind.chars().filter(|c| !rules.exclude_characters.contains(*c)).collect()
            })
            .filter(|kind: &Vec<char>| !kind.is_empty())
            .collect();
        let all = kinds.concat();
        if all.is_empty() {
            return Err(Fault::invalid("ExcludeCharacters"));
        }
        // Repeats until every kind occurs, so that all valid passwords are equally likely.
        loop {
            let mut password = Zeroizing::new(String::with_capacity(rules.length));
            for _ in 0..rules.length {
                password.push(all[self.random_index(all.len())?]);
            }
            let has = |kind: &Vec<char>| password.chars().any(|c| kind.contains(&c));
            if !rules.require_each_kind || kinds.iter().all(has) {
                return Ok(password);
            }
        }
    }

    /// Returns a random number below `count` (at most 256). All numbers are equally likely.
    fn random_index(&self, count: usize) -> Result<usize, Fault> {
        let limit = 256 - 256 % count;
        loop {
            let [byte] = self.random_array()?;
            if usize::from(byte) < limit {
                return Ok(usize::from(byte) % count);
            }
        }
    }
}

/// Generates a password of lower-case letters, upper-case letters and digits, at least one of each.
pub(super) fn alphanumeric(engine: &Engine, length: usize) -> Result<Zeroizing<String>, Fault> {
    engine.random_password(&PasswordRules {
        length,
        exclude_punctuation: true,
        require_each_kind: true,
        ..PasswordRules::default()
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::engine;
    use super::*;

    #[test]
    fn passwords_keep_to_their_rules() {
        let engine = engine();
        for _ in 0..50 {
            let rules =
                PasswordRules { length: 8, require_each_kind: true, ..PasswordRules::default() };
            let password = engine.random_password(&rules).expect("the rules can be kept");
            assert_eq!(password.chars().count(), 8);
            for kind in [LOWERCASE, UPPERCASE, NUMBERS, PUNCTUATION] {
                assert!(password.chars().any(|c| kind.contains(c)), "{kind}");
            }
            let rules = PasswordRules {
                length: 128,
                exclude_characters: "012345678",
                exclude_lowercase: true,
                exclude_uppercase: true,
                exclude_punctuation: true,
                require_each_kind: true,
                ..PasswordRules::default()
            };
            assert_eq!(**engine.random_password(&rules).expect("nines are left"), "9".repeat(128));
        }
    }

    #[test]
    fn rules_that_cannot_be_kept_are_refused() {
        let fault = |rules| engine().random_password(&rules).map(|_| ()).expect_err("no password");
        for length in [0, 7, 129] {
            let rules = PasswordRules { length, ..PasswordRules::default() };
            assert_eq!(fault(rules), Fault::invalid("PasswordLength"));
        }
        let rules = PasswordRules {
            length: 8,
            exclude_characters: NUMBERS,
            exclude_lowercase: true,
            exclude_uppercase: true,
            exclude_punctuation: true,
            ..PasswordRules::default()
        };
        assert_eq!(fault(rules), Fault::invalid("ExcludeCharacters"));
    }
}
