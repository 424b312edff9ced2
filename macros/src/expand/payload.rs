//! The structs, the access to their fields by position, and their `Debug`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{Attribute, Visibility};

use super::{example, info};
use crate::model::{Action, Api, Field, Object};

pub(super) fn of_action(action: &Action, api: &Api, support: &TokenStream) -> TokenStream {
    let (request, response) = (action.request_name(), action.response_name());
    let about = format!("The request of `{}`.", action.name);
    let attributes = &action.attributes;
    let (example, link) = (example::example(action, api), example::link(action));
    let request_docs = quote!(#[doc = #about] #[doc = ""] #(#attributes)* #example #link);
    let about = format!("The response of `{}`.", action.name);
    // The response of a deprecated action is not deprecated: the request has the warning already.
    let response_docs = quote!(#[doc = #about]);
    let deserialize = deserialize(&response, support);
    let request = structure(&request_docs, &action.visibility, &request, &action.request, support);
    let response =
        structure(&response_docs, &action.visibility, &response, &action.response, support);
    quote!(#request #response #deserialize)
}

pub(super) fn of_object(object: &Object, support: &TokenStream) -> TokenStream {
    let attributes: &[Attribute] = &object.attributes;
    let docs = quote!(#(#attributes)*);
    let structure = structure(&docs, &object.visibility, &object.name, &object.fields, support);
    let name = &object.name;
    quote! {
        #structure

        impl #support::Field for #name {
            #[inline]
            fn value(&self) -> #support::Value<'_> {
                #support::Value::Object(self)
            }

            #[inline]
            fn slot(&mut self) -> #support::Slot<'_> {
                #support::Slot::Object(self)
            }
        }

        impl #support::FieldType for #name {
            const KIND: #support::FieldKind =
                #support::FieldKind::Object(<Self as #support::Table>::TABLE);
        }
    }
}

fn structure(
    docs: &TokenStream,
    visibility: &Visibility,
    name: &Ident,
    fields: &[Field],
    support: &TokenStream,
) -> TokenStream {
    let declared = fields.iter().map(|field| {
        let Field { name, ty, attributes, wire_name, .. } = field;
        let about = field.docs.is_empty().then(|| {
            let about = format!("`{}`.", wire_name.value());
            quote!(#[doc = #about])
        });
        quote!(#about #(#attributes)* pub #name: #ty)
    });
    let arms = |method: &str, borrow: &TokenStream| -> Vec<_> {
        let method = Ident::new(method, Span::call_site());
        let arm = |(index, Field { name, .. }): (usize, &Field)| {
            let access = info::access_name(index);
            quote!(#index => ::core::option::Option::Some((#access.#method)(#borrow self.#name)),)
        };
        fields.iter().enumerate().map(arm).collect()
    };
    let (shared, unique) = (arms("field", &quote!(&)), arms("field_mut", &quote!(&mut)));
    let table = info::table(name, fields, support);
    quote! {
        #docs
        #[derive(Clone, Default)]
        #[non_exhaustive]
        #visibility struct #name {
            #(#declared,)*
        }

        #[allow(deprecated)]
        const _: () = {
            impl #support::Payload for #name {
                #[inline]
                fn info(&self) -> &'static #support::PayloadInfo {
                    <Self as #support::Table>::TABLE
                }

                #[inline]
                fn field(&self, index: usize) -> ::core::option::Option<&dyn #support::Field> {
                    match index {
                        #(#shared)*
                        _ => ::core::option::Option::None,
                    }
                }

                #[inline]
                fn field_mut(
                    &mut self,
                    index: usize,
                ) -> ::core::option::Option<&mut dyn #support::Field> {
                    match index {
                        #(#unique)*
                        _ => ::core::option::Option::None,
                    }
                }
            }

            impl ::core::fmt::Debug for #name {
                #[inline]
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    #support::fmt_redacted(self, f)
                }
            }

            #table
        };
    }
}

fn deserialize(name: &Ident, support: &TokenStream) -> TokenStream {
    quote! {
        impl<'de> #support::Deserialize<'de> for #name {
            fn deserialize<D: #support::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                let mut response = <Self as ::core::default::Default>::default();
                #support::deserialize(deserializer, &mut response)?;
                ::core::result::Result::Ok(response)
            }
        }
    }
}
