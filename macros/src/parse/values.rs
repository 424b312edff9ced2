//! `values KeyState { Enabled = "Enabled", }`

use syn::parse::ParseStream;
use syn::{Attribute, Token, Visibility};

use super::names::unique;
use super::recover;
use crate::errors::Errors;
use crate::model::{KnownValue, Values};

pub(super) fn values(
    input: ParseStream<'_>,
    attributes: Vec<Attribute>,
    visibility: Visibility,
    errors: &mut Errors,
) -> syn::Result<Values> {
    let name = input.parse()?;
    let body;
    syn::braced!(body in input);
    let mut known: Vec<KnownValue> = Vec::new();
    while !body.is_empty() {
        match errors.take(known_value(&body)) {
            Some(value) => known.push(value),
            None => recover::to_comma(&body),
        }
        if !body.is_empty() && errors.take(body.parse::<Token![,]>()).is_none() {
            recover::to_comma(&body);
        }
    }
    unique(known.iter().map(|value| &value.name), "given", errors);
    if let Some(other) = known.iter().find(|value| value.name == "Other") {
        errors.at(other.name.span(), "`Other` is every value that is not known: leave it out");
    }
    Ok(Values { attributes, visibility, name, known })
}

fn known_value(input: ParseStream<'_>) -> syn::Result<KnownValue> {
    let attributes = input.call(Attribute::parse_outer)?;
    let name = input.parse()?;
    input.parse::<Token![=]>()?;
    Ok(KnownValue { attributes, name, text: input.parse()? })
}
