//! The tables: a payload's fields, an action's description, the registry.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::LitStr;
use syn::spanned::Spanned as _;

use crate::model::{Action, Api, Dialect, Field, Gateway, Required};

/// The table of a payload's fields, and the comparison of each mark with its type.
pub(super) fn table(name: &Ident, fields: &[Field], support: &TokenStream) -> TokenStream {
    let entries = fields.iter().map(|field| entry(field, support));
    let marks = fields.iter().filter_map(|field| mark(field, support));
    let text = name.to_string();
    quote! {
        static TABLE: #support::PayloadInfo =
            #support::PayloadInfo::new(#text, &[#(#entries,)*]);

        impl #support::Table for #name {
            const TABLE: &'static #support::PayloadInfo = &TABLE;
        }

        #(#marks)*
    }
}

/// The support with a span, for what may be shown as part of a mistake.
pub(super) fn at(support: &TokenStream, span: Span) -> TokenStream {
    let at = |token| {
        let mut token: proc_macro2::TokenTree = token;
        token.set_span(token.span().located_at(span));
        token
    };
    support.clone().into_iter().map(at).collect()
}

/// What deviates from a field of this type that has nothing but a name.
fn entry(field: &Field, support: &TokenStream) -> TokenStream {
    let Field { ty, wire_name, docs, .. } = field;
    let docs = (!docs.is_empty()).then(|| quote!(.docs(#docs)));
    let required = match field.required {
        Required::No => None,
        Required::ByService => Some("ByService"),
        Required::OnShared => Some("OnShared"),
        Required::Always => Some("Always"),
    };
    let required = required.map(|required| {
        let required = format_ident!("{required}");
        quote!(.required(#support::Required::#required))
    });
    let in_body = field.in_body.then(|| quote!(.in_body()));
    let json = field.json.then(|| quote!(.as_json()));
    let number = field.number.as_ref().map(|number| {
        let span = ty.span();
        quote_spanned!(span=> .number(#number))
    });
    let each = field.each.as_ref().map(|each| quote!(.each(#each)));
    let span = field.name.span();
    let support = at(support, span);
    let info = quote_spanned!(span=> <#ty as #support::DeclaredField>::INFO);
    quote!(#info.name(#wire_name) #docs #required #in_body #json #number #each)
}

/// Does not compile where `#[secret]` and the type disagree.
fn mark(field: &Field, support: &TokenStream) -> Option<TokenStream> {
    if !field.secret && field.is_plainly_plain() {
        return None;
    }
    let Field { ty, secret, .. } = field;
    let span = ty.span();
    let support = at(support, span);
    let check = Ident::new(if *secret { "marked_secret" } else { "marked_plain" }, span);
    let info = quote_spanned!(field.name.span()=> <#ty as #support::DeclaredField>::INFO);
    Some(quote_spanned!(span=> const _: () = #support::#check(#info);))
}

/// `impl Action`.
pub(super) fn action(action: &Action, version: &LitStr, support: &TokenStream) -> TokenStream {
    let (request, response) = (action.request_name(), action.response_name());
    let name = action.name.to_string();
    let new = match action.dialect {
        Dialect::Rpc => quote!(new),
        Dialect::Protobuf => quote!(new_operation),
    };
    let is_rpc = action.dialect == Dialect::Rpc;
    let gateways = (is_rpc && action.gateways != [Gateway::Shared]).then(|| {
        let gateways = action.gateways.iter().map(|gateway| match gateway {
            Gateway::Shared => quote!(#support::Gateway::Shared),
            Gateway::Instance => quote!(#support::Gateway::Instance),
        });
        quote!(.gateways(&[#(#gateways),*]))
    });
    let data_plane = (is_rpc && action.data_plane).then(|| quote!(.data_plane(true)));
    let method =
        action.http_method.as_ref().map(|method| quote!(.method(#support::Method::#method)));
    let idempotent = action.idempotent.then(|| quote!(.idempotent(true)));
    let deprecated = action.deprecated.then(|| quote!(.deprecated(true)));
    let summary = action.docs.lines().next().map(|summary| quote!(.summary(#summary)));
    let doc_url = action.doc_url.as_ref().map(|url| quote!(.doc_url(#url)));
    let transfer = transfer(action, support);
    quote! {
        #[allow(deprecated)]
        impl #support::Action for #request {
            type Response = #response;

            const INFO: &'static #support::ActionInfo = {
                static INFO: #support::ActionInfo =
                    #support::ActionInfo::#new::<#request>(#name, #version)
                        #gateways #data_plane #method #idempotent #deprecated #summary #doc_url #transfer;
                &INFO
            };
        }
    }
}

/// The table of the action's `Transfer`, which it must have if an instance serves it in the RPC
/// dialect: the missing one is reported at the name.
fn transfer(action: &Action, support: &TokenStream) -> Option<TokenStream> {
    let is_on_instance = action.gateways.contains(&Gateway::Instance);
    if action.dialect == Dialect::Protobuf || !is_on_instance {
        return None;
    }
    let request = action.request_name();
    let info =
        quote_spanned!(action.name.span()=> #support::TransferInfo::for_action::<#request>());
    Some(quote!(.transfer(#info)))
}

/// The registry, if there is one.
pub(super) fn registry(api: &Api, support: &TokenStream) -> Option<TokenStream> {
    let registry = api.registry.as_ref()?;
    let (visibility, name) = (&registry.visibility, &registry.name);
    let requests = api.actions.iter().map(Action::request_name);
    Some(quote! {
        /// The actions that are declared here.
        #[allow(deprecated)]
        #visibility static #name: &[&#support::ActionInfo] = &[
            #(<#requests as #support::Action>::INFO),*
        ];
    })
}
