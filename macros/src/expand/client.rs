//! The client methods: `client.encrypt(request)`.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::{request_name, support};
use crate::model::{Action, Api, Methods};

pub(super) fn methods(api: &Api) -> TokenStream {
    let support = support();
    // So that a method, and all that it is generic over, is compiled by those who call it only.
    let inline = quote!(#[inline]);
    match &api.methods {
        Methods::None => TokenStream::new(),
        Methods::Inherent(client) => {
            let methods = api.actions.iter().map(|action| {
                let signature = signature(action, &quote!(pub));
                quote!(#inline #signature { self.invoke(request) })
            });
            quote! {
                #[allow(deprecated)]
                impl #client {
                    #(#methods)*
                }
            }
        }
        Methods::Trait(visibility, name) => {
            let about = "Client methods of the actions that are declared here.";
            let (declared, implemented): (Vec<_>, Vec<_>) = api
                .actions
                .iter()
                .map(|action| {
                    let signature = signature(action, &TokenStream::new());
                    (quote!(#signature;), quote!(#inline #signature { self.invoke(request) }))
                })
                .unzip();
            quote! {
                #[doc = #about]
                #[allow(deprecated)]
                #visibility trait #name {
                    #(#declared)*
                }

                #[allow(deprecated)]
                impl #name for #support::KmsClient {
                    #(#implemented)*
                }
            }
        }
    }
}

fn signature(action: &Action, visibility: &TokenStream) -> TokenStream {
    let support = support();
    let method = method_name(&action.name);
    let request = request_name(action);
    let attributes = &action.attributes;
    let link = action.doc_url.as_ref().map(|url| {
        let link = format!("[Official documentation]({})", url.value());
        quote!(#[doc = ""] #[doc = #link])
    });
    quote! {
        #(#attributes)*
        #link
        #visibility fn #method(&self, request: #request) -> #support::PendingCall<#request>
    }
}

/// `GetSecretValue` is `get_secret_value`, `ReEncrypt` is `re_encrypt`.
fn method_name(action: &Ident) -> Ident {
    let mut out = String::new();
    for letter in action.to_string().chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    format_ident!("{out}")
}
