//! The tables: a payload's fields, an action's description, the registry.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::LitStr;
use syn::spanned::Spanned as _;

use crate::model::{Action, Api, Dialect, Field, Gateway, Required};

/// Returns the table of a payload's fields, and the checks that compare `#[secret]` marks with
/// types.
pub(super) fn table(name: &Ident, fields: &[Field], support: &TokenStream) -> TokenStream {
    let accesses = fields.iter().enumerate().map(|(index, field)| access(index, field, support));
    let entries = fields.iter().enumerate().map(|(index, field)| entry(index, field, support));
    let marks = fields.iter().enumerate().filter_map(|(index, field)| mark(index, field, support));
    let text = name.to_string();
    quote! {
        #(#accesses)*

        impl #support::Table for #name {
            const TABLE: &'static #support::PayloadInfo =
                &#support::PayloadInfo::new(#text, &[#(#entries,)*]);
        }

        #(#marks)*
    }
}

/// Returns `support` with this span, for code that may appear in an error.
pub(super) fn at(support: &TokenStream, span: Span) -> TokenStream {
    let at = |token| {
        let mut token: proc_macro2::TokenTree = token;
        token.set_span(token.span().located_at(span));
        token
    };
    support.clone().into_iter().map(at).collect()
}

/// The name of the constant through which a field is described and reached.
pub(super) fn access_name(index: usize) -> Ident {
    format_ident!("FIELD_{index}")
}

/// Returns the constant of a field. Only this code requires that the type can be a field's, so a
/// wrong type is reported here, once.
fn access(index: usize, field: &Field, support: &TokenStream) -> TokenStream {
    let Field { ty, .. } = field;
    let name = access_name(index);
    let span = field.name.span();
    let value_support = at(support, span);
    let value = quote_spanned!(span=> <#ty as #value_support::DeclaredField>::ACCESS);
    quote!(const #name: #support::Access<#ty> = #value;)
}

/// Returns the entry of a field in the table: the constant of its type, its name, and everything
/// that is not the default.
fn entry(index: usize, field: &Field, support: &TokenStream) -> TokenStream {
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
    let base64 = field.base64.then(|| quote!(.as_base64()));
    let or_empty = field.or_empty.then(|| quote!(.or_empty()));
    let or = field.or.as_ref().map(|(_, wire_name)| quote!(.or(#wire_name)));
    let number = field.number.as_ref().map(|number| {
        let span = ty.span();
        quote_spanned!(span=> .number(#number))
    });
    let each = field.each.as_ref().map(|each| quote!(.each(#each)));
    let access = access_name(index);
    quote! {
        #access.info.name(#wire_name)
            #docs #required #in_body #json #base64 #number #each #or_empty #or
    }
}

/// Returns a check that does not compile if `#[secret]` and the type disagree.
fn mark(index: usize, field: &Field, support: &TokenStream) -> Option<TokenStream> {
    if !field.secret && field.is_plainly_plain() {
        return None;
    }
    let Field { ty, secret, .. } = field;
    let span = ty.span();
    let support = at(support, span);
    let check = Ident::new(if *secret { "marked_secret" } else { "marked_plain" }, span);
    let access = access_name(index);
    Some(quote_spanned!(span=> const _: () = #support::#check(#access.info);))
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
    let summary = (!action.docs.is_empty()).then(|| {
        let paragraph: Vec<_> = action.docs.lines().take_while(|line| !line.is_empty()).collect();
        let summary = paragraph.join(" ");
        quote!(.summary(#summary))
    });
    let doc_url = action.doc_url.as_ref().map(|url| quote!(.doc_url(#url)));
    let transfer = transfer(action, support);
    let operation = (!is_rpc)
        .then(|| quote!(#[allow(deprecated)] impl #support::NativeOperation for #request {}));
    quote! {
        #operation

        #[allow(deprecated)]
        impl #support::Action for #request {
            type Response = #response;

            const INFO: &'static #support::ActionInfo =
                &#support::ActionInfo::#new::<#request>(#name, #version)
                    #gateways #data_plane #method #idempotent #deprecated
                    #summary #doc_url #transfer;
        }
    }
}

/// Returns the table of the action's `Transfer`, which an action that an instance serves must have.
/// A missing one is reported at the action's name.
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
        #visibility const #name: &[&#support::ActionInfo] = &[
            #(<#requests as #support::Action>::INFO),*
        ];
    })
}
