//! The references of XML and HTML that stand for one character.

/// Returns the character that `lt` in `&lt;` or `#60` in `&#60;` stands for.
pub(super) fn character(reference: &str) -> Option<char> {
    let (digits, radix) = match reference {
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "amp" => return Some('&'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        _ => match reference.strip_prefix("#x").or_else(|| reference.strip_prefix("#X")) {
            Some(digits) => (digits, 16),
            None => (reference.strip_prefix('#')?, 10),
        },
    };
    // A sign is no digit, though the standard library reads one.
    let digits =
        Some(digits).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let number = u32::from_str_radix(digits?, radix).ok()?;
    char::from_u32(number).filter(|character| *character != '\0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_predefined_names_and_numbers_are_characters() {
        for (reference, expected) in [
            ("lt", '<'),
            ("gt", '>'),
            ("amp", '&'),
            ("quot", '"'),
            ("apos", '\''),
            ("#60", '<'),
            ("#x3c", '<'),
            ("#X3C", '<'),
            ("#x10ffff", '\u{10ffff}'),
        ] {
            assert_eq!(character(reference), Some(expected), "{reference}");
        }
    }

    #[test]
    fn anything_else_is_none() {
        for reference in
            ["", "LT", "nbsp", "#", "#x", "#0", "#+60", "#-1", "#x+3c", "#6a", "#xd800", "#x110000"]
        {
            assert_eq!(character(reference), None, "{reference}");
        }
    }
}
