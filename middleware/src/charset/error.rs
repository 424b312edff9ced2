//! Why a name is no charset, or a text or octets do not fit one.

use std::fmt;

use crate::error::{Error, ErrorKind, Outcome};

/// How much of an unknown name is shown, in characters.
const SHOWN: usize = 40;

/// A charset that is not there, or that the text or the octets do not fit.
///
/// It never holds text or octets, only where in them the fault is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CharsetError {
    kind: CharsetErrorKind,
    charset: &'static str,
}

/// What is wrong with a charset or with what was to be written or read in it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CharsetErrorKind {
    /// There is no such charset.
    Unknown {
        /// The name that was asked for: its first 40 characters.
        name: String,
    },
    /// The charset needs the feature `encodings`, which is off.
    NeedsFeature {
        /// The charset's own name.
        name: &'static str,
    },
    /// The charset has no such character.
    Unencodable {
        /// Where the character is: how many characters come before it.
        position: usize,
    },
    /// The octets are no text of the charset.
    Malformed {
        /// Where the first faulty sequence begins: how many octets come before it.
        offset: usize,
    },
}

impl CharsetError {
    pub(super) fn unknown(name: &str, nearest: Option<&'static str>) -> Self {
        let name = name.chars().take(SHOWN).collect();
        Self { kind: CharsetErrorKind::Unknown { name }, charset: nearest.unwrap_or_default() }
    }

    pub(super) fn needs_feature(name: &'static str) -> Self {
        Self { kind: CharsetErrorKind::NeedsFeature { name }, charset: name }
    }

    pub(super) fn unencodable(charset: &'static str, position: usize) -> Self {
        Self { kind: CharsetErrorKind::Unencodable { position }, charset }
    }

    pub(super) fn malformed(charset: &'static str, offset: usize) -> Self {
        Self { kind: CharsetErrorKind::Malformed { offset }, charset }
    }

    /// What is wrong.
    pub fn kind(&self) -> &CharsetErrorKind {
        &self.kind
    }
}

impl fmt::Display for CharsetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let charset = self.charset;
        match &self.kind {
            CharsetErrorKind::Unknown { name } if charset.is_empty() => {
                write!(f, "there is no charset {name:?}: use one such as utf-8 or gbk")
            }
            CharsetErrorKind::Unknown { name } => {
                write!(f, "there is no charset {name:?}: is {charset} meant?")
            }
            CharsetErrorKind::NeedsFeature { name } => {
                write!(f, "the charset {name} needs the feature `encodings`, which is off")
            }
            CharsetErrorKind::Unencodable { position } => {
                write!(f, "the charset {charset} has no character like the text's at {position}")
            }
            CharsetErrorKind::Malformed { offset } => {
                write!(f, "the octets at {offset} are no {charset} text")
            }
        }
    }
}

impl std::error::Error for CharsetError {}

impl From<CharsetError> for Error {
    fn from(error: CharsetError) -> Self {
        let (kind, outcome, message) = match error.kind {
            CharsetErrorKind::Unknown { .. } | CharsetErrorKind::NeedsFeature { .. } => {
                (ErrorKind::Config, Outcome::NotSent, "the charset cannot be used")
            }
            CharsetErrorKind::Unencodable { .. } => {
                (ErrorKind::Encode, Outcome::NotSent, "the text cannot be written in the charset")
            }
            CharsetErrorKind::Malformed { .. } => {
                (ErrorKind::Decode, Outcome::Answered, "the plaintext is not in the charset")
            }
        };
        Self::new(kind, message).with_outcome(outcome).with_source(error)
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn the_kind_and_the_outcome_say_what_to_mend() {
        let cases = [
            (CharsetError::unknown("utf-9", None), ErrorKind::Config, Outcome::NotSent),
            (CharsetError::unencodable("ascii", 3), ErrorKind::Encode, Outcome::NotSent),
            (CharsetError::malformed("utf-8", 3), ErrorKind::Decode, Outcome::Answered),
        ];
        for (cause, kind, outcome) in cases {
            let error = Error::from(cause.clone());
            assert_eq!((error.kind(), error.outcome()), (kind, outcome));
            let source = error.source().and_then(|source| source.downcast_ref::<CharsetError>());
            assert_eq!(source, Some(&cause));
        }
    }

    #[test]
    fn an_unknown_name_is_cut_short() {
        let long = "x".repeat(1000);
        let CharsetErrorKind::Unknown { name } = CharsetError::unknown(&long, None).kind else {
            panic!("an unknown name is of another kind");
        };
        assert_eq!(name.len(), SHOWN);
    }
}
