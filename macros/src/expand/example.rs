//! The documentation of a request: the action's own, an example that calls it, and the official page.
//!
//! The example is a doc test. A doc test sees public names only, and the macro cannot tell whether
//! the module of a declaration is public, so the declaration enables examples with
//! `examples = ".."`. They are emitted only for rustdoc, so that other builds do not pay for them.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::model::{Action, Api, Field, Methods, Required, Shape};

/// The link to the official documentation, in a paragraph of its own.
pub(super) fn link(action: &Action) -> Option<TokenStream> {
    let url = action.doc_url.as_ref()?.value();
    let link = format!("[Official documentation]({url})");
    Some(quote!(#[doc = ""] #[doc = #link]))
}

/// Returns an example that calls the action with everything that its request requires, if the
/// declaration enables examples.
pub(super) fn example(action: &Action, api: &Api) -> Option<TokenStream> {
    let client = api.examples.as_ref()?.value();
    let request = action.request_name();
    let used = match &api.methods {
        Methods::Trait(_, name) => format!("{{{name}, {request}}}"),
        Methods::Inherent(_) | Methods::None => request.to_string(),
    };
    let method = match &api.methods {
        Methods::None => "invoke".to_owned(),
        Methods::Trait(..) | Methods::Inherent(_) => action.method.to_string(),
    };
    let call = format!("{client}.{method}(request)");
    let head = "\n# Example\n\n```no_run\nuse ";
    let tail = format!("::{used};\n{}```\n", body(action, &request, &call));
    // Only rustc knows the path of the module that contains the declaration.
    Some(quote!(#[cfg_attr(doc, doc = ::core::concat!(#head, ::core::module_path!(), #tail))]))
}

/// Returns the body of the example, a function that is not called.
fn body(action: &Action, request: &Ident, call: &str) -> String {
    let needed = |required| action.request.iter().filter(move |field| field.required == required);
    let arguments: Vec<_> = needed(Required::Always).map(|field| field.name.to_string()).collect();
    let setters: String =
        needed(Required::OnShared).map(|Field { name, .. }| format!(".{name}({name})")).collect();
    // The values come from another request, so the example need not name their types.
    let fields: Vec<_> = needed(Required::Always)
        .map(|field| field.name.to_string())
        .chain(needed(Required::OnShared).map(|field| match field.shape() {
            Shape::Option(_) => format!("{name}: Some({name})", name = field.name),
            Shape::Plain(_) | Shape::List(_) => field.name.to_string(),
        }))
        .map(|field| format!("{field}, "))
        .collect();
    let fields = fields.concat();
    let use_of_response = if action.pages.is_some() {
        format!(
            "let mut items = {call}.items();\n\
             while let Some(item) = items.next().await {{\n    println!(\"{{:?}}\", item?);\n}}\n"
        )
    } else {
        format!("let response = {call}.await?;\nprintln!(\"{{response:?}}\");\n")
    };
    let arguments = arguments.join(", ");
    format!(
        "\n\
         # type Result = std::result::Result<(), alibabacloud_kms::Error>;\n\
         # async fn run(client: alibabacloud_kms::KmsClient, given: {request}) -> Result {{\n\
         # let {request} {{ {fields}.. }} = given else {{ return Ok(()) }};\n\
         let request = {request}::new({arguments}){setters};\n\
         {use_of_response}\
         # Ok(())\n\
         # }}\n"
    )
}
