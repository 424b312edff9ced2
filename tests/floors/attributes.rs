//! The attributes that decide what is compiled, and from which file.

use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Lit, Meta, Token};

/// Returns `true` if some `#[cfg(..)]` holds in tests only.
pub(crate) fn is_test_only(attributes: &[Attribute]) -> bool {
    let mut cfgs = attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
    cfgs.any(|cfg| cfg.parse_args().is_ok_and(|predicate| needs_test(&predicate)))
}

fn needs_test(predicate: &Meta) -> bool {
    let Meta::List(list) = predicate else { return predicate.path().is_ident("test") };
    let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    let mut parts = parts.into_iter().flatten();
    match list.path.get_ident() {
        Some(all) if all == "all" => parts.any(|part| needs_test(&part)),
        Some(any) if any == "any" => parts.all(|part| needs_test(&part)),
        _ => false,
    }
}

/// Returns the `#[path = ".."]` of a module.
pub(crate) fn given_path(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("path") => match &meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(path), .. }) => Some(path.value()),
            _ => None,
        },
        _ => None,
    })
}
