//! `#[secret] plaintext: SecretString = "Plaintext" in body @ 2`

use std::collections::HashSet;

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Ident, LitInt, LitStr, Token, Type};

use super::attributes::{docs, without};
use super::names::{field_name, pascal_case, unique};
use super::recover;
use crate::errors::Errors;
use crate::model::{Dialect, Field, Required, Shape};

/// The largest field number that protobuf allows.
const MAX_NUMBER: u32 = (1 << 29) - 1;

/// The kind of payload that the fields belong to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    Object,
    Request,
    Response,
}

/// `{ field, field, }`
pub(super) fn fields(
    input: ParseStream<'_>,
    dialect: Dialect,
    place: Block,
    errors: &mut Errors,
) -> syn::Result<Vec<Field>> {
    let body;
    syn::braced!(body in input);
    let mut fields: Vec<Field> = Vec::new();
    while !body.is_empty() {
        let field = field(&body, dialect, errors);
        match errors.take(field) {
            Some(field) => fields.push(field),
            None => recover::to_comma(&body),
        }
        if !body.is_empty() {
            body.parse::<Token![,]>()?;
        }
    }
    unique(fields.iter().map(|field| &field.name), "given", errors);
    let (mut names, mut wire_names) = (HashSet::new(), HashSet::new());
    let mut numbers = HashSet::new();
    name_alternatives(&mut fields, errors);
    for field in &fields {
        check_place(field, place, errors);
        let name = field.wire_name.value();
        let has_own_name = names.insert(field.name.unraw());
        // If the name is given twice, so is the wire name that follows from it. That is one
        // mistake, and reported once.
        if !wire_names.insert(name.clone()) && has_own_name {
            errors.at(field.wire_name.span(), format!("the wire name `{name}` is given twice"));
        }
        if let Some(number) = &field.number
            && !numbers.insert(number.base10_digits())
        {
            errors.at(number.span(), format!("@ {number} is given twice"));
        }
    }
    Ok(fields)
}

fn field(input: ParseStream<'_>, dialect: Dialect, errors: &mut Errors) -> syn::Result<Field> {
    let attributes = input.call(Attribute::parse_outer)?;
    let name = field_name(input)?;
    input.parse::<Token![:]>()?;
    let ty: Type = input.parse()?;
    let mut field = Field {
        docs: docs(&attributes),
        secret: attributes.iter().any(|attribute| attribute.path().is_ident("secret")),
        attributes: without(attributes, "secret"),
        wire_name: LitStr::new(&pascal_case(&name), name.span()),
        name,
        ty,
        json: false,
        base64: false,
        in_body: false,
        required: Required::No,
        each: None,
        number: None,
        or_empty: false,
        or: None,
    };
    field.required = match field.shape() {
        Shape::Plain(_) => Required::Always,
        Shape::Option(_) | Shape::List(_) => Required::No,
    };
    let mut given = HashSet::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        let start = input.span();
        match errors.take(qualifier(input, &mut field, dialect)) {
            Some(kind) if !given.insert(kind) => {
                errors.at(start, format!("`{kind}` is given twice"));
            }
            Some(_) => {}
            None => {
                recover::to_comma(input);
                return Ok(field);
            }
        }
    }
    if dialect == Dialect::Protobuf {
        if field.number.is_none() {
            let lacks = format!("`{}` lacks its protobuf number: `@ 1`", field.name);
            errors.at(field.name.span(), lacks);
        }
        if !field.is_of_a_message() {
            errors.push(syn::Error::new_spanned(
                &field.ty,
                "expected String, SecretString, Vec<u8>, SecretBytes, i32, i64, bool, an Option of \
                 them, or Vec<String>: messages are flat",
            ));
        }
    }
    Ok(field)
}

/// Finds the wire names of the fields that `or` names.
fn name_alternatives(fields: &mut [Field], errors: &mut Errors) {
    let names: Vec<(Ident, String)> =
        fields.iter().map(|field| (field.name.clone(), field.wire_name.value())).collect();
    for (name, wire_name) in fields.iter_mut().filter_map(|field| field.or.as_mut()) {
        match names.iter().find(|(other, _)| other == name) {
            Some((_, found)) => wire_name.clone_from(found),
            None => errors.at(name.span(), format!("there is no field `{name}` here")),
        }
    }
}

