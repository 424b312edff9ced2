//! Explains why a signature does not match, from the known mistakes of signers.
//!
//! Each mistake, and each combination of them, is tried on the request. If one reproduces the
//! client's signature, it is the reason; the fewest mistakes win. This costs a few hundred hashes
//! for a request that is refused anyway.

use alibabacloud_kms::middleware::wire::parameters::Parameter;
use http::Method;
use zeroize::Zeroizing;

use crate::engine::Engine;

/// A text that a client may have signed.
pub(super) struct Candidate {
    /// Its mistakes; empty for the text that should be signed.
    pub(super) mistakes: Vec<String>,
    pub(super) text: Zeroizing<String>,
}

/// A key that a client may have signed with, and its mistakes.
pub(super) type CandidateKey<K> = (Vec<String>, K);

/// Returns the fewest mistakes with which the text of a candidate and a key make the client's
/// signature.
pub(super) fn explain<K>(
    candidates: Vec<Candidate>,
    keys: Vec<CandidateKey<K>>,
    is_signed: impl Fn(&str, &K) -> bool,
) -> Option<String> {
    let mut pairs: Vec<_> = candidates
        .iter()
        .flat_map(|candidate| keys.iter().map(move |key| (candidate, key)))
        .filter(|(candidate, key)| !(candidate.mistakes.is_empty() && key.0.is_empty()))
        .collect();
    pairs.sort_by_key(|(candidate, key)| candidate.mistakes.len() + key.0.len());
    let found = pairs.into_iter().find(|(candidate, key)| is_signed(&candidate.text, &key.1));
    found.map(|(candidate, key)| {
        let mistakes: Vec<&str> =
            key.0.iter().chain(&candidate.mistakes).map(String::as_str).collect();
        mistakes.join(", and ")
    })
}

/// Returns the mistake of signing with the secret of another access key.
pub(super) fn other_secret(access_key_id: &str) -> String {
    format!("it is signed with the secret of the access key {access_key_id}")
}

/// Returns the public keys of all client keys; those other than `own` are mistakes.
pub(super) fn client_keys(engine: &Engine, own: &[u8]) -> Vec<CandidateKey<Vec<u8>>> {
    let keys = engine.client_public_keys().into_iter();
    keys.map(|(id, public_key)| {
        let mistakes = if public_key == own {
            Vec::new()
        } else {
            vec![format!("it is signed with the client key {id}")]
        };
        (mistakes, public_key)
    })
    .collect()
}

