//! `action Encrypt { gateways: shared, instance; idempotent: true; request { .. } response { .. } }`

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Ident, LitBool, LitInt, Token, Type, Visibility, parse_quote_spanned};

use super::attributes::{doc_url, docs, without};
use super::field::{Block, fields, number};
use super::names::{method_name, unique};
use super::pages::pages;
use super::recover;
use crate::errors::Errors;
use crate::model::{Action, Dialect, Field, Gateway, Required};

/// Reads an action after its keyword. Returns `None` if a part is missing.
pub(super) fn action(
    input: ParseStream<'_>,
    attributes: Vec<Attribute>,
    visibility: Visibility,
    dialect: Dialect,
    errors: &mut Errors,
) -> syn::Result<Option<Action>> {
    let name: Ident = input.parse()?;
    let body;
    syn::braced!(body in input);
    let method = errors.take(method_name(&name));
    let doc_url = errors.take(doc_url(&attributes)).flatten();
    let mut own = Errors::default();
    let mut parts = Parts::default();
    while !body.is_empty() {
        let read = parts.read(&body, dialect, &mut own);
        if own.take(read).is_none() {
            recover::past_item(&body);
        }
    }
    // Missing parts are reported only if everything was read: a part that seems to be missing may
    // be one that could not be read.
    if own.is_empty() {
        parts.complain_of_missing(&name, dialect, &mut own);
    }
    errors.append(own);
    let Parts { gateways, http_method, idempotent, data_plane, request_id, .. } = parts;
    let gateways = match dialect {
        Dialect::Rpc => gateways,
        Dialect::Protobuf => Some(vec![Gateway::Instance]),
    };
    let (Some(method), Some(gateways), Some(idempotent), Some(request), Some(mut response)) =
        (method, gateways, idempotent, parts.request, parts.response)
    else {
        return Ok(None);
    };
    let pages = parts.pages.and_then(|list| errors.take(pages(list, &request, &response)));
    insert(id_of_request(name.span(), request_id), &mut response);
    Ok(Some(Action {
        pages,
        docs: docs(&attributes),
        doc_url,
        deprecated: attributes.iter().any(|attribute| attribute.path().is_ident("deprecated")),
        attributes: without(attributes, "doc_url"),
        visibility,
        method,
        dialect,
        data_plane: data_plane.unwrap_or_else(|| gateways.contains(&Gateway::Instance)),
        gateways,
        http_method,
        idempotent,
        request,
        response,
        name,
    }))
}

/// The settings between an action's braces.
#[derive(Default)]
struct Parts {
    gateways: Option<Vec<Gateway>>,
    http_method: Option<Ident>,
    idempotent: Option<bool>,
    data_plane: Option<bool>,
    pages: Option<Ident>,
    request_id: Option<LitInt>,
    request: Option<Vec<Field>>,
    response: Option<Vec<Field>>,
}

impl Parts {
    fn read(
        &mut self,
        input: ParseStream<'_>,
        dialect: Dialect,
        errors: &mut Errors,
    ) -> syn::Result<()> {
        let setting = input.call(Ident::parse_any)?;
        let wrong = |message: &str| Err(syn::Error::new(setting.span(), message));
        match (setting.to_string().as_str(), dialect) {
            ("gateways" | "data_plane" | "method" | "pages", Dialect::Protobuf) => {
                let own = format!("an operation is the instance's own: leave out `{setting}`");
                wrong(&own)
            }
            ("request_id", Dialect::Rpc) => wrong(
                "only an operation gives the number of its response's `request_id`: leave it out",
            ),
            ("gateways", _) => {
                set(&mut self.gateways, &setting, input, |input| gateways(input, errors))
            }
            ("method", _) => set(&mut self.http_method, &setting, input, http_method),
            ("idempotent", _) => set(&mut self.idempotent, &setting, input, boolean),
            ("data_plane", _) => set(&mut self.data_plane, &setting, input, boolean),
            ("pages", _) => set(&mut self.pages, &setting, input, Ident::parse_any),
            ("request_id", _) => {
                set(&mut self.request_id, &setting, input, |input| number(input, dialect))
            }
            ("request", _) => {
                once(&mut self.request, &setting, || fields(input, dialect, Block::Request, errors))
            }
            ("response", _) => once(&mut self.response, &setting, || {
                fields(input, dialect, Block::Response, errors)
            }),
            (_, Dialect::Rpc) => wrong(
                "expected one of: gateways, data_plane, method, idempotent, pages, request, response",
            ),
            (_, Dialect::Protobuf) => {
                wrong("expected one of: idempotent, request_id, request, response")
            }
        }
    }

