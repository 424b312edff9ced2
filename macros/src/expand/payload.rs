//! The structs, how their fields are reached by position, and what they show of themselves.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Attribute, Visibility};

use super::{info, request_name, response_name, support};
use crate::model::{Action, Field, Object};

pub(super) fn of_action(action: &Action) -> TokenStream {
    let (request, response) = (request_name(action), response_name(action));
    let about = format!("The request of `{}`.", action.name);
    let attributes = &action.attributes;
    let request_docs = quote!(#[doc = #about] #[doc = ""] #(#attributes)*);
    let about = format!("The response of `{}`.", action.name);
    // Answers stay usable where the action is deprecated: the request carries the warning.
    let response_docs = quote!(#[doc = #about]);
    let deserialize = deserialize(&response);
    let request = structure(&request_docs, &action.visibility, &request, &action.request);
    let response = structure(&response_docs, &action.visibility, &response, &action.response);
    quote!(#request #response #deserialize)
}

pub(super) fn of_object(object: &Object) -> TokenStream {
    let attributes: &[Attribute] = &object.attributes;
    let docs = quote!(#(#attributes)*);
    let structure = structure(&docs, &object.visibility, &object.name, &object.fields);
    let support = support();
    let name = &object.name;
    quote! {
        #structure

        impl #support::Field for #name {
            fn value(&self) -> #support::Value<'_> {
                #support::Value::Object(self)
            }

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
) -> TokenStream {
    let support = support();
    let declared = fields.iter().map(|field| {
        let Field { name, ty, attributes, wire_name, .. } = field;
        let about = field.docs.is_empty().then(|| {
            let about = format!("`{}`.", wire_name.value());
            quote!(#[doc = #about])
        });
        quote!(#about #(#attributes)* pub #name: #ty)
    });
    let (names, indices): (Vec<_>, Vec<_>) =
        fields.iter().enumerate().map(|(index, field)| (&field.name, index)).unzip();
    let table = info::table(name, fields);
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
                fn info(&self) -> &'static #support::PayloadInfo {
                    <Self as #support::Table>::TABLE
                }

                fn field(&self, index: usize) -> ::core::option::Option<&dyn #support::Field> {
                    match index {
                        #(#indices => ::core::option::Option::Some(&self.#names),)*
                        _ => ::core::option::Option::None,
                    }
                }

                fn field_mut(
                    &mut self,
                    index: usize,
                ) -> ::core::option::Option<&mut dyn #support::Field> {
                    match index {
                        #(#indices => ::core::option::Option::Some(&mut self.#names),)*
                        _ => ::core::option::Option::None,
                    }
                }
            }

            impl ::core::fmt::Debug for #name {
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    #support::fmt_redacted(self, f)
                }
            }

            #table
        };
    }
}

fn deserialize(name: &Ident) -> TokenStream {
    let support = support();
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
