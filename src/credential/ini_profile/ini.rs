//! INI as the official Python SDK reads it, with Python's `configparser`.
//!
//! A reader of our own, as values are secrets: they stay where the file was read to until one is asked
//! for, and that one is wiped.
//!
//! - `[section]`, `field = value` or `field: value`; names of fields in capitals or not
//! - lines that begin with `#` or `;` are comments, and so is all of a value behind `#`
//! - lines further to the right than their field go on with its value
//! - quotes are a part of the value; `%%` is a percent sign
//! - `[DEFAULT]` holds what all sections have unless they say otherwise
//! - a section or a field that comes twice is wrong

use zeroize::Zeroizing;

use crate::{Error, ErrorKind};

const DEFAULTS: &str = "DEFAULT";

/// A file's sections. They borrow the text.
pub(super) struct Ini<'a> {
    sections: Vec<Lines<'a>>,
}

struct Lines<'a> {
    name: &'a str,
    fields: Vec<(String, Vec<&'a str>)>,
}

/// A section, with what it has from the defaults.
pub(super) struct Section<'i> {
    own: &'i Lines<'i>,
    defaults: Option<&'i Lines<'i>>,
}

impl<'a> Ini<'a> {
    /// Reads a file's text; the error is the number of the line that is wrong. Some editors begin a
    /// file with a byte order mark.
    pub(super) fn parse(text: &'a str) -> Result<Self, usize> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut sections: Vec<Lines<'a>> = Vec::new();
        // How far to the right the last line began, if the next one may go on with it.
        let mut indent = None;
        for (number, line) in (1..).zip(text.lines()) {
            let content = line.trim();
            if content.starts_with(['#', ';']) {
                continue;
            }
            let begin = line.len() - line.trim_start().len();
            let field = sections.last_mut().and_then(|section| section.fields.last_mut());
            match field {
                Some((_, value)) if indent.is_some() && content.is_empty() => value.push(content),
                Some((_, value)) if indent.is_some_and(|indent| begin > indent) => {
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
                        }
                    }
                }
            }
        }
        Ok(Self { sections })
    }

    /// The section of this name.
    pub(super) fn section(&self, name: &str) -> Option<Section<'_>> {
        let find = |name: &str| self.sections.iter().find(|section| section.name == name);
        let own = find(name).filter(|_| name != DEFAULTS)?;
        Some(Section { own, defaults: find(DEFAULTS) })
    }
}

impl<'a> Lines<'a> {
    fn add(&mut self, line: &'a str) -> Option<()> {
        let (name, value) = line.split_once(['=', ':'])?;
        let name = name.trim().to_lowercase();
        if name.is_empty() || self.value(&name).is_some() {
            return None;
        }
        self.fields.push((name, vec![value.trim()]));
        Some(())
    }

    fn value(&self, name: &str) -> Option<&[&'a str]> {
        let field = self.fields.iter().find(|(known, _)| known == name);
        field.map(|(_, value)| value.as_slice())
    }
}

impl Section<'_> {
    /// A field's value; one that is empty is as missing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`]: a single percent sign, which would stand for another field.
    pub(super) fn field(&self, name: &str) -> Result<Option<Zeroizing<String>>, Error> {
        let defaults = || self.defaults.and_then(|defaults| defaults.value(name));
        let Some(lines) = self.own.value(name).or_else(defaults) else {
            return Ok(None);
        };
        // Room for all of it, so that no buffer is outgrown and left behind.
        let length = lines.iter().map(|line| line.len() + 1).sum();
        let mut value = Zeroizing::new(String::with_capacity(length));
        for (index, line) in lines.iter().enumerate() {
            if index > 0 {
                value.push('\n');
            }
            let mut rest = line.chars();
            while let Some(next) = rest.next() {
                if next == '%' && rest.next() != Some('%') {
                    let message = format!("the field `{name}` has a % that is not written %%");
                    return Err(Error::new(ErrorKind::Credential, message));
                }
                value.push(next);
            }
        }
        let shown = value.split('#').next().unwrap_or_default().trim();
        Ok((!shown.is_empty()).then(|| Zeroizing::new(shown.to_owned())))
    }
}

/// The name in brackets, whatever follows them.
fn section_name(line: &str) -> Option<&str> {
    let (name, _) = line.strip_prefix('[')?.rsplit_once(']')?;
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests;
