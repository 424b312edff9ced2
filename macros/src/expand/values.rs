//! Texts of known values: an enum that keeps every other text.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{KnownValue, Values};

pub(super) fn values(values: &Values, support: &TokenStream) -> TokenStream {
    let Values { attributes, visibility, name, known } = values;
    let variants = known.iter().map(|KnownValue { attributes, name, text }| {
        let about = format!("`{}`.", text.value());
        match attributes.is_empty() {
            true => quote!(#[doc = #about] #name),
            false => quote!(#(#attributes)* #name),
        }
    });
    let (names, texts): (Vec<_>, Vec<_>) =
        known.iter().map(|value| (&value.name, &value.text)).unzip();
    quote! {
        #(#attributes)*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #visibility enum #name {
            #(#variants,)*
            /// A value that this version of the crate has no variant for, kept as it is.
            Other(::std::string::String),
        }

        impl #name {
            /// Returns the text on the wire.
            #[inline]
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#names => #texts,)*
                    Self::Other(text) => text,
                }
            }
        }

        impl ::core::convert::AsRef<str> for #name {
            #[inline]
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl ::core::convert::From<&str> for #name {
            #[inline]
            fn from(text: &str) -> Self {
                match text {
                    #(#texts => Self::#names,)*
                    other => Self::Other(::std::borrow::ToOwned::to_owned(other)),
                }
            }
        }

        impl ::core::convert::From<::std::string::String> for #name {
            #[inline]
            fn from(text: ::std::string::String) -> Self {
                Self::from(text.as_str())
            }
        }

        impl ::core::default::Default for #name {
            #[inline]
            fn default() -> Self {
                Self::Other(::std::string::String::new())
            }
        }

        impl ::core::fmt::Display for #name {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl #support::Field for #name {
            #[inline]
            fn value(&self) -> #support::Value<'_> {
                #support::Value::Text(self.as_str())
            }

            #[inline]
            fn slot(&mut self) -> #support::Slot<'_> {
                #support::Slot::Scalar(self)
            }
        }

        impl #support::ScalarField for #name {
            #[inline]
            fn set(&mut self, scalar: #support::Scalar<'_>) -> bool {
                let mut text = ::std::string::String::new();
                let taken = #support::ScalarField::set(&mut text, scalar);
                *self = Self::from(text);
                taken
            }
        }

        impl #support::FieldType for #name {
            const KIND: #support::FieldKind = #support::FieldKind::String;
        }
    }
}
