//! `kms_api!`, which declares the actions of `alibabacloud-kms`.
//!
//! Use it through `alibabacloud_kms::kms_api`, where its grammar is documented. A declaration is
//! parsed (`parse`) into a model (`model`), and each concern of the model is expanded (`expand`) in a
//! file of its own. All mistakes are collected (`errors`).

#![cfg_attr(docsrs, feature(doc_cfg))]

mod errors;
mod expand;
mod model;
mod parse;

use proc_macro::TokenStream;

/// Declares actions: see `alibabacloud_kms::kms_api`, which passes the path of its crate first.
#[proc_macro]
pub fn kms_api(input: TokenStream) -> TokenStream {
    syn::parse::<model::Api>(input)
        .map_or_else(|error| error.to_compile_error(), |api| expand::api(&api))
        .into()
}
