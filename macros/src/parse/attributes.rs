//! Doc comments, and the attributes that are the macro's own.

use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta};

/// Returns the text of the doc comments, one line each.
pub(super) fn docs(attributes: &[Attribute]) -> String {
    let lines: Vec<String> = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"))
        .filter_map(string_value)
        .map(|line| line.value().trim().to_owned())
        .collect();
    lines.join("\n").trim().to_owned()
}

pub(super) fn doc_url(attributes: &[Attribute]) -> syn::Result<Option<LitStr>> {
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

/// Returns the attributes except the macro's `own`. rustc accepts or rejects the others.
pub(super) fn without(mut attributes: Vec<Attribute>, own: &str) -> Vec<Attribute> {
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
