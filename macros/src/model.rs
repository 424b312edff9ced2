//! What a declaration means, without its syntax.

use quote::format_ident;
use syn::{Attribute, Ident, LitInt, LitStr, Path, Type, Visibility};

/// One use of `kms_api!`.
pub(crate) struct Api {
    /// The crate that the emitted code uses, as its macro names it: `$crate`.
    pub(crate) root: Path,
    pub(crate) version: LitStr,
    pub(crate) methods: Methods,
    /// The expression on which the examples of requests call the methods, in which `client` is a
    /// client.
    pub(crate) examples: Option<LitStr>,
    pub(crate) registry: Option<Registry>,
    pub(crate) actions: Vec<Action>,
    pub(crate) objects: Vec<Object>,
    pub(crate) values: Vec<Values>,
}

/// The type that gets the client methods.
pub(crate) enum Methods {
    /// `impl Client;`: methods of a type of this crate.
    Inherent(Type),
    /// `pub trait Name;`: a trait that the client implements.
    Trait(Visibility, Ident),
    /// No type: calls are made with `client.invoke(request)`.
    None,
}

/// `pub registry NAME;`: the list of what is declared.
pub(crate) struct Registry {
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
}

/// An action of the RPC dialect or an operation of the instance's own.
pub(crate) struct Action {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) docs: String,
    pub(crate) doc_url: Option<LitStr>,
    pub(crate) deprecated: bool,
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
    /// The client method's name.
    pub(crate) method: Ident,
    pub(crate) dialect: Dialect,
    pub(crate) gateways: Vec<Gateway>,
    pub(crate) data_plane: bool,
    pub(crate) http_method: Option<Ident>,
    pub(crate) idempotent: bool,
    pub(crate) pages: Option<Pages>,
    pub(crate) request: Vec<Field>,
    pub(crate) response: Vec<Field>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gateway {
    Shared,
    Instance,
}

/// How the next page of a list is requested.
pub(crate) struct Pages {
    /// The response's field that is the list.
    pub(crate) list: Ident,
    pub(crate) by: PagesBy,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum PagesBy {
    /// The response's `NextToken` is sent with the next request.
    Token,
    /// `PageNumber`, `PageSize`, `TotalCount`.
    Number,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Rpc,
    Protobuf,
}

/// An object inside requests or responses.
pub(crate) struct Object {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
    pub(crate) fields: Vec<Field>,
}

/// An enum of known texts, with a variant for any other text.
pub(crate) struct Values {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
    pub(crate) known: Vec<KnownValue>,
}

/// `Variant = "text"`
pub(crate) struct KnownValue {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) name: Ident,
    pub(crate) text: LitStr,
}

/// A parameter or a response field.
pub(crate) struct Field {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) docs: String,
    pub(crate) name: Ident,
    pub(crate) ty: Type,
    pub(crate) wire_name: LitStr,
    pub(crate) secret: bool,
    pub(crate) json: bool,
    pub(crate) base64: bool,
    pub(crate) in_body: bool,
    pub(crate) required: Required,
    pub(crate) each: Option<LitStr>,
    pub(crate) number: Option<LitInt>,
    /// Whether it may be empty in an answer.
    pub(crate) or_empty: bool,
    /// The field that an answer may have instead of it, and the wire name of that field.
    pub(crate) or: Option<(Ident, String)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Required {
    No,
    ByService,
    OnShared,
    Always,
}

impl Action {
    pub(crate) fn request_name(&self) -> Ident {
        format_ident!("{}Request", self.name)
    }

    pub(crate) fn response_name(&self) -> Ident {
        format_ident!("{}Response", self.name)
    }
}

/// The part of a field's type that decides how it is set.
pub(crate) enum Shape<'a> {
    Plain(&'a Type),
    Option(&'a Type),
    List(&'a Type),
}

impl Field {
    /// `Option<T>`, `Vec<T>` except bytes, or anything else.
    pub(crate) fn shape(&self) -> Shape<'_> {
        match argument(&self.ty, "Option") {
            Some(inner) => Shape::Option(inner),
            None => match argument(&self.ty, "Vec") {
                Some(item) if !is_byte(item) => Shape::List(item),
                _ => Shape::Plain(&self.ty),
            },
        }
    }

    /// Returns `true` if the name of the type, or of the type inside its `Option`, is one of a type
    /// that is not secret, so that the emitted code need not compare the mark with the type.
    pub(crate) fn is_plainly_plain(&self) -> bool {
        const PLAIN: [&str; 4] = ["String", "i32", "i64", "bool"];
        match self.shape() {
            Shape::Plain(ty) | Shape::Option(ty) => is_named(ty, &PLAIN),
            Shape::List(_) => true,
        }
    }

    /// Returns `true` unless the type's name shows that a message of the instance's dialect, which
    /// is flat, cannot have it. Types whose names do not show it are refused when the table is
    /// evaluated.
    pub(crate) fn is_of_a_message(&self) -> bool {
        const MAPS: [&str; 3] = ["Pairs", "JsonObject", "Map"];
        match self.shape() {
            Shape::List(item) => is_named(item, &["String"]),
            Shape::Plain(ty) | Shape::Option(ty) => !is_named(ty, &MAPS),
        }
    }
}

fn is_byte(ty: &Type) -> bool {
    is_named(ty, &["u8"])
}

fn is_named(ty: &Type, names: &[&str]) -> bool {
    last_segment(ty).is_some_and(|segment| names.iter().any(|name| segment.ident == name))
}

/// The `T` of `Name<T>`.
fn argument<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let segment = last_segment(ty).filter(|segment| segment.ident == name)?;
    match &segment.arguments {
        syn::PathArguments::AngleBracketed(arguments) => match arguments.args.first()? {
            syn::GenericArgument::Type(inner) => Some(inner),
            _ => None,
        },
        _ => None,
    }
}

fn last_segment(ty: &Type) -> Option<&syn::PathSegment> {
    let Type::Path(syn::TypePath { path: Path { segments, .. }, .. }) = ty else {
        return None;
    };
    segments.last()
}
