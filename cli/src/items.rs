//! Lists that are written item by item, as for `aliyun kms`: `--ResourceId.1 a`, `--Tag.1.Key k`.
//!
//! clap knows only options that are declared. So what looks like an item among the arguments is
//! declared for each action that has such a list.

use std::ffi::OsString;

use alibabacloud_kms::middleware::payload::{FieldInfo, FieldKind, PayloadInfo};
use clap::{Arg, ArgMatches};
use serde_json::{Map, Value as Json};
use zeroize::Zeroizing;

use crate::names::is_named;
use crate::output::Failure;

/// The maximum length of an item's option in bytes.
const MAX_LENGTH: usize = 128;

/// The options among the arguments that look like items of lists, each once.
pub(crate) struct Items(Vec<String>);

/// An item of a list, or a field of an item.
struct Item<'a> {
    number: u32,
    /// The field of an item that is an object.
    member: Option<&'a str>,
}

impl Items {
    /// Finds them. Some may be values of other options, which does no harm.
    pub(crate) fn among(args: &[OsString]) -> Self {
        let name = |arg: &OsString| {
            let arg = arg.to_string_lossy();
            Some(arg.strip_prefix("--")?.split('=').next()?.to_owned())
        };
        let mut items: Vec<_> = args.iter().filter_map(name).filter(|name| is_item(name)).collect();
        items.sort_unstable();
        items.dedup();
        Self(items)
    }

    /// Returns the options for items of this list, which help texts do not show.
    pub(crate) fn options(&self, list: &FieldInfo) -> Vec<Arg> {
        let own = self.0.iter().filter(|option| item(list, option).is_some());
        let option = |name: &String| {
            Arg::new(name.clone())
                .long(name.clone())
                .value_name("TEXT")
                .hide(true)
                .allow_hyphen_values(true)
        };
        own.map(option).collect()
    }
}

/// Returns the list whose items are given, as JSON, or `None` if none is given.
pub(crate) fn given(
    list: &FieldInfo,
    parameters: &ArgMatches,
) -> Result<Option<Zeroizing<String>>, Failure> {
    let mut items = Vec::new();
    for id in parameters.ids() {
        let Some(item) = item(list, id.as_str()) else { continue };
        if let Some(value) = parameters.get_one::<String>(id.as_str()) {
            items.push((item, value));
        }
    }
    if items.is_empty() {
        return Ok(None);
    }
    if parameters.contains_id(list.name) {
        return Err(Failure::usage(format!(
            "--{0} is given as a whole and as --{0}.{1}: use one of them",
            list.name, items[0].0.number
        )));
    }
    items.sort_by_key(|(item, _)| item.number);
    joined(list, &items).map(|json| Some(Zeroizing::new(json.to_string())))
}

/// Returns items, sorted by number, as a list.
fn joined(list: &FieldInfo, items: &[(Item<'_>, &String)]) -> Result<Json, Failure> {
    let mut all = Vec::new();
    for (number, same) in
        (1..).zip(items.chunk_by(|(one, _), (other, _)| one.number == other.number))
    {
        let found = same[0].0.number;
        if found != number {
            return Err(Failure::usage(format!(
                "--{0}.{found} is given without --{0}.{number}: number the items from 1, without gaps",
                list.name
            )));
        }
        all.push(one(list, same)?);
    }
    Ok(Json::Array(all))
}

/// Returns one item, which has a text or fields.
fn one(list: &FieldInfo, parts: &[(Item<'_>, &String)]) -> Result<Json, Failure> {
    let twice = |what: &str| Err(Failure::usage(format!("--{}.{what} is given twice", list.name)));
    let mut object = Map::new();
    for (Item { number, member }, value) in parts {
        match member {
            None if parts.len() > 1 => return twice(&number.to_string()),
            None => return Ok(Json::String((*value).clone())),
            Some(member) => {
                let old = object.insert((*member).to_owned(), Json::String((*value).clone()));
                if old.is_some() {
                    return twice(&format!("{number}.{member}"));
                }
            }
        }
    }
    Ok(Json::Object(object))
}

/// Returns `true` for `Name.1` and `Name.1.Field`.
fn is_item(option: &str) -> bool {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    option.len() <= MAX_LENGTH
        && option.bytes().all(is_name)
        && option.split('.').nth(1).is_some_and(|number| number_of(number).is_some())
}

/// Reads an option as an item of this list.
fn item<'a>(list: &FieldInfo, option: &'a str) -> Option<Item<'a>> {
    let (name, rest) = option.split_once('.')?;
    if !is_named(list.name, name) {
        return None;
    }
    match list.kind {
        FieldKind::StringList => Some(Item { number: number_of(rest)?, member: None }),
        FieldKind::ObjectList(info) => {
            let (number, member) = rest.split_once('.')?;
            Some(Item { number: number_of(number)?, member: Some(wire_name(info, member)) })
        }
        _ => None,
    }
}

fn number_of(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// Returns the field's own name. An unknown name is refused with the object that has it.
fn wire_name<'a>(info: &PayloadInfo, member: &'a str) -> &'a str {
    info.fields.iter().map(|field| field.name).find(|name| is_named(name, member)).unwrap_or(member)
}
