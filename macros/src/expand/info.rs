//! The tables: a payload's fields, an action's description, the registry.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::LitStr;

use super::{request_name, response_name, support};
use crate::model::{Action, Api, Dialect, Field, Required};

/// The table of a payload's fields.
pub(super) fn table(name: &Ident, fields: &[Field]) -> TokenStream {
    let support = support();
    let entries = fields.iter().map(|field| {
        let Field { ty, wire_name, docs, secret, json, .. } = field;
        let position = format_ident!("{}", if field.in_body { "Body" } else { "Query" });
        let required = format_ident!(
            "{}",
            match field.required {
                Required::No => "No",
                Required::ByService => "ByService",
                Required::OnShared => "OnShared",
                Required::Always => "Always",
            }
        );
        let kind = quote!(<#ty as #support::FieldType>::KIND);
        let (number, kind) = match &field.number {
            Some(number) => (quote!(#number), quote!(#support::message_kind(#kind))),
            None => (quote!(0), kind),
        };
        let each = match &field.each {
            Some(each) => quote!(::core::option::Option::Some(#each)),
            None => quote!(::core::option::Option::None),
        };
        quote! {
            #support::FieldInfo {
                name: #wire_name,
                docs: #docs,
                kind: #kind,
                required: #support::Required::#required,
                position: #support::Position::#position,
                json: #json,
                number: #number,
                secret: #secret,
                each: #each,
            }
        }
    });
    let text = name.to_string();
    quote! {
        impl #support::Table for #name {
            const TABLE: &'static #support::PayloadInfo = &#support::PayloadInfo {
                name: #text,
                fields: &[#(#entries,)*],
            };
        }
    }
}

/// `impl Action`.
pub(super) fn action(action: &Action, version: &LitStr) -> TokenStream {
    let support = support();
    let (request, response) = (request_name(action), response_name(action));
    let Action { idempotent, deprecated, data_plane, method, .. } = action;
    let name = action.name.to_string();
    let summary = action.docs.lines().next().unwrap_or_default();
    let doc_url = action.doc_url.as_ref().map(LitStr::value).unwrap_or_default();
    let dialect = format_ident!(
        "{}",
        match action.dialect {
            Dialect::Rpc => "Rpc",
            Dialect::Protobuf => "Protobuf",
        }
    );
    let gateways = action.gateways.iter().map(|gateway| {
        let gateway = match gateway == "shared" {
            true => format_ident!("Shared"),
            false => format_ident!("Instance"),
        };
        quote!(#support::Gateway::#gateway)
    });
    let transfer = transfer(action);
    quote! {
        #[allow(deprecated)]
        impl #support::Action for #request {
            type Response = #response;

            const INFO: &'static #support::ActionInfo = {
                static INFO: #support::ActionInfo = #support::ActionInfo {
                    name: #name,
                    version: #version,
                    dialect: #support::Dialect::#dialect,
                    gateways: &[#(#gateways),*],
                    data_plane: #data_plane,
                    method: #support::Method::#method,
                    idempotent: #idempotent,
                    deprecated: #deprecated,
                    summary: #summary,
                    doc_url: #doc_url,
                    request: <#request as #support::Table>::TABLE,
                    response: <#response as #support::Table>::TABLE,
                    transfer: #transfer,
                    new_request: #support::empty::<#request>,
                    new_response: #support::empty::<#response>,
                };
                &INFO
            };
        }
    }
}

/// The table of the action's `Transfer`, which it must have if an instance serves it in the RPC
/// dialect: the missing one is reported at the name.
fn transfer(action: &Action) -> TokenStream {
    let is_on_instance = action.gateways.iter().any(|gateway| gateway == "instance");
    if action.dialect == Dialect::Protobuf || !is_on_instance {
        return quote!(::core::option::Option::None);
    }
    let support = support();
    let request = request_name(action);
    quote!(::core::option::Option::Some(#support::TransferInfo::for_action::<#request>()))
}

/// `ACTIONS`: what this `kms_api!` declares, if it declares any.
pub(super) fn registry(api: &Api) -> TokenStream {
    if api.actions.is_empty() {
        return TokenStream::new();
    }
    let support = support();
    let requests = api.actions.iter().map(request_name);
    quote! {
        /// The actions that are declared here.
        #[allow(deprecated)]
        pub static ACTIONS: &[&#support::ActionInfo] = &[
            #(<#requests as #support::Action>::INFO),*
        ];
    }
}
