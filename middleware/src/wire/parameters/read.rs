//! Decodes the parameters of the RPC dialect, as a gateway does. All of it is `#[inline]` or
//! generic, so a program that only writes parameters compiles none of it.

use zeroize::Zeroizing;

use super::Parameter;
use crate::payload::{Payload, Scalar, Slot};
use crate::wire::json;

/// Parses `a=b&c=d`: percent-encoded UTF-8, with a plus sign for a space. Returns `None` if it is
/// malformed.
#[inline]
pub fn parse(text: &[u8]) -> Option<Vec<Parameter>> {
    text.split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let end = pair.iter().position(|byte| *byte == b'=');
            let (name, value) = match end {
                Some(end) => (&pair[..end], &pair[end + 1..]),
                None => (pair, &b""[..]),
            };
            let name = decode(name)?;
            let value = decode(value)?;
            Some(Parameter::new(name.as_str(), value))
        })
        .collect()
}

/// Stores parameters in an empty request, the reverse of
/// [`Parameters::new`](super::Parameters::new). Unknown ones are skipped, as the service does, and so
/// are those without a value: clients send `EncryptionContext=` for a context that they do not have.
///
/// # Errors
///
/// The name of a parameter whose value does not fit its field.
pub fn fill<'a>(
    request: &mut dyn Payload,
    parameters: impl IntoIterator<Item = &'a Parameter>,
) -> Result<(), String> {
    let entries = parameters
        .into_iter()
        .map(|parameter| Entry { path: &parameter.name, value: &parameter.value });
    fill_entries(request, entries.collect())
}

/// The rest of a parameter's name, and its value.
#[derive(Clone, Copy)]
struct Entry<'a> {
    path: &'a str,
    value: &'a str,
}

impl<'a> Entry<'a> {
    /// Returns the first part of the name, and what follows it.
    #[inline]
    fn split(self) -> (&'a str, Self) {
        let (head, path) = self.path.split_once('.').unwrap_or((self.path, ""));
        (head, Self { path, ..self })
    }
}

#[inline]
fn fill_entries(payload: &mut dyn Payload, mut entries: Vec<Entry<'_>>) -> Result<(), String> {
    entries.sort_by_key(|entry| entry.split().0);
    for group in entries.chunk_by(|one, next| one.split().0 == next.split().0) {
        let name = group[0].split().0;
        let rest: Vec<Entry<'_>> = group.iter().map(|entry| entry.split().1).collect();
        let Some((info, field)) = payload.named_mut(name) else {
            continue;
        };
        if let [Entry { path: "", value: "" }] = &rest[..] {
            continue;
        }
        let taken = match (info.json, &rest[..]) {
            (false, _) => fill_slot(field.slot(), rest)?,
            (true, [Entry { path: "", value }]) => {
                json::decode_field(value.as_bytes(), info, field).is_ok()
            }
            (true, _) => false,
        };
        if !taken {
            return Err(name.to_owned());
        }
    }
    Ok(())
}

/// Returns `false` if the field is of another form.
#[inline]
fn fill_slot(slot: Slot<'_>, entries: Vec<Entry<'_>>) -> Result<bool, String> {
    match (slot, &entries[..]) {
        (Slot::Scalar(field), [Entry { path: "", value }]) => {
            return Ok(field.set(Scalar::Text(value)));
        }
        (Slot::Texts(texts), _) => {
            let Some(items) = items(&entries) else {
                return Ok(false);
            };
            for (_, entry) in items {
                if !entry.path.is_empty() {
                    return Ok(false);
                }
                texts.push(entry.value.to_owned());
            }
        }
        (Slot::Objects(list), _) => {
            let Some(items) = items(&entries) else {
                return Ok(false);
            };
            for item in items.chunk_by(|(one, _), (next, _)| one == next) {
                let fields = item.iter().map(|(_, entry)| *entry).collect();
                fill_entries(list.push(), fields)?;
            }
        }
        (Slot::Object(object), _) => fill_entries(object, entries)?,
        (Slot::Pairs(pairs), _) => {
            for entry in entries {
                pairs.insert(entry.path, entry.value);
            }
        }
        (Slot::Json(map), _) => {
            for entry in entries {
                map.insert(entry.path.to_owned(), entry.value.into());
            }
        }
        (Slot::Scalar(_), _) => return Ok(false),
    }
    Ok(true)
}

/// Returns the entries of a list by their position, counted from 1.
#[inline]
fn items<'a>(entries: &[Entry<'a>]) -> Option<Vec<(u32, Entry<'a>)>> {
    let mut items: Vec<(u32, Entry<'a>)> = entries
        .iter()
        .map(|entry| {
            let (position, entry) = entry.split();
            let position = position.parse().ok().filter(|position| *position > 0)?;
            Some((position, entry))
        })
        .collect::<Option<_>>()?;
    items.sort_by_key(|(position, _)| *position);
    Some(items)
}

#[inline]
fn decode(text: &[u8]) -> Option<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text;
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        bytes.push(match first {
            b'%' => {
                let (digits, behind) = rest.split_at_checked(2)?;
                rest = behind;
                16 * hex_digit(digits[0])? + hex_digit(digits[1])?
            }
            b'+' => b' ',
            other => *other,
        });
    }
    let text = String::from_utf8(std::mem::take(&mut *bytes));
    text.map(Zeroizing::new).map_err(|error| drop(Zeroizing::new(error.into_bytes()))).ok()
}

#[inline]
fn hex_digit(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}
