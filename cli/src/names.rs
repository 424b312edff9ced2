//! Other spellings of wire names, which are easier to type.

/// Returns `KeyId` as `key-id`, `DKMSInstanceId` as `dkms-instance-id`.
pub(crate) fn kebab(wire: &str) -> String {
    words(wire).join("-")
}

/// Returns `KeyId` as `keyId`, `DKMSInstanceId` as `dkmsInstanceId`.
pub(crate) fn camel(wire: &str) -> String {
    let first = words(wire).first().map_or(0, String::len);
    wire[..first].to_ascii_lowercase() + &wire[first..]
}

/// Returns the other spellings of a wire name, without repetition.
pub(crate) fn spellings(wire: &str) -> Vec<String> {
    let mut spellings = vec![kebab(wire), camel(wire)];
    spellings.dedup();
    spellings.retain(|spelling| spelling != wire);
    spellings
}

/// Returns `true` if this is one of the spellings of a wire name, or the wire name itself.
pub(crate) fn is_named(wire: &str, name: &str) -> bool {
    wire == name || spellings(wire).iter().any(|spelling| spelling == name)
}

/// Returns the words of a wire name in lower case; a run of capitals is one word.
fn words(wire: &str) -> Vec<String> {
    let mut words = Vec::<String>::new();
    let mut before = None;
    let mut letters = wire.chars().peekable();
    while let Some(letter) = letters.next() {
        let after_small = before.is_none_or(|before: char| !before.is_ascii_uppercase());
        let before_small = letters.peek().is_some_and(char::is_ascii_lowercase);
        let begins = letter.is_ascii_uppercase() && (after_small || before_small);
        let letter_in_word = letter.to_ascii_lowercase();
        match words.last_mut() {
            Some(word) if !begins => word.push(letter_in_word),
            _ => words.push(letter_in_word.into()),
        }
        before = Some(letter);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_capitals_are_one_word() {
        for (wire, in_kebab, in_camel) in [
            ("KeyId", "key-id", "keyId"),
            ("DKMSInstanceId", "dkms-instance-id", "dkmsInstanceId"),
            (
                "GenerateDataKeyWithoutPlaintext",
                "generate-data-key-without-plaintext",
                "generateDataKeyWithoutPlaintext",
            ),
            ("Aad", "aad", "aad"),
            ("KmsVPC", "kms-vpc", "kmsVPC"),
            ("", "", ""),
        ] {
            assert_eq!(kebab(wire), in_kebab);
            assert_eq!(camel(wire), in_camel);
        }
    }
}
