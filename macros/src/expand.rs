//! From the model to Rust: one file per concern.
//!
//! The emitted code is kept small: a struct, two `match`es and a table for each payload. The code
//! that reads and writes payloads is shared and driven by the tables. Tables are constants and
//! functions are `#[inline]` or generic, so that a crate compiles those of the actions that it
//! calls, not of all that are declared.
//!
//! Each file gets `support`, the path of the root crate's module that the emitted code uses. Names
//! and calls that may appear in an error of rustc have the span of the declaration's own token.

mod client;
mod example;
mod info;
mod pages;
mod payload;
mod setters;
mod values;

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Api;

pub(crate) fn api(api: &Api) -> TokenStream {
    let root = &api.root;
    let support = &quote!(#root::__private);
    let values = api.values.iter().map(|declared| values::values(declared, support));
    let objects = api.objects.iter().map(|object| {
        let payload = payload::of_object(object, support);
        let setters = setters::object(object);
        quote!(#payload #setters)
    });
    let actions = api.actions.iter().map(|action| {
        let payloads = payload::of_action(action, api, support);
        let setters = setters::request(action);
        let info = info::action(action, &api.version, support);
        let paged = pages::paged(action, support);
        quote!(#payloads #setters #info #paged)
    });
    let registry = info::registry(api, support);
    let methods = client::methods(api, support);
    quote!(#(#values)* #(#objects)* #(#actions)* #registry #methods)
}