/// Returns the method of the request, and the one that it may have been taken for.
pub(super) fn methods(method: &Method) -> [(Method, Option<&'static str>); 2] {
    let other = if *method == Method::GET {
        (Method::POST, Some("the method is POST"))
    } else {
        (Method::GET, Some("the method is GET"))
    };
    [(method.clone(), None), other]
}

/// Returns the canonical query in every order and encoding, beginning with the right one.
pub(super) fn queries(parameters: &[&Parameter]) -> Vec<(Zeroizing<String>, Vec<&'static str>)> {
    let mut out: Vec<(Zeroizing<String>, Vec<&'static str>)> = Vec::new();
    for encoding in Encoding::ALL {
        for order in Order::ALL {
            let query = order.join(parameters, encoding);
            // Most mistakes change nothing in most requests.
            if out.iter().all(|(other, _)| *other != query) {
                out.push((query, encoding.mistake().into_iter().chain(order.mistake()).collect()));
            }
        }
    }
    out
}

/// The encoding of names and values.
#[derive(Clone, Copy, Debug)]
pub(super) enum Encoding {
    /// The right one.
    Rfc3986,
    /// With `+` for a space.
    Plus,
    /// As HTML forms and Java's `URLEncoder` do.
    Form,
    /// As JavaScript's `encodeURIComponent` does.
    Component,
    /// As Python's `quote` does, which keeps `/`.
    Path,
    /// With lower-case hexadecimal digits.
    LowerCase,
}

impl Encoding {
    pub(super) const ALL: [Self; 6] =
        [Self::Rfc3986, Self::Plus, Self::Form, Self::Component, Self::Path, Self::LowerCase];

    fn mistake(self) -> Option<&'static str> {
        match self {
            Self::Rfc3986 => None,
            Self::Plus => Some("a space is encoded as + and not as %20"),
            Self::Form => {
                Some("names and values are encoded as in a form, with + for a space, * and %7E")
            }
            Self::Component => Some("the characters !'()* are not encoded"),
            Self::Path => Some("the character / is not encoded"),
            Self::LowerCase => Some("names and values are encoded with small hexadecimal digits"),
        }
    }

    fn keeps(self, byte: u8) -> bool {
        let is_plain = byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        is_plain
            || match self {
                Self::Form => byte == b'*',
                Self::Component => b"~!'()*".contains(&byte),
                Self::Path => b"~/".contains(&byte),
                Self::Rfc3986 | Self::Plus | Self::LowerCase => byte == b'~',
            }
    }

    /// Returns the text in this encoding.
    pub(super) fn encode(self, text: &str) -> Zeroizing<String> {
        const UPPER: &[u8; 16] = b"0123456789ABCDEF";
        const LOWER: &[u8; 16] = b"0123456789abcdef";
        let digits = if matches!(self, Self::LowerCase) { LOWER } else { UPPER };
        let mut out = Zeroizing::new(String::with_capacity(3 * text.len()));
        for byte in text.bytes() {
            match byte {
                b' ' if matches!(self, Self::Plus | Self::Form) => out.push('+'),
                byte if self.keeps(byte) => out.push(char::from(byte)),
                byte => {
                    out.push('%');
                    out.push(char::from(digits[usize::from(byte >> 4)]));
                    out.push(char::from(digits[usize::from(byte & 15)]));
                }
            }
        }
        out
    }
}

/// The order of parameters.
#[derive(Clone, Copy, Debug)]
pub(super) enum Order {
    /// By name, the right one.
    Names,
    /// By encoded name.
    EncodedNames,
    /// By name, without distinguishing upper and lower case.
    CaseFolded,
    /// Unsorted.
    AsReceived,
}

impl Order {
    pub(super) const ALL: [Self; 4] =
        [Self::Names, Self::EncodedNames, Self::CaseFolded, Self::AsReceived];

    fn mistake(self) -> Option<&'static str> {
        match self {
            Self::Names => None,
            Self::EncodedNames => Some("parameters are sorted by their encoded names"),
            Self::CaseFolded => Some("parameters are sorted without regard to case"),
            Self::AsReceived => Some("parameters are not sorted"),
        }
    }

    fn join(self, parameters: &[&Parameter], encoding: Encoding) -> Zeroizing<String> {
        let mut sorted: Vec<_> = parameters
            .iter()
            .map(|it| (&it.name, &it.value, encoding.encode(&it.name), encoding.encode(&it.value)))
            .collect();
        match self {
            Self::Names => {
                sorted.sort_by(|one, other| (one.0, &**one.1).cmp(&(other.0, &**other.1)))
            }
            Self::EncodedNames => {
                sorted.sort_by(|one, other| (&*one.2, &*one.3).cmp(&(&*other.2, &*other.3)));
            }
            Self::CaseFolded => sorted.sort_by_key(|it| it.0.to_ascii_lowercase()),
            Self::AsReceived => {}
        }
        let length = sorted.iter().map(|it| it.2.len() + it.3.len() + 2).sum();
        let mut out = Zeroizing::new(String::with_capacity(length));
        for (index, (_, _, name, value)) in sorted.iter().enumerate() {
            if index > 0 {
                out.push('&');
            }
            out.extend([name.as_str(), "=", value]);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fewest_mistakes_explain_a_signature() {
        let candidate = |mistakes: &[&str], text: &str| Candidate {
            mistakes: mistakes.iter().map(|it| (*it).to_owned()).collect(),
            text: Zeroizing::new(text.to_owned()),
        };
        let candidates =
            || vec![candidate(&[], "right"), candidate(&["a", "b"], "x"), candidate(&["c"], "x")];
        let keys = || vec![(Vec::new(), 1), (vec!["k".to_owned()], 2)];
        let explained = |text: &'static str, key: i32| {
            explain(candidates(), keys(), |given, used| given == text && *used == key)
        };
        assert_eq!(explained("x", 1).as_deref(), Some("c"));
        assert_eq!(explained("x", 2).as_deref(), Some("k, and c"));
        assert_eq!(explained("right", 2).as_deref(), Some("k"));
        assert_eq!(explained("right", 1), None);
        assert_eq!(explained("other", 1), None);
    }

    #[test]
    fn texts_are_encoded_as_other_languages_do() {
        let text = "a b*~'/中";
        for (encoding, expected) in [
            (Encoding::Rfc3986, "a%20b%2A~%27%2F%E4%B8%AD"),
            (Encoding::Plus, "a+b%2A~%27%2F%E4%B8%AD"),
            (Encoding::Form, "a+b*%7E%27%2F%E4%B8%AD"),
            (Encoding::Component, "a%20b*~'%2F%E4%B8%AD"),
            (Encoding::Path, "a%20b%2A~%27/%E4%B8%AD"),
            (Encoding::LowerCase, "a%20b%2a~%27%2f%e4%b8%ad"),
        ] {
            assert_eq!(*encoding.encode(text), expected, "{encoding:?}");
        }
    }

    #[test]
    fn a_mistake_that_changes_nothing_is_no_explanation() {
        let parameters = [("a", "1"), ("b", "2")]
            .map(|(name, value)| Parameter::new(name, Zeroizing::new(value.to_owned())));
        let parameters: Vec<&Parameter> = parameters.iter().collect();
        assert_eq!(queries(&parameters).len(), 1);
    }
}
