//! From tokens to the model; every error points at the token that is wrong.

mod field;
mod values;

use std::collections::HashSet;

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, LitBool, LitStr, Meta, Token, Visibility};

use self::field::fields;
use self::values::values;
use crate::model::{Action, Api, Dialect, Field, Methods, Object, Pages, PagesBy, Shape};

mod keyword {
    syn::custom_keyword!(action);
    syn::custom_keyword!(operation);
    syn::custom_keyword!(object);
    syn::custom_keyword!(values);
    syn::custom_keyword!(version);
}

impl Parse for Api {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.parse::<keyword::version>()?;
        input.parse::<Token![=]>()?;
        let version = input.parse()?;
        input.parse::<Token![;]>()?;
        let mut api = Self {
            version,
            methods: methods(input)?,
            actions: Vec::new(),
            objects: Vec::new(),
            values: Vec::new(),
        };
        while !input.is_empty() {
            item(input, &mut api)?;
        }
        let names = api.actions.iter().map(|action| &action.name);
        unique(names.chain(api.objects.iter().map(|object| &object.name)), "declared")?;
        Ok(api)
    }
}

/// `impl Client;`, `pub trait Name;`, or nothing.
fn methods(input: ParseStream<'_>) -> syn::Result<Methods> {
    let ahead = input.fork();
    let visibility: Visibility = ahead.parse()?;
    let methods = if input.peek(Token![impl]) {
        input.parse::<Token![impl]>()?;
        Methods::Inherent(input.parse()?)
    } else if ahead.peek(Token![trait]) {
        input.parse::<Visibility>()?;
        input.parse::<Token![trait]>()?;
        Methods::Trait(visibility, input.parse()?)
    } else {
        return Ok(Methods::None);
    };
    input.parse::<Token![;]>()?;
    Ok(methods)
}

fn item(input: ParseStream<'_>, api: &mut Api) -> syn::Result<()> {
    let attributes = input.call(Attribute::parse_outer)?;
    let visibility = input.parse()?;
    let kind = input.lookahead1();
    if kind.peek(keyword::object) {
        input.parse::<keyword::object>()?;
        api.objects.push(object(input, attributes, visibility)?);
    } else if kind.peek(keyword::values) {
        input.parse::<keyword::values>()?;
        api.values.push(values(input, attributes, visibility)?);
    } else if kind.peek(keyword::action) {
        input.parse::<keyword::action>()?;
        api.actions.push(action(input, attributes, visibility, Dialect::Rpc)?);
    } else if kind.peek(keyword::operation) {
        input.parse::<keyword::operation>()?;
        api.actions.push(action(input, attributes, visibility, Dialect::Protobuf)?);
    } else {
        return Err(kind.error());
    }
    Ok(())
}

fn object(
    input: ParseStream<'_>,
    attributes: Vec<Attribute>,
    visibility: Visibility,
) -> syn::Result<Object> {
    Ok(Object {
        attributes,
        visibility,
        name: input.parse()?,
        fields: fields(input, Dialect::Rpc)?,
    })
}

fn action(
    input: ParseStream<'_>,
    attributes: Vec<Attribute>,
    visibility: Visibility,
    dialect: Dialect,
) -> syn::Result<Action> {
    let name: Ident = input.parse()?;
    let (mut gateways, mut method, mut idempotent, mut data_plane) = (None, None, None, None);
    let (mut request, mut response, mut list) = (None, None, None);
    let body;
    syn::braced!(body in input);
    while !body.is_empty() {
        let setting: Ident = body.parse()?;
        match setting.to_string().as_str() {
            "gateways" | "data_plane" | "method" | "pages" if dialect == Dialect::Protobuf => {
                return Err(syn::Error::new(
                    setting.span(),
                    format!("an operation is the instance's own: leave out `{setting}`"),
                ));
            }
            "gateways" => set(&mut gateways, &setting, &body, gateway_list)?,
            "method" => set(&mut method, &setting, &body, http_method)?,
            "idempotent" => set(&mut idempotent, &setting, &body, boolean)?,
            "data_plane" => set(&mut data_plane, &setting, &body, boolean)?,
            "pages" => set(&mut list, &setting, &body, Ident::parse)?,
            "request" => once(&mut request, &setting, || fields(&body, dialect))?,
            "response" => once(&mut response, &setting, || fields(&body, dialect))?,
            _ => {
                return Err(syn::Error::new(
                    setting.span(),
                    "expected one of: gateways, data_plane, method, idempotent, pages, request, response",
                ));
            }
        }
    }
    let missing = |what: &str| syn::Error::new(name.span(), format!("`{name}` lacks `{what}`"));
    let gateways = match dialect {
        Dialect::Rpc => gateways.ok_or_else(|| missing("gateways: shared;"))?,
        Dialect::Protobuf => vec![Ident::new("instance", Span::call_site())],
    };
    let request = request.ok_or_else(|| missing("request { .. }"))?;
    let response = response.ok_or_else(|| missing("response { .. }"))?;
    Ok(Action {
        pages: list.map(|list| pages(list, &request, &response)).transpose()?,
        docs: docs(&attributes),
        doc_url: doc_url(&attributes)?,
        deprecated: attributes.iter().any(|attribute| attribute.path().is_ident("deprecated")),
        attributes: without(attributes, "doc_url"),
        visibility,
        dialect,
        data_plane: data_plane.unwrap_or_else(|| gateways.iter().any(|name| name == "instance")),
        gateways,
        method: method.unwrap_or_else(|| Ident::new("POST", Span::call_site())),
        // Whether a call may be repeated is for whoever declares it to say, never a default.
        idempotent: idempotent
            .ok_or_else(|| missing("idempotent: true;` or `idempotent: false;"))?,
        request,
        response,
        name,
    })
}