/// Refuses names that the macro itself uses, and qualifiers that are allowed only in responses.
fn check_place(field: &Field, place: Block, errors: &mut Errors) {
    let name = field.wire_name.value();
    if place == Block::Response && (field.name == "request_id" || name == "RequestId") {
        errors.at(field.name.span(), "every response has a `request_id`: leave it out");
    }
    if place == Block::Request && (field.or_empty || field.or.is_some()) {
        let wrong = "`or` names what a response may have instead: a request's field has none";
        errors.at(field.name.span(), wrong);
    }
    let has_setter = place != Block::Response && field.required != Required::Always;
    if has_setter && field.name == "new" {
        let wrong = format!(
            "`new` is the constructor: choose another name, and give the one on the wire: \
             `= \"{name}\"`"
        );
        errors.at(field.name.span(), wrong);
    }
}

/// Reads one qualifier, and returns its name.
fn qualifier(
    input: ParseStream<'_>,
    field: &mut Field,
    dialect: Dialect,
) -> syn::Result<&'static str> {
    if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        field.wire_name = input.parse()?;
        return Ok("=");
    }
    if input.peek(Token![@]) {
        input.parse::<Token![@]>()?;
        field.number = Some(number(input, dialect)?);
        return Ok("@");
    }
    let word = input.call(Ident::parse_any)?;
    let wrong = |message: &str| Err(syn::Error::new(word.span(), message));
    match (word.to_string().as_str(), dialect, field.shape()) {
        ("as" | "in" | "each" | "required", Dialect::Protobuf, _) => {
            wrong("an operation's field has a number and no more: @ 1")
        }
        ("as", ..) => {
            let form = input.call(Ident::parse_any)?;
            match form.to_string().as_str() {
                "json" => field.json = true,
                "base64" => field.base64 = true,
                _ => return Err(syn::Error::new(form.span(), "expected `json` or `base64`")),
            }
            Ok("as")
        }
        ("or", _, Shape::Plain(_)) => {
            let what = input.call(Ident::parse_any)?;
            if what == "empty" {
                field.or_empty = true;
                return Ok("or empty");
            }
            field.or = Some((what, String::new()));
            Ok("or")
        }
        ("or", ..) => wrong("an answer need not have an Option or a Vec: leave it out"),
        ("in", ..) => {
            named(input, "body")?;
            field.in_body = true;
            Ok("in")
        }
        ("each", _, Shape::List(_)) => {
            field.each = Some(input.parse()?);
            Ok("each")
        }
        ("each", ..) => wrong("only a list is wrapped in an object: a `Vec`"),
        ("required", _, Shape::Option(_)) => {
            field.required = Required::OnShared;
            if input.peek(Ident::peek_any) {
                named(input, "by")?;
                named(input, "service")?;
                field.required = Required::ByService;
            }
            Ok("required")
        }
        ("required", _, Shape::List(_)) => {
            field.required = Required::Always;
            Ok("required")
        }
        ("required", _, Shape::Plain(_)) => {
            wrong("a field that is neither Option nor Vec is required anyway")
        }
        _ => wrong(
            "expected `,` or one of: = \"WireName\", as json, as base64, in body, each \"Item\", \
             required, or empty, or another_field, @ number",
        ),
    }
}

fn named(input: ParseStream<'_>, expected: &str) -> syn::Result<()> {
    let word = input.call(Ident::parse_any)?;
    match word == expected {
        true => Ok(()),
        false => Err(syn::Error::new(word.span(), format!("expected `{expected}`"))),
    }
}

pub(super) fn number(input: ParseStream<'_>, dialect: Dialect) -> syn::Result<LitInt> {
    let number: LitInt = input.parse()?;
    if dialect == Dialect::Rpc {
        return Err(syn::Error::new(
            number.span(),
            "only an operation's fields have numbers: leave this one out",
        ));
    }
    match number.base10_parse::<u32>() {
        Ok(1..=MAX_NUMBER) => Ok(number),
        _ => Err(syn::Error::new(number.span(), "expected a number from 1 to 536870911")),
    }
}
