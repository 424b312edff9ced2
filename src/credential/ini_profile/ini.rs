//! INI as the official SDKs read it: Python's with `configparser`, Go's with `gopkg.in/ini.v1`.
//! Where these differ, a key, a token or a name is still read correctly, since none contains a quote
//! or a `;`, which ends it.
//!
//! This is a reader of our own because values are secrets: they stay in the buffer of the file
//! until one is requested, and that copy is wiped.
//!
//! - `[section]`, `field = value` or `field: value`; names of fields in upper or lower case, and
//!   in quotes or not
//! - lines that begin with `#` or `;` are comments, and so is the rest of a value after `#`, or
//!   after `;` with white space before it
//! - lines indented further than their field continue its value, as in Python, unless they are a
//!   `field = value` or a `[section]` themselves, which Go reads as such
//! - a value that begins with `` ` `` or `"""` ends at the last one of its line or, if that has none,
//!   of the next line with one, as in Go
//! - quotes around a value, `"`, `'`, `` ` `` or `"""`, are removed; `%%` is a percent sign
//! - `[DEFAULT]` holds the default values of all sections
//! - a section or a field that occurs twice is an error

use zeroize::Zeroizing;

use crate::credential::profile::key;
use crate::trimmed::Unusable;
use crate::{Error, ErrorKind};

const DEFAULTS: &str = "DEFAULT";

/// The fields that profiles have.
const FIELDS: [&str; 11] = [
    "type",
    "access_key_id",
    "access_key_secret",
    "security_token",
    "bearer_token",
    "role_arn",
    "role_session_name",
    "policy",
    "oidc_provider_arn",
    "oidc_token_file_path",
    "role_name",
];

/// The sections of a file. They borrow the text.
pub(super) struct Ini<'a> {
    sections: Vec<Lines<'a>>,
}

struct Lines<'a> {
    name: &'a str,
    fields: Vec<(String, Vec<&'a str>)>,
}

/// A section, with the defaults that apply to it.
pub(super) struct Section<'i> {
    own: &'i Lines<'i>,
    defaults: Option<&'i Lines<'i>>,
}

impl<'a> Ini<'a> {
    /// Parses the text of a file, which may begin with a byte order mark. The error is the number
    /// of the invalid line.
    pub(super) fn parse(text: &'a str) -> Result<Self, usize> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut sections: Vec<Lines<'a>> = Vec::new();
        // The indentation of the last line, if the next one may continue it.
        let mut indent = None;
        let mut lines = (1..).zip(text.lines());
        while let Some((number, line)) = lines.next() {
            let content = line.trim();
            if content.starts_with(['#', ';']) {
                continue;
            }
            let begin = line.len() - line.trim_start().len();
            let field = sections.last_mut().and_then(|section| section.fields.last_mut());
            match field {
                Some((_, value)) if indent.is_some() && content.is_empty() => value.push(content),
                Some((_, value))
                    if indent.is_some_and(|indent| begin > indent) && !begins_anew(content) =>
                {
                    value.push(content);
                }
                _ if content.is_empty() => {}
                _ => {
                    indent = Some(begin);
                    match section_name(content) {
                        Some(name) if sections.iter().any(|known| known.name == name) => {
                            return Err(number);
                        }
                        Some(name) => {
                            indent = None;
                            sections.push(Lines { name, fields: Vec::new() });
                        }
                        None => {
                            let section = sections.last_mut().ok_or(number)?;
                            section.add(content).ok_or(number)?;
                            // A quote that nothing closes is left for the field's error.
                            if let Some(quote) = section.opened()
                                && lines.clone().any(|(_, line)| line.contains(quote))
                            {
                                section.read_on(quote, lines.by_ref().map(|(_, line)| line));
                                indent = None;
                            }
                        }
                    }
                }
            }
        }
        Ok(Self { sections })
    }

    /// Returns the section of this name.
    pub(super) fn section(&self, name: &str) -> Option<Section<'_>> {
        let find = |name: &str| self.sections.iter().find(|section| section.name == name);
        let own = find(name).filter(|_| name != DEFAULTS)?;
        Some(Section { own, defaults: find(DEFAULTS) })
    }
}

impl<'a> Lines<'a> {
    fn add(&mut self, line: &'a str) -> Option<()> {
        let (name, value) = line.split_once(['=', ':'])?;
        let name = unquoted(name.trim()).to_lowercase();
        if name.is_empty() || self.value(&name).is_some() {
            return None;
        }
        self.fields.push((name, vec![value.trim()]));
        Some(())
    }

    /// Returns the quote that opens the last value and does not close it.
    fn opened(&self) -> Option<&'static str> {
        let value = self.fields.last()?.1.last()?;
        let quote = opening(value)?;
        closed(value, quote).is_none().then_some(quote)
    }

    /// Adds the lines up to the one that closes the last value.
    fn read_on(&mut self, quote: &str, lines: impl Iterator<Item = &'a str>) {
        let Some((_, value)) = self.fields.last_mut() else { return };
        for line in lines {
            value.push(line.trim());
            if line.contains(quote) {
                return;
            }
        }
    }

    fn value(&self, name: &str) -> Option<&[&'a str]> {
        let field = self.fields.iter().find(|(known, _)| known == name);
        field.map(|(_, value)| value.as_slice())
    }
}