/// How the list goes on, as the request's parameters say.
fn pages(list: Ident, request: &[Field], response: &[Field]) -> syn::Result<Pages> {
    let has = |fields: &[Field], name: &str| fields.iter().any(|field| field.name == name);
    let is_list = |field: &Field| field.name == list && matches!(field.shape(), Shape::List(_));
    if !response.iter().any(is_list) {
        let lacks = format!("the response has no list `{list}`: expected a field of type Vec");
        return Err(syn::Error::new(list.span(), lacks));
    }
    let by = if has(request, "next_token") && has(response, "next_token") {
        PagesBy::Token
    } else if has(request, "page_number")
        && ["page_size", "total_count"].iter().all(|name| has(response, name))
    {
        PagesBy::Number
    } else {
        return Err(syn::Error::new(
            list.span(),
            "pages need `next_token` in request and response, or `page_number` in the request and \
             `page_size` and `total_count` in the response",
        ));
    };
    Ok(Pages { list, by })
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

fn gateway_list(input: ParseStream<'_>) -> syn::Result<Vec<Ident>> {
    let mut gateways = Vec::new();
    loop {
        let gateway: Ident = input.parse()?;
        if gateway != "shared" && gateway != "instance" {
            return Err(syn::Error::new(gateway.span(), "expected `shared` or `instance`"));
        }
        gateways.push(gateway);
        if !input.peek(Token![,]) {
            break;
        }
        input.parse::<Token![,]>()?;
    }
    unique(gateways.iter(), "named")?;
    Ok(gateways)
}

fn boolean(input: ParseStream<'_>) -> syn::Result<bool> {
    input.parse::<LitBool>().map(|value| value.value)
}

fn http_method(input: ParseStream<'_>) -> syn::Result<Ident> {
    let method: Ident = input.parse()?;
    match method == "GET" || method == "POST" {
        true => Ok(method),
        false => Err(syn::Error::new(method.span(), "expected `GET` or `POST`")),
    }
}

/// The text of the doc comments, a line each.
fn docs(attributes: &[Attribute]) -> String {
    let lines: Vec<String> = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"))
        .filter_map(string_value)
        .map(|line| line.value().trim().to_owned())
        .collect();
    lines.join("\n").trim().to_owned()
}

fn doc_url(attributes: &[Attribute]) -> syn::Result<Option<LitStr>> {
    let Some(attribute) = attributes.iter().find(|attribute| attribute.path().is_ident("doc_url"))
    else {
        return Ok(None);
    };
    string_value(attribute).map(Some).ok_or_else(|| {
        let wrong = match &attribute.meta {
            Meta::NameValue(pair) => pair.value.span(),
            meta => meta.path().span(),
        };
        syn::Error::new(wrong, "expected #[doc_url = \"https://..\"]")
    })
}

/// The attributes but our own: `rustc` takes the rest, or says that there is no such attribute.
fn without(mut attributes: Vec<Attribute>, own: &str) -> Vec<Attribute> {
    attributes.retain(|attribute| !attribute.path().is_ident(own));
    attributes
}

fn string_value(attribute: &Attribute) -> Option<LitStr> {
    let Meta::NameValue(pair) = &attribute.meta else {
        return None;
    };
    match &pair.value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.clone()),
        _ => None,
    }
}

fn unique<'a>(names: impl Iterator<Item = &'a Ident>, how: &str) -> syn::Result<()> {
    let mut seen = HashSet::new();
    for name in names {
        if !seen.insert(name.to_string()) {
            return Err(syn::Error::new(name.span(), format!("`{name}` is {how} twice")));
        }
    }
    Ok(())
}
