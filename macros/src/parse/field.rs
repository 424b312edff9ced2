//! `#[secret] plaintext: SecretString = "Plaintext" in body @ 2`

use std::collections::HashSet;

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Ident, LitInt, LitStr, Token, Type};

use super::{docs, without};
use crate::model::{Dialect, Field, Required, Shape};

/// The largest field number that protobuf allows.
const MAX_NUMBER: u32 = (1 << 29) - 1;

/// `{ field, field, }`
pub(super) fn fields(input: ParseStream<'_>, dialect: Dialect) -> syn::Result<Vec<Field>> {
    let body;
    syn::braced!(body in input);
    let mut fields: Vec<Field> = Vec::new();
    let (mut wire_names, mut numbers) = (HashSet::new(), HashSet::new());
    while !body.is_empty() {
        let field = field(&body, dialect)?;
        if !wire_names.insert(field.wire_name.value()) {
            let name = field.wire_name.value();
            let twice = format!("the wire name `{name}` is given twice");
            return Err(syn::Error::new(field.wire_name.span(), twice));
        }
        if let Some(number) = &field.number
            && !numbers.insert(number.base10_digits().to_owned())
        {
            return Err(syn::Error::new(number.span(), format!("@ {number} is given twice")));
        }
        fields.push(field);
        if body.is_empty() {
            break;
        }
        body.parse::<Token![,]>()?;
    }
    Ok(fields)
}

fn field(input: ParseStream<'_>, dialect: Dialect) -> syn::Result<Field> {
    let attributes = input.call(Attribute::parse_outer)?;
    let name: Ident = input.parse()?;
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
        in_body: false,
        required: Required::No,
        each: None,
        number: None,
    };
    field.required = match field.shape() {
        Shape::Plain(_) => Required::Always,
        Shape::Option(_) | Shape::List(_) => Required::No,
    };
    let mut given = HashSet::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        let start = input.span();
        let kind = qualifier(input, &mut field, dialect)?;
        if !given.insert(kind) {
            return Err(syn::Error::new(start, format!("`{kind}` is given twice")));
        }
    }
    match (field.secret, field.has_secret_type()) {
        (true, false) => {
            return Err(syn::Error::new_spanned(
                &field.ty,
                "a secret field must be of a secrecy type: SecretString or SecretBytes",
            ));
        }
        (false, true) => {
            return Err(syn::Error::new(
                field.name.span(),
                "a field of a secrecy type must be marked #[secret]",
            ));
        }
        _ => {}
    }
    if dialect == Dialect::Protobuf {
        if field.number.is_none() {
            let lacks = format!("`{}` lacks its protobuf number: `@ 1`", field.name);
            return Err(syn::Error::new(field.name.span(), lacks));
        }
        if !field.is_of_a_message() {
            return Err(syn::Error::new_spanned(
                &field.ty,
                "expected String, SecretString, Vec<u8>, SecretBytes, i32, i64, bool, an Option of \
                 them, or Vec<String>: messages are flat",
            ));
        }
    }
    Ok(field)
}

/// Reads what deviates from the usual, and says what it was.
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
            named(input, "json")?;
            field.json = true;
            Ok("as")
        }
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
            "expected `,` or one of: = \"WireName\", as json, in body, each \"Item\", required, \
             @ number",
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

fn number(input: ParseStream<'_>, dialect: Dialect) -> syn::Result<LitInt> {
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

/// `key_id` is `KeyId`.
fn pascal_case(name: &Ident) -> String {
    let name = name.unraw().to_string();
    name.split('_')
        .map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            first.into_iter().chain(letters).collect::<String>()
        })
        .collect()
}
