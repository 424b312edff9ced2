//! `values KeyState { Enabled = "Enabled", }`

use syn::parse::ParseStream;
use syn::{Attribute, Token, Visibility};

use super::unique;
use crate::model::{KnownValue, Values};

pub(super) fn values(
    input: ParseStream<'_>,
    attributes: Vec<Attribute>,
    visibility: Visibility,
) -> syn::Result<Values> {
    let name = input.parse()?;
    let body;
    syn::braced!(body in input);
    let known = body.parse_terminated(known_value, Token![,])?;
    let known: Vec<KnownValue> = known.into_iter().collect();
    unique(known.iter().map(|value| &value.name), "given")?;
    if let Some(other) = known.iter().find(|value| value.name == "Other") {
        return Err(syn::Error::new(
            other.name.span(),
            "`Other` is every value that is not known: leave it out",
        ));
    }
    Ok(Values { attributes, visibility, name, known })
}

fn known_value(input: ParseStream<'_>) -> syn::Result<KnownValue> {
    let attributes = input.call(Attribute::parse_outer)?;
    let name = input.parse()?;
    input.parse::<Token![=]>()?;
    Ok(KnownValue { attributes, name, text: input.parse()? })
}
