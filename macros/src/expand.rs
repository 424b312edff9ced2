//! From the model to Rust: one file per concern.
//!
//! What is emitted is kept small: a struct, two `match`es and a table for each payload. All that
//! reads and writes payloads is shared and driven by the tables.

mod client;
mod info;
mod pages;
mod payload;
mod setters;
mod values;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use crate::model::{Action, Api};

pub(crate) fn api(api: &Api) -> TokenStream {
    let values = api.values.iter().map(values::values);
    let objects = api.objects.iter().map(|object| {
        let payload = payload::of_object(object);
        let setters = setters::object(object);
        quote!(#payload #setters)
    });
    let actions = api.actions.iter().map(|action| {
        let payloads = payload::of_action(action);
        let setters = setters::request(action);
        let info = info::action(action, &api.version);
        let paged = pages::paged(action);
        quote!(#payloads #setters #info #paged)
    });
    let registry = info::registry(api);
    let methods = client::methods(api);
    quote!(#(#values)* #(#objects)* #(#actions)* #registry #methods)
}

fn request_name(action: &Action) -> Ident {
    format_ident!("{}Request", action.name)
}

fn response_name(action: &Action) -> Ident {
    format_ident!("{}Response", action.name)
}

/// The module of the root crate that the emitted code leans on.
fn support() -> TokenStream {
    quote!(::alibabacloud_kms::__private)
}
