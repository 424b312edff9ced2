//! `kms actions`: lists the actions, as a table or as JSON in the form of the API's specification.

use std::io::Write;

use alibabacloud_kms::middleware::payload::{FieldInfo, FieldKind, Position, Required};
use alibabacloud_kms::{ActionInfo, Dialect, Gateway};
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::output::{self, Failure};
use crate::registry::Registry;

/// Returns the command line of `kms actions`.
pub(crate) fn command() -> Command {
    let json = Arg::new("json")
        .long("json")
        .action(ArgAction::SetTrue)
        .help("Print them as JSON, with parameters and responses");
    Command::new("actions").about("Lists the actions and the instance's own operations").arg(json)
}

/// Prints the list.
pub(crate) fn run(
    options: &ArgMatches,
    registry: &Registry,
    stdout: &mut dyn Write,
) -> Result<(), Failure> {
    let mut all = registry.actions();
    all.extend(registry.operations());
    output::write(stdout, |out| match options.get_flag("json") {
        true => {
            serde_json::to_writer(&mut *out, &Listing(&all))?;
            writeln!(out)
        }
        false => rows(&all).iter().try_for_each(|[name, gateways, summary]| {
            writeln!(out, "{name:<40} {gateways:<16} {summary}")
        }),
    })
}

/// Returns name, gateways and summary.
fn rows(all: &[&'static ActionInfo]) -> Vec<[String; 3]> {
    let row = |action: &&'static ActionInfo| {
        let name = match action.dialect {
            Dialect::Rpc => action.name.into(),
            Dialect::Protobuf => format!("instance {}", action.name),
        };
        let gateways: Vec<&str> = action.gateways.iter().map(|at| at.as_str()).collect();
        [name, gateways.join(", "), action.summary.into()]
    };
    all.iter().map(row).collect()
}

/// All actions and operations, as JSON.
struct Listing<'a>(&'a [&'static ActionInfo]);

impl Serialize for Listing<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let actions: Vec<Entry> = self.0.iter().copied().map(Entry).collect();
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("actions", &actions)?;
        map.end()
    }
}

/// An action or an operation.
struct Entry(&'static ActionInfo);

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(action) = self;
        // An action belongs to the API of the shared gateway, even if an instance serves it.
        let gateway = match action.dialect {
            Dialect::Rpc => Gateway::Shared,
            Dialect::Protobuf => Gateway::Instance,
        };
        let fields = |place| Fields {
            fields: match place {
                Side::Response => action.response.fields,
                _ => action.request.fields,
            },
            dialect: action.dialect,
            place,
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("action", action.name)?;
        map.serialize_entry("gateway", gateway.as_str())?;
        map.serialize_entry("method", action.method.as_str())?;
        map.serialize_entry("deprecated", &action.deprecated)?;
        map.serialize_entry("parameters", &fields(Side::Parameter))?;
        map.serialize_entry("response", &fields(Side::Response))?;
        map.end()
    }
}

/// The place of a field: only parameters have positions, and only fields of requests are required.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Parameter,
    InParameter,
    Response,
}

/// Fields in the specification's order: by name, or by number.
struct Fields {
    fields: &'static [FieldInfo],
    dialect: Dialect,
    place: Side,
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields: Vec<&FieldInfo> = self.fields.iter().collect();
        fields.sort_unstable_by_key(|field| (field.number, field.name));
        let mut list = serializer.serialize_seq(Some(fields.len()))?;
        for field in fields {
            match self.dialect {
                Dialect::Rpc => list.serialize_element(&RpcField { field, place: self.place })?,
                Dialect::Protobuf => list.serialize_element(&ProtobufField(field))?,
            }
        }
        list.end()
    }
}

/// A field with JSON's types.
struct RpcField {
    field: &'static FieldInfo,
    place: Side,
}

impl Serialize for RpcField {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { field, place } = *self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", field.name)?;
        match field.each {
            // On the wire, the list is inside an object.
            Some(name) => {
                map.serialize_entry("type", "object")?;
                map.serialize_entry("fields", &[Wrapped { name, kind: field.kind, place }])?;
            }
            None => typed(&mut map, field.kind, place)?,
        }
        if place == Side::Parameter {
            let position = match field.position {
                Position::Query => "query",
                Position::Body => "body",
            };
            map.serialize_entry("in", position)?;
        }
        if place != Side::Response && field.required != Required::No {
            map.serialize_entry("required", &true)?;
        }
        if place == Side::Parameter && field.json {
            map.serialize_entry("encoding", "json")?;
        }
        map.end()
    }
}

/// The list inside the object that contains it on the wire.
struct Wrapped {
    name: &'static str,
    kind: FieldKind,
    place: Side,
}

impl Serialize for Wrapped {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", self.name)?;
        typed(&mut map, self.kind, self.place)?;
        map.end()
    }
}

/// Writes the JSON type of a field, with its contents.
fn typed<M: SerializeMap>(map: &mut M, kind: FieldKind, place: Side) -> Result<(), M::Error> {
    let name = match kind {
        FieldKind::String | FieldKind::Bytes => "string",
        FieldKind::Integer => "integer",
        FieldKind::Boolean => "boolean",
        FieldKind::Map => "map",
        FieldKind::StringList | FieldKind::ObjectList(_) => "array",
        FieldKind::Object(_) => "object",
    };
    map.serialize_entry("type", name)?;
    match kind {
        FieldKind::Map => map.serialize_entry("items", "any"),
        FieldKind::StringList => map.serialize_entry("items", "string"),
        FieldKind::Object(info) | FieldKind::ObjectList(info) => {
            let fields = Fields {
                fields: info.fields,
                dialect: Dialect::Rpc,
                place: match place {
                    Side::Response => Side::Response,
                    _ => Side::InParameter,
                },
            };
            map.serialize_entry("fields", &fields)
        }
        _ => Ok(()),
    }
}

/// A field with protobuf's types. Messages have scalars and lists of texts only.
struct ProtobufField(&'static FieldInfo);

impl Serialize for ProtobufField {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(field) = self;
        let name = match field.kind {
            FieldKind::Integer => "int32",
            FieldKind::Boolean => "bool",
            FieldKind::Bytes => "bytes",
            _ => "string",
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("number", &field.number)?;
        map.serialize_entry("name", field.name)?;
        map.serialize_entry("type", name)?;
        if matches!(field.kind, FieldKind::StringList) {
            map.serialize_entry("repeated", &true)?;
        }
        map.end()
    }
}
