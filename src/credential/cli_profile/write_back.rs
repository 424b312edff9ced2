//! Writes fields of a profile back to the CLI's file, and leaves every other octet as it is.
//!
//! The file is read anew, changed, written beside and renamed into place, so that whoever reads it
//! finds the old one or the new one. Permissions stay, and so does a link. There is no lock: the CLI
//! takes none, so that one of ours would keep nobody out; what is read and written is a matter of
//! milliseconds, and within a process one write waits for the other.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::ops::Range;
use std::path::Path;
use std::sync::Mutex;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::config::{Config, Profile};
use crate::credential::file;
use crate::lock::lock;
use crate::{Error, ErrorKind};

/// What is to be written.
pub(super) struct Change {
    /// The profile's name.
    pub(super) profile: String,
    /// A JSON object of the fields and their values.
    pub(super) fields: Zeroizing<String>,
    /// Makes the name of the file that is renamed one of its own.
    pub(super) nonce: String,
}

impl Change {
    /// Writes, if the profile is as expected. Nothing is written otherwise, and that is no error.
    pub(super) async fn write(
        self,
        path: &Path,
        is_expected: impl Fn(&Profile) -> bool + Send + 'static,
    ) -> Result<(), Error> {
        let path = path.to_owned();
        let written = tokio::task::spawn_blocking(move || self.write_now(&path, is_expected)).await;
        written.unwrap_or_else(|error| {
            let message = "a file was not written to its end";
            Err(Error::new(ErrorKind::Credential, message).with_source(error))
        })
    }

    fn write_now(&self, path: &Path, is_expected: impl Fn(&Profile) -> bool) -> Result<(), Error> {
        static WRITING: Mutex<()> = Mutex::new(());
        let _alone = lock(&WRITING);

        let text = file::read_now(path)?;
        let config = Config::parse(&text)?;
        if !config.profile(&self.profile).is_some_and(is_expected) {
            return Ok(());
        }
        let unwritten = || {
            let message = format!("the file {} cannot be written", path.display());
            Error::new(ErrorKind::Credential, message)
        };
        let edited = edited(&text, &self.profile, &self.fields).ok_or_else(unwritten)?;
        replace(path, &edited, &self.nonce).map_err(|error| unwritten().with_source(error))
    }
}

/// The file's text with these fields in that profile; none if it is not of the CLI's form.
fn edited(text: &str, profile: &str, fields: &str) -> Option<Zeroizing<String>> {
    let json = text.strip_prefix('\u{feff}').unwrap_or(text);
    let config: Object<'_> = serde_json::from_str(json).ok()?;
    let profiles: Vec<&RawValue> = serde_json::from_str(config.value("profiles")?.get()).ok()?;
    let (whole, found) = profiles.into_iter().find_map(|raw| {
        let object: Object<'_> = serde_json::from_str(raw.get()).ok()?;
        let name: String = serde_json::from_str(object.value("name")?.get()).ok()?;
        (name == profile).then_some((raw, object))
    })?;
    let fields: Object<'_> = serde_json::from_str(fields).ok()?;

    let mut edits: Vec<(Range<usize>, Zeroizing<String>)> = Vec::new();
    // Behind the brace.
    let start = place(text, whole).start + 1;
    for (name, value) in &fields.0 {
        let mut is_new = true;
        for (_, old) in found.0.iter().filter(|(known, _)| known == name) {
            edits.push((place(text, old), Zeroizing::new(value.get().to_owned())));
            is_new = false;
        }
        if is_new {
            let field = format!("\"{name}\": {}, ", value.get());
            edits.push((start..start, Zeroizing::new(field)));
        }
    }
    edits.sort_by_key(|(place, _)| place.start);

    let added: usize = edits.iter().map(|(_, new)| new.len()).sum();
    let mut out = Zeroizing::new(String::with_capacity(text.len() + added));
    let mut copied = 0;
    for (place, new) in &edits {
        out.push_str(text.get(copied..place.start)?);
        out.push_str(new);
        copied = place.end;
    }
    out.push_str(text.get(copied..)?);
    Some(out)
}

/// Where a value is in the text of which it is a part.
fn place(text: &str, value: &RawValue) -> Range<usize> {
    let start = value.get().as_ptr().addr() - text.as_ptr().addr();
    start..start + value.get().len()
}

fn replace(path: &Path, content: &str, nonce: &str) -> io::Result<()> {
    // A link goes on to point to the file.
    let path = std::fs::canonicalize(path)?;
    let permissions = std::fs::metadata(&path)?.permissions();
    if permissions.readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{nonce}.tmp"));
    let beside = path.with_file_name(name);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    let written = file
        .write_all(content.as_bytes())
        .and_then(|()| file.set_permissions(permissions))
        .and_then(|()| file.sync_all())
        .and_then(|()| std::fs::rename(&beside, &path));
    if written.is_err() {
        // It is of no use to anyone, and holds secrets.
        let _ = std::fs::remove_file(&beside);
    }
    written
}

/// A JSON object: the names, and the texts of the values.
struct Object<'a>(Vec<(String, &'a RawValue)>);

impl Object<'_> {
    /// As elsewhere, the last one of a name counts.
    fn value(&self, name: &str) -> Option<&RawValue> {
        self.0.iter().rfind(|(known, _)| known == name).map(|(_, value)| *value)
    }
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Object(entries))
            }
        }

        deserializer.deserialize_map(Entries)
    }
}

#[cfg(test)]
mod tests;