    fn complain_of_missing(&self, name: &Ident, dialect: Dialect, errors: &mut Errors) {
        let is_operation = dialect == Dialect::Protobuf;
        let parts = [
            (self.gateways.is_some() || is_operation, "gateways: shared;"),
            // No default: the author of the declaration must decide whether a call may be repeated.
            (self.idempotent.is_some(), "idempotent: true;` or `idempotent: false;"),
            (self.request_id.is_some() || !is_operation, "request_id: 3;"),
            (self.request.is_some(), "request { .. }"),
            (self.response.is_some(), "response { .. }"),
        ];
        let missing: Vec<_> = parts
            .iter()
            .filter(|(is_there, _)| !is_there)
            .map(|(_, part)| format!("`{part}`"))
            .collect();
        if !missing.is_empty() {
            errors.at(name.span(), format!("`{name}` lacks {}", missing.join(" and ")));
        }
    }
}

/// The field that every response has.
fn id_of_request(span: Span, number: Option<LitInt>) -> Field {
    const DOCS: &str = "The id of the request, to quote to support.";
    let ty: Type = parse_quote_spanned!(span=> ::std::string::String);
    Field {
        attributes: vec![parse_quote_spanned!(span=> #[doc = #DOCS])],
        docs: DOCS.to_owned(),
        name: Ident::new("request_id", span),
        ty,
        wire_name: syn::LitStr::new("RequestId", span),
        secret: false,
        json: false,
        base64: false,
        in_body: false,
        // Not required: the response is complete without it.
        required: Required::No,
        each: None,
        number,
        or_empty: false,
        or: None,
    }
}

/// Puts the id where its number belongs, or at the end.
fn insert(id: Field, response: &mut Vec<Field>) {
    let number =
        |field: &Field| field.number.as_ref().and_then(|number| number.base10_parse::<u32>().ok());
    let own = number(&id);
    let place = response.iter().position(|field| own.is_some() && number(field) > own);
    response.insert(place.unwrap_or(response.len()), id);
}

/// `: value;`
fn set<T>(
    slot: &mut Option<T>,
    setting: &Ident,
    input: ParseStream<'_>,
    value: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<()> {
    once(slot, setting, || {
        input.parse::<Token![:]>()?;
        let value = value(input)?;
        input.parse::<Token![;]>()?;
        Ok(value)
    })
}

fn once<T>(
    slot: &mut Option<T>,
    setting: &Ident,
    value: impl FnOnce() -> syn::Result<T>,
) -> syn::Result<()> {
    if slot.is_some() {
        let twice = format!("`{setting}` is given twice");
        return Err(syn::Error::new(setting.span(), twice));
    }
    *slot = Some(value()?);
    Ok(())
}

fn gateways(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Vec<Gateway>> {
    let mut names: Vec<Ident> = Vec::new();
    let mut gateways = Vec::new();
    loop {
        let name: Ident = input.parse()?;
        gateways.push(match name.to_string().as_str() {
            "shared" => Gateway::Shared,
            "instance" => Gateway::Instance,
            _ => return Err(syn::Error::new(name.span(), "expected `shared` or `instance`")),
        });
        names.push(name);
        if !input.peek(Token![,]) {
            break;
        }
        input.parse::<Token![,]>()?;
    }
    unique(names.iter(), "named", errors);
    Ok(gateways)
}

fn boolean(input: ParseStream<'_>) -> syn::Result<bool> {
    input.parse::<LitBool>().map(|value| value.value)
}

fn http_method(input: ParseStream<'_>) -> syn::Result<Ident> {
    let method: Ident = input.parse()?;
    if method == "GET" || method == "POST" {
        Ok(method)
    } else {
        Err(syn::Error::new(method.span(), "expected `GET` or `POST`"))
    }
}
