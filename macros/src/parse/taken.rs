//! Methods that a client has already, so that one of a user's trait would not be found.

use syn::ext::IdentExt;

use crate::errors::Errors;
use crate::model::Action;

/// A name in each line; a test compares them with the client.
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
