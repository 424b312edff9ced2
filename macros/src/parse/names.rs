//! Names: derives names from others, and refuses those that cannot be used.

use std::collections::HashSet;

use syn::Ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;

use crate::errors::Errors;

/// Reads a field's name; the error for a keyword shows how to write it.
pub(super) fn field_name(input: ParseStream<'_>) -> syn::Result<Ident> {
    if !input.peek(Ident::peek_any) || input.peek(Ident) {
        return input.parse();
    }
    let keyword = input.call(Ident::parse_any)?;
    let way_out = if can_be_raw(&keyword.to_string()) {
        format!("write `r#{keyword}`")
    } else {
        "choose another name, and give the one on the wire: `= \"Name\"`".to_owned()
    };
    Err(syn::Error::new(keyword.span(), format!("`{keyword}` is a keyword: {way_out}")))
}

/// The client method of an action: `GetSecretValue` is `get_secret_value`, `ReEncrypt` is
/// `re_encrypt`, `Move` is `r#move`.
pub(super) fn method_name(action: &Ident) -> syn::Result<Ident> {
    let mut name = String::new();
    for letter in action.unraw().to_string().chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    // `gen` is a keyword from the edition 2024 on.
    if name != "gen" && syn::parse_str::<Ident>(&name).is_ok() {
        return Ok(Ident::new(&name, action.span()));
    }
    if can_be_raw(&name) {
        return Ok(Ident::new_raw(&name, action.span()));
    }
    let wrong = format!("no method can be called `{name}`: choose another name");
    Err(syn::Error::new(action.span(), wrong))
}

/// `key_id` is `KeyId`.
pub(super) fn pascal_case(name: &Ident) -> String {
    let name = name.unraw().to_string();
    name.split('_')
        .map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            first.into_iter().chain(letters).collect::<String>()
        })
        .collect()
}

pub(super) fn unique<'a>(names: impl Iterator<Item = &'a Ident>, how: &str, errors: &mut Errors) {
    let mut seen = HashSet::new();
    for name in names {
        if !seen.insert(name.unraw().to_string()) {
            errors.at(name.span(), format!("`{name}` is {how} twice"));
        }
    }
}

fn can_be_raw(keyword: &str) -> bool {
    !matches!(keyword, "self" | "Self" | "super" | "crate" | "_")
}
