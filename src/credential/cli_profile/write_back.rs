//! Writes fields of a profile back to the CLI's file, and leaves every other byte as it is.
//!
//! The file is read again, changed, written beside the old one and renamed into place, so a reader
//! finds either the old one or the new one. Owner, permissions and links are kept. If no file can
//! be written beside it or given the same owner, and if the file has several names, it is written
//! in place, as the CLI does. There is no lock: the CLI takes none, so ours would exclude nothing.
//! Reading and writing takes milliseconds, and within a process writes wait for each other.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::ops::Range;
use std::path::Path;
use std::sync::Mutex;

use alibabacloud_kms_middleware::__private::shown;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::config::{Config, Profile};
use crate::credential::file;
use crate::lock::lock;
use crate::replaced_file::{has_further_names, sync_folder, take_over};
use crate::trimmed::trimmed;
use crate::{Error, ErrorKind};

/// A change of a profile.
pub(super) struct Change {
    /// The name of the profile.
    pub(super) profile: String,
    /// A JSON object of the fields and their values.
    pub(super) fields: Zeroizing<String>,
    /// Makes the name of the temporary file unique.
    pub(super) nonce: String,
}

impl Change {
    /// Writes the change, if the profile is as expected. Otherwise nothing is written, which is not
    /// an error.
    pub(super) async fn write(
        self,
        path: &Path,
        is_expected: impl Fn(&Profile) -> bool + Send + 'static,
    ) -> Result<(), Error> {
        let path = path.to_owned();
        let written = tokio::task::spawn_blocking(move || self.write_now(&path, is_expected)).await;
        written.unwrap_or_else(|error| {
            let message = "writing a file was interrupted";
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
            let message = format!("the file {} cannot be written", shown(path));
            Error::new(ErrorKind::Credential, message)
        };
        let edited = edited(&text, &self.profile, &self.fields).ok_or_else(unwritten)?;
        replace(path, &text, &edited, &self.nonce).map_err(|error| unwritten().with_source(error))
    }
}

/// Returns the text of the file with these fields in that profile, or `None` if the text does not
/// have the CLI's form.
fn edited(text: &str, profile: &str, fields: &str) -> Option<Zeroizing<String>> {
    let json = text.strip_prefix('\u{feff}').unwrap_or(text);
    let config: Object<'_> = serde_json::from_str(json).ok()?;
    let profiles: Vec<&RawValue> = serde_json::from_str(config.value("profiles")?.get()).ok()?;
    let (whole, found) = profiles.into_iter().find_map(|raw| {
        let object: Object<'_> = serde_json::from_str(raw.get()).ok()?;
        let name: String = serde_json::from_str(object.value("name")?.get()).ok()?;
        (trimmed(&name) == profile).then_some((raw, object))
    })?;
    let fields: Object<'_> = serde_json::from_str(fields).ok()?;

    let mut edits: Vec<(Range<usize>, Zeroizing<String>)> = Vec::new();
    // After the brace.
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

/// Returns the position of a value in the text that contains it.
fn place(text: &str, value: &RawValue) -> Range<usize> {
    let start = value.get().as_ptr().addr() - text.as_ptr().addr();
    start..start + value.get().len()
}

fn replace(path: &Path, text: &str, content: &str, nonce: &str) -> io::Result<()> {
    // A link keeps pointing to the file.
    let path = std::fs::canonicalize(path)?;
    let old = std::fs::metadata(&path)?;
    if old.permissions().readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
    }
    if !has_further_names(&old) {
        match replace_by_new(&path, &old, content, nonce) {
            Err(error) if is_of_the_place(error.kind()) => {}
            written => return written,
        }
    }
    let mut file = OpenOptions::new().write(true).open(&path)?;
    write_over(&mut file, text, content, File::set_len)?;
    file.sync_all()
}

/// Writes the content in place of a file's text. If that fails, such as on a full disk, writes the
/// text again, which had room before.
fn write_over<F: io::Write + io::Seek>(
    file: &mut F,
    text: &str,
    content: &str,
    set_length: fn(&F, u64) -> io::Result<()>,
) -> io::Result<()> {
    let write = |file: &mut F, content: &str| {
        file.rewind()?;
        file.write_all(content.as_bytes())?;
        set_length(file, u64::try_from(content.len()).unwrap_or(u64::MAX))
    };
    write(file, content).inspect_err(|_| {
        // The first error is the cause.
        let _ = write(file, text);
    })
}

/// Returns `true` if a file cannot be replaced where it is, but perhaps written: it is mounted by
/// itself, the folder takes no other file, or its owner cannot be taken over. If there is no room
/// for a new file or the disk fails, the old one is left as it is.
fn is_of_the_place(error: io::ErrorKind) -> bool {
    matches!(
        error,
        io::ErrorKind::PermissionDenied
            | io::ErrorKind::ResourceBusy
            | io::ErrorKind::ReadOnlyFilesystem
            | io::ErrorKind::CrossesDevices
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::InvalidFilename
            | io::ErrorKind::Unsupported
    )
}

fn replace_by_new(path: &Path, old: &Metadata, content: &str, nonce: &str) -> io::Result<()> {
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
        .and_then(|()| take_over(&file, old))
        .and_then(|()| file.sync_all())
        .and_then(|()| std::fs::rename(&beside, path));
    if written.is_err() {
        // It is useless, and holds secrets.
        let _ = std::fs::remove_file(&beside);
        return written;
    }
    // The name is not durable before the folder is on the disk.
    path.parent().inspect(|folder| sync_folder(folder));
    Ok(())
}

/// A JSON object: names, and the texts of the values.
struct Object<'a>(Vec<(String, &'a RawValue)>);

impl Object<'_> {
    /// The last of several equal names counts, as elsewhere.
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
