//! Finds the place where parsing continues after a mistake.

use proc_macro2::{Delimiter, TokenTree};
use syn::Token;
use syn::parse::ParseStream;

/// Skips the rest of an item or a setting, with the `;` or the `{ .. }` that ends it.
pub(super) fn past_item(input: ParseStream<'_>) {
    while let Ok(token) = input.parse::<TokenTree>() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ';' => break,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => break,
            _ => {}
        }
    }
}

/// Skips the rest of a field or a value, up to its comma.
pub(super) fn to_comma(input: ParseStream<'_>) {
    while !input.peek(Token![,]) && input.parse::<TokenTree>().is_ok() {}
}
