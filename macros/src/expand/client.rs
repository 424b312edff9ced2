//! The client methods: `client.encrypt(request)`.

use proc_macro2::TokenStream;
use quote::quote;

use super::example;
use crate::model::{Action, Api, Methods};

pub(super) fn methods(api: &Api, support: &TokenStream) -> TokenStream {
    match &api.methods {
        Methods::None => TokenStream::new(),
        Methods::Inherent(client) => {
            let methods = api.actions.iter().map(|action| {
                let signature = signature(action, &quote!(pub), support);
                quote!(#[inline] #signature { self.invoke(request) })
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
                    let signature = signature(action, &TokenStream::new(), support);
                    (quote!(#signature;), quote!(#[inline] #signature { self.invoke(request) }))
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

fn signature(action: &Action, visibility: &TokenStream, support: &TokenStream) -> TokenStream {
    let Action { method, attributes, .. } = action;
    let request = action.request_name();
    let link = example::link(action);
    quote! {
        #(#attributes)*
        #link
        #visibility fn #method(&self, request: #request) -> #support::PendingCall<#request>
    }
}
