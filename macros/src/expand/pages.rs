//! `impl Paged`: how the next page of a list is requested.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::model::{Action, PagesBy, Shape};

pub(super) fn paged(action: &Action, support: &TokenStream) -> Option<TokenStream> {
    let pages = action.pages.as_ref()?;
    let list = &pages.list;
    let field = action.response.iter().find(|field| field.name == *list)?;
    let Shape::List(item) = field.shape() else {
        return None;
    };
    let (following, position) = match pages.by {
        PagesBy::Token => (by_token(), quote!(self.next_token.clone().unwrap_or_default())),
        PagesBy::Number => {
            (by_number(list, support), quote!(::std::format!("{:?}", self.page_number)))
        }
    };
    let (request, response) = (action.request_name(), action.response_name());
    Some(quote! {
        #[allow(deprecated)]
        impl #support::Paged for #request {
            type Item = #item;

            #[inline]
            fn following(&self, page: &#response) -> ::core::option::Option<Self> {
                #following
            }

            #[inline]
            fn position(&self) -> ::std::string::String {
                #position
            }

            #[inline]
            fn into_items(page: #response) -> ::std::vec::Vec<#item> {
                page.#list
            }
        }
    })
}

fn by_token() -> TokenStream {
    quote! {
        let token = page.next_token.clone().filter(|token| !token.is_empty())?;
        let mut next = self.clone();
        next.next_token = ::core::option::Option::Some(token);
        ::core::option::Option::Some(next)
    }
}

fn by_number(list: &Ident, support: &TokenStream) -> TokenStream {
    quote! {
        let (items, total) = (page.#list.len(), page.total_count);
        let number = #support::page_after(self.page_number, page.page_size, items, total)?;
        let mut next = self.clone();
        next.page_number = ::core::option::Option::Some(number);
        ::core::option::Option::Some(next)
    }
}
