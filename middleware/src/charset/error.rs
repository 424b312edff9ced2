//! Errors of charsets.

use std::fmt;

use crate::error::{Error, ErrorKind, Outcome};

/// The maximum number of characters of an unknown name that are shown.
const SHOWN: usize = 40;

/// A charset that does not exist, or text or bytes that do not fit it.
///
/// The error holds no text and no bytes, only the position of the fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CharsetError {
    kind: CharsetErrorKind,
    charset: &'static str,
}

/// The kind of a [`CharsetError`]. `Debug` does not show an unknown name, which may be anything.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CharsetErrorKind {
    /// There is no such charset.
    Unknown {
        /// The first 40 characters of the name.
        name: String,
    },
    /// The charset needs the feature `encodings`, which is off.
    NeedsFeature {
        /// The charset's own name.
        name: &'static str,
    },
    /// The charset lacks a character of the text.
    Unencodable {
        /// The number of characters before it.
        position: usize,
    },
    /// The bytes are not text in the charset.
    Malformed {
        /// The number of bytes before the first faulty sequence.
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

    /// Returns the kind.
    pub fn kind(&self) -> &CharsetErrorKind {
        &self.kind
    }
}

impl fmt::Debug for CharsetErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { .. } => f.debug_struct("Unknown").finish_non_exhaustive(),
            Self::NeedsFeature { name } => {
                f.debug_struct("NeedsFeature").field("name", name).finish()
            }
            Self::Unencodable { position } => {
                f.debug_struct("Unencodable").field("position", position).finish()
            }
            Self::Malformed { offset } => {
                f.debug_struct("Malformed").field("offset", offset).finish()
            }
        }
    }
}

impl fmt::Display for CharsetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let charset = self.charset;
        match &self.kind {
            // A text that does not look like a charset's name may be anything, so it is not shown.
            CharsetErrorKind::Unknown { .. } if charset.is_empty() => {
                f.write_str("the name of the charset is unknown: use one such as utf-8 or gbk")
            }
            CharsetErrorKind::Unknown { name } => {
                write!(f, "the charset {name:?} is unknown: did you mean {charset}?")
            }
            CharsetErrorKind::NeedsFeature { name } => {
                write!(f, "the charset {name} needs the feature `encodings`: enable it")
            }
            CharsetErrorKind::Unencodable { position } => {
                write!(
                    f,
                    "the charset {charset} cannot represent the character at position {position}"
                )
            }
            CharsetErrorKind::Malformed { offset } => {
                write!(f, "the bytes from position {offset} are not {charset} text")
            }
        }
    }
}

impl std::error::Error for CharsetError {}

impl From<CharsetError> for Error {
    fn from(error: CharsetError) -> Self {
        let charset = error.charset;
        let (kind, outcome, message) = match &error.kind {
            // A text that does not look like a charset's name may be anything, so it is not shown.
            CharsetErrorKind::Unknown { .. } if charset.is_empty() => {
                let message =
                    "the charset cannot be used: its name is unknown; use one such as utf-8 or gbk";
                (ErrorKind::Config, Outcome::NotSent, message.to_owned())
            }
            CharsetErrorKind::Unknown { name } => {
                let message = format!(
                    "the charset {name:?} cannot be used: its name is unknown; did you mean \
                     {charset}?"
                );
                (ErrorKind::Config, Outcome::NotSent, message)
            }
            CharsetErrorKind::NeedsFeature { name } => {
                let message = format!(
                    "the charset {name} cannot be used: this build lacks it; enable the feature \
                     `encodings`"
                );
                (ErrorKind::Config, Outcome::NotSent, message)
            }
            CharsetErrorKind::Unencodable { position } => {
                let message = format!(
                    "the text cannot be written in {charset}, which lacks its character at \
                     position {position}: choose a charset that has it, such as utf-8"
                );
                (ErrorKind::Encode, Outcome::NotSent, message)
            }
            CharsetErrorKind::Malformed { offset } => {
                let message = format!(
                    "the plaintext is not {charset} from byte {offset} on: it was encrypted in \
                     another charset, or is not text"
                );
                (ErrorKind::Decode, Outcome::Answered, message)
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
    fn display_names_the_cause_and_the_remedy_and_does_not_repeat_the_source() {
        let cases: [(CharsetError, &[&str]); 5] = [
            (CharsetError::unknown("gb-18030-x", Some("gb18030")), &["\"gb-18030-x\"", "gb18030"]),
            (CharsetError::unknown("klingon", None), &["unknown", "utf-8"]),
            (CharsetError::needs_feature("gbk"), &["gbk", "encodings"]),
            (CharsetError::unencodable("ascii", 3), &["ascii", "position 3", "utf-8"]),
            (CharsetError::malformed("gbk", 17), &["gbk", "byte 17", "another charset"]),
        ];
        for (cause, words) in cases {
            let shown = Error::from(cause.clone()).to_string();
            for word in words {
                assert!(shown.contains(word), "{shown}");
            }
            assert!(!shown.contains(&cause.to_string()), "{shown}");
        }
    }

    #[test]
    fn a_name_that_resembles_no_charset_is_not_shown() {
        let cause = CharsetError::unknown("canary-secret", None);
        let shown = format!("{cause} {cause:?} {:?}", Error::from(cause.clone()));
        assert!(!shown.contains("canary") && shown.contains("Unknown"), "{shown}");
        let others = [
            (CharsetError::needs_feature("gbk"), "NeedsFeature { name: \"gbk\" }"),
            (CharsetError::unencodable("ascii", 3), "Unencodable { position: 3 }"),
            (CharsetError::malformed("gbk", 17), "Malformed { offset: 17 }"),
        ];
        for (cause, shown) in others {
            assert_eq!(format!("{:?}", cause.kind()), shown);
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
