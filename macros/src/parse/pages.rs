//! `pages: field;`

use syn::Ident;

use crate::model::{Field, Pages, PagesBy, Shape};

/// Returns how the next page is requested, which follows from the request's parameters.
pub(super) fn pages(list: Ident, request: &[Field], response: &[Field]) -> syn::Result<Pages> {
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
