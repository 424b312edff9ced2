//! What a mock was made for and did not see.

use std::fmt;

/// Why [`verify`](super::MockGateway::verify) is not content: a line for each answer that was not
/// given as often as its rule says, and for each request that no rule answered.
///
/// `Debug` is the same text, so that `unwrap` shows it as it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Unmet {
    pub(super) lines: Vec<String>,
}

impl Unmet {
    /// The lines, each a sentence that names action and rule.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the mock's rules are not met:")?;
        for line in &self.lines {
            write!(f, "\n- {line}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Unmet {}
