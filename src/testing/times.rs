//! How often an answer is given.

use std::fmt;
use std::ops::{RangeFrom, RangeFull, RangeInclusive, RangeToInclusive};

/// How often a rule gives an answer: exactly, at least, at most.
///
/// Once the upper bound is reached, the rule continues with its next answer. Below the lower bound,
/// [`verify`](super::MockGateway::verify) fails.
///
/// ```
/// use alibabacloud_kms::testing::Times;
///
/// for (times, text) in [
///     (Times::from(2), "exactly 2 times"),
///     (Times::from(1..), "at least 1 time"),
///     (Times::from(..=3), "at most 3 times"),
///     (Times::from(2..=3), "2 to 3 times"),
///     (Times::from(..), "any number of times"),
/// ] {
///     assert_eq!(times.to_string(), text);
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    least: usize,
    most: Option<usize>,
}

impl Times {
    pub(super) const fn has_room_after(self, given: usize) -> bool {
        match self.most {
            Some(most) => given < most,
            None => true,
        }
    }

    pub(super) const fn is_met_by(self, given: usize) -> bool {
        given >= self.least
    }
}

impl From<usize> for Times {
    fn from(exactly: usize) -> Self {
        Self { least: exactly, most: Some(exactly) }
    }
}

impl From<RangeFrom<usize>> for Times {
    fn from(range: RangeFrom<usize>) -> Self {
        Self { least: range.start, most: None }
    }
}

impl From<RangeToInclusive<usize>> for Times {
    fn from(range: RangeToInclusive<usize>) -> Self {
        Self { least: 0, most: Some(range.end) }
    }
}

impl From<RangeInclusive<usize>> for Times {
    fn from(range: RangeInclusive<usize>) -> Self {
        Self { least: *range.start(), most: Some(*range.end()) }
    }
}

impl From<RangeFull> for Times {
    fn from(_: RangeFull) -> Self {
        Self { least: 0, most: None }
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let times = |count: usize| if count == 1 { "time" } else { "times" };
        match (self.least, self.most) {
            (least, Some(most)) if least == most => write!(f, "exactly {most} {}", times(most)),
            (0, Some(most)) => write!(f, "at most {most} {}", times(most)),
            (least, Some(most)) => write!(f, "{least} to {most} {}", times(most)),
            (0, None) => f.write_str("any number of times"),
            (least, None) => write!(f, "at least {least} {}", times(least)),
        }
    }
}
