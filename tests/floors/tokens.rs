//! Paths in the tokens of a macro.

use proc_macro2::{Ident, TokenStream, TokenTree};

/// A path as it is written; the first segment of `::name` is empty.
pub(crate) type Path = Vec<String>;

/// Returns every name and every `a::b` in `tokens`, with its line.
///
/// What follows `.`, `$`, `#` or `'` is a field, a variable or a lifetime, except in `$crate`.
pub(crate) fn paths(tokens: TokenStream) -> Vec<(Path, usize)> {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Group(group) => found.extend(paths(group.stream())),
            TokenTree::Ident(first) if is_name(first, &tokens[..at]) => {
                let mut path = match &tokens[..at] {
                    [.., a, b] if is_colon(a) && is_colon(b) => vec![String::new()],
                    _ => Vec::new(),
                };
                path.push(first.to_string());
                while let [a, b, TokenTree::Ident(next), ..] = &tokens[at + 1..]
                    && is_colon(a)
                    && is_colon(b)
                {
                    path.push(next.to_string());
                    at += 3;
                }
                found.push((path, first.span().start().line));
            }
            _ => {}
        }
        at += 1;
    }
    found
}

fn is_name(ident: &Ident, before: &[TokenTree]) -> bool {
    match before {
        [.., TokenTree::Punct(punct)] => match punct.as_char() {
            '$' => ident == "crate",
            other => !matches!(other, '.' | '#' | '\''),
        },
        _ => true,
    }
}

fn is_colon(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':')
}
