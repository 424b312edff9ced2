//! `new` with the required fields, and a chainable setter for each of the others.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::model::{Action, Field, Object, Required, Shape};

pub(super) fn request(action: &Action) -> TokenStream {
    let about = format!("Creates a request of `{}` from its required fields.", action.name);
    constructor(&action.request_name(), &about, &action.request)
}

pub(super) fn object(object: &Object) -> TokenStream {
    let about = format!("Creates a `{}` from its required fields.", object.name);
    constructor(&object.name, &about, &object.fields)
}

fn constructor(name: &Ident, about: &str, fields: &[Field]) -> TokenStream {
    let required = |field: &&Field| field.required == Required::Always;
    let arguments = fields.iter().filter(required).map(|field| {
        let name = &field.name;
        let ty = accepted(field);
        quote!(#name: #ty)
    });
    let values = fields.iter().filter(required).map(|field| {
        let name = &field.name;
        let value = converted(field);
        quote!(#name: #value)
    });
    let setters = fields.iter().filter(|field| !required(field)).map(setter);
    // So that errors about arguments point at the declaration instead of at the whole macro.
    let new = Ident::new("new", name.span());
    quote! {
        #[allow(deprecated, clippy::too_many_arguments)]
        impl #name {
            #[doc = #about]
            #[allow(clippy::needless_update, clippy::new_without_default)]
            #[inline]
            pub fn #new(#(#arguments),*) -> Self {
                Self {
                    #(#values,)*
                    ..<Self as ::core::default::Default>::default()
                }
            }

            #(#setters)*
        }
    }
}

fn setter(field: &Field) -> TokenStream {
    let name = &field.name;
    let ty = accepted(field);
    let value = converted(field);
    let mut about = format!("Sets `{}`.", field.wire_name.value());
    if !field.docs.is_empty() {
        about = format!("Sets `{}`: {}", field.wire_name.value(), field.docs);
    }
    quote! {
        #[doc = #about]
        #[must_use]
        #[inline]
        pub fn #name(mut self, #name: #ty) -> Self {
            self.#name = #value;
            self
        }
    }
}

fn accepted(field: &Field) -> TokenStream {
    match field.shape() {
        Shape::Plain(ty) | Shape::Option(ty) => quote!(impl ::core::convert::Into<#ty>),
        Shape::List(item) => quote! {
            impl ::core::iter::IntoIterator<Item = impl ::core::convert::Into<#item>>
        },
    }
}

fn converted(field: &Field) -> TokenStream {
    let name = &field.name;
    match field.shape() {
        Shape::Plain(_) => quote!(#name.into()),
        Shape::Option(_) => quote!(::core::option::Option::Some(#name.into())),
        Shape::List(_) => quote!(#name.into_iter().map(::core::convert::Into::into).collect()),
    }
}
