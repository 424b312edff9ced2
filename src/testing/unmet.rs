//! The error of a mock whose rules were not met.

use std::fmt;

/// The error of [`verify`](super::MockGateway::verify): one line for each answer that was not given
/// as often as its rule says, and for each request that no rule answered.
///
/// `Debug` prints the same text, so that `unwrap` shows it legibly.
#[derive(Clone, PartialEq, Eq)]
pub struct Unmet {
    pub(super) lines: Vec<String>,
}

impl Unmet {
    /// Returns the lines. Each is a sentence that names action and rule.
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
