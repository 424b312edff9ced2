//! Refuses methods with the name of one of the client's own methods, which would hide the method of
//! the user's trait.

use syn::ext::IdentExt;

use crate::errors::Errors;
use crate::model::Action;

/// The names, one per line. A test compares them with the client.
const TAKEN: &str = include_str!("taken.txt");

pub(super) fn check(action: &Action, errors: &mut Errors) {
    let method = action.method.unraw().to_string();
    if TAKEN.lines().any(|taken| taken == method) {
        let name = &action.name;
        errors.at(
            name.span(),
            format!(
                "KmsClient has a method `{method}` already: choose another name, or leave out the \
                 trait and call it with `client.invoke({name}Request::new(..))`"
            ),
        );
    }
}
