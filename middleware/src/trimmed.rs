//! Removes white space and quotes around keys, tokens and passwords.
//!
//! What is copied by hand, read from a file or set as a variable often has a line end, a space, a
//! byte order mark or quotes around it. No key and no token has any of these.

const QUOTES: [char; 3] = ['"', '\'', '`'];

/// Returns a text without the white space, invisible characters and pairs of quotes around it.
pub fn trimmed(mut text: &str) -> &str {
    loop {
        let inner = text.trim_matches(is_space);
        let quoted = |quote| inner.strip_prefix(quote)?.strip_suffix(quote);
        let inner = QUOTES.into_iter().find_map(quoted).unwrap_or(inner);
        if inner.len() == text.len() {
            return text;
        }
        text = inner;
    }
}

/// Returns what a key or token has that none can have, and what to do about it.
pub fn fault_of_key(key: &str) -> Option<&'static str> {
    if key.contains(is_space) {
        return Some("white space or an invisible character inside: remove it");
    }
    if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Some(
            "a character that is not ASCII, such as a typographic quote or a full-width letter: \
             remove it",
        );
    }
    if key.starts_with(QUOTES) || key.ends_with(QUOTES) {
        return Some("a quote at only one of its ends: close or remove it");
    }
    if key.starts_with(['$', '<', '{']) || key.contains("***") {
        return Some(
            "the form of a placeholder, such as ${NAME}, <name> or LTAI***: put the value itself in \
             its place",
        );
    }
    if ["true", "false", "null"].contains(&key) {
        return Some("no key, but true, false or null: put the value itself in its place");
    }
    if key.contains(QUOTES) || key.contains('\\') {
        return Some("a quote or a backslash, such as that of a written \\n: remove it");
    }
    key.contains([',', ';']).then_some(
        "a comma or a semicolon, such as that of a line of a CSV file: give the value alone",
    )
}

fn is_space(next: char) -> bool {
    next.is_whitespace()
        || next.is_control()
        || matches!(next, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(next, '\u{2060}'..='\u{206f}' | '\u{feff}')
}