impl Section<'_> {
    /// Returns the value of a field. An empty one counts as missing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`]: the value has a single percent sign, which would refer to another
    /// field.
    pub(super) fn field(&self, name: &str) -> Result<Option<Zeroizing<String>>, Error> {
        self.read(name, |value| value)
    }

    /// Returns the value of a field that holds a name, of which none has a `;`.
    ///
    /// # Errors
    ///
    /// Those of [`field`](Self::field).
    pub(super) fn name(&self, name: &str) -> Result<Option<Zeroizing<String>>, Error> {
        // Go begins a comment at every `;`, and Python only after white space.
        self.read(name, |value| {
            let value = unquoted(value);
            value.split_once(';').map_or(value, |(value, _)| value.trim())
        })
    }

    fn read(&self, name: &str, end: fn(&str) -> &str) -> Result<Option<Zeroizing<String>>, Error> {
        let defaults = || self.defaults.and_then(|defaults| defaults.value(name));
        let Some(lines) = self.own.value(name).or_else(defaults) else {
            return Ok(None);
        };
        // Reserve the full length: growing would leave buffers behind.
        let length = lines.iter().map(|line| line.len() + 1).sum();
        let mut whole = Zeroizing::new(String::with_capacity(length));
        for (index, line) in lines.iter().enumerate() {
            if index > 0 {
                whole.push('\n');
            }
            whole.push_str(line);
        }
        let written = unquoted(end(without_comment(&whole)));
        let mut value = Zeroizing::new(String::with_capacity(written.len()));
        let mut rest = written.chars();
        while let Some(next) = rest.next() {
            if next == '%' && rest.next() != Some('%') {
                let message = format!("the field `{name}` has a % that is not written %%");
                return Err(Error::new(ErrorKind::Credential, message));
            }
            value.push(next);
        }
        Ok((!value.is_empty()).then_some(value))
    }

    /// Returns the value of a field that holds a key or a token.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`]: those of [`field`](Self::field), or the value has a character
    /// that no key or token has.
    pub(super) fn key(&self, name: &str) -> Result<Option<Zeroizing<String>>, Error> {
        let unusable = |error: Error| error.with_source(Unusable::new("a key has no single %"));
        let Some(value) = self.name(name).map_err(unusable)? else { return Ok(None) };
        Ok(key(&value, name)?.map(|key| Zeroizing::new(key.to_owned())))
    }
}

/// Returns the quote that a value begins with, if it may have more lines.
fn opening(value: &str) -> Option<&'static str> {
    ["\"\"\"", "`"].into_iter().find(|quote| value.starts_with(quote))
}

/// Returns a value that begins with this quote, up to the last one of the line that has another.
fn closed<'a>(value: &'a str, quote: &str) -> Option<&'a str> {
    let inside = value.get(quote.len()..)?;
    let first = inside.find(quote)?;
    let line = inside[first..].find('\n').map_or(inside, |end| &inside[..first + end]);
    value.get(..line.rfind(quote)? + 2 * quote.len())
}

fn without_comment(value: &str) -> &str {
    if let Some(quoted) = opening(value).and_then(|quote| closed(value, quote)) {
        return quoted;
    }
    let is_comment = |(at, mark): &(usize, char)| match mark {
        '#' => true,
        ';' => value[..*at].chars().next_back().is_none_or(char::is_whitespace),
        _ => false,
    };
    let end = value.char_indices().find(is_comment).map_or(value.len(), |(at, _)| at);
    value[..end].trim()
}

fn unquoted(value: &str) -> &str {
    let within = |quotes| value.strip_prefix(quotes)?.strip_suffix(quotes);
    let value = ["\"\"\"", "\"", "'", "`"].into_iter().find_map(within).unwrap_or(value);
    value.trim()
}

/// Returns `true` for a line that is a section or a field even if it is indented: no line of a
/// multi-line value, such as a policy, has this form. The last line of a Base64 text, which may end
/// in `==`, is not one.
fn begins_anew(line: &str) -> bool {
    let is_names = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    let section = line.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    if let Some((name, _)) = section {
        return !name.is_empty() && name.bytes().all(is_names);
    }
    line.split_once(['=', ':']).is_some_and(|(name, value)| {
        let (name, value) = (name.trim_end(), value.trim_start());
        let is_known = || FIELDS.contains(&unquoted(name).to_lowercase().as_str());
        let is_named = || !value.is_empty() && !name.is_empty() && name.bytes().all(is_names);
        !value.starts_with('=') && (is_named() || is_known())
    })
}

/// Returns the name in brackets, whatever follows them.
fn section_name(line: &str) -> Option<&str> {
    let (name, _) = line.strip_prefix('[')?.rsplit_once(']')?;
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests;
