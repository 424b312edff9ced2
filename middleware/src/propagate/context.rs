//! The context of a trace: `traceparent` and `tracestate`.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::state;
use crate::error::{Error, ErrorKind};

/// The trace of a request, and the span that sends it.
///
/// A context is always valid: its ids are not all zeros, and its state is well-formed. `Display`
/// writes the `traceparent` header and `FromStr` reads one (W3C Trace Context, section 3.2):
///
/// ```
/// use alibabacloud_kms_middleware::propagate::TraceContext;
///
/// let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
/// let context: TraceContext = parent.parse()?;
/// assert_eq!(context.to_string(), parent);
/// # Ok::<(), alibabacloud_kms_middleware::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceContext {
    trace_id: [u8; 16],
    parent_id: [u8; 8],
    flags: u8,
    state: Option<Arc<str>>,
}

/// `sampled` and `random-trace-id`: the flags that have a meaning. The others must be sent as 0.
const FLAGS: u8 = 0b11;

/// The length of a `traceparent` of version 00, in bytes.
const LENGTH: usize = 55;

impl TraceContext {
    /// Creates the context of this trace and the span that sends requests. Bit 0 of the flags means
    /// that the trace is recorded, bit 1 that its id is random; other bits are dropped.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: an id is all zeros.
    #[inline]
    pub fn new(trace_id: [u8; 16], parent_id: [u8; 8], flags: u8) -> Result<Self, Error> {
        if trace_id == [0; 16] {
            return Err(wrong("the trace id is all zeros"));
        }
        if parent_id == [0; 8] {
            return Err(wrong("the parent id is all zeros"));
        }
        Ok(Self { trace_id, parent_id, flags: flags & FLAGS, state: None })
    }

    /// Sets the state of tracers, in the form of the `tracestate` header (default none). An empty
    /// one counts as none.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: the state has more than 32 members, a key twice, or a member that is
    /// not `key=value` in the characters and lengths of W3C Trace Context, section 3.3.
    #[inline]
    pub fn with_state(mut self, state: &str) -> Result<Self, Error> {
        state::check(state).map_err(wrong)?;
        self.state = Some(state).filter(|state| !state.is_empty()).map(Arc::from);
        Ok(self)
    }

    /// Returns the state of tracers, if there is any.
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let trace_id = u128::from_be_bytes(self.trace_id);
        let parent_id = u64::from_be_bytes(self.parent_id);
        write!(f, "00-{trace_id:032x}-{parent_id:016x}-{:02x}", self.flags)
    }
}

impl FromStr for TraceContext {
    type Err = Error;

    /// Reads a `traceparent` header. If its version is later than 00, only the part that version 00
    /// defines is read.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: the text is not a `traceparent`, or an id is all zeros.
    #[inline]
    fn from_str(parent: &str) -> Result<Self, Error> {
        let form = || wrong("the traceparent is not `00-<32 hex digits>-<16>-<2>` in lower case");
        let (known, rest) = parent.as_bytes().split_at_checked(LENGTH).ok_or_else(form)?;
        let (version, known) = part::<1>(known).ok_or_else(form)?;
        let is_whole = match version {
            [0] => rest.is_empty(),
            [0xff] => false,
            _ => rest.is_empty() || rest.starts_with(b"-"),
        };
        if !is_whole {
            return Err(form());
        }
        let (trace_id, known) = next::<16>(known).ok_or_else(form)?;
        let (parent_id, known) = next::<8>(known).ok_or_else(form)?;
        let ([flags], _) = next::<1>(known).ok_or_else(form)?;
        Self::new(trace_id, parent_id, flags)
    }
}

/// Takes a dash and this many bytes in hexadecimal, and returns them with the rest.
fn next<const LEN: usize>(text: &[u8]) -> Option<([u8; LEN], &[u8])> {
    part(text.strip_prefix(b"-")?)
}

/// Takes this many bytes in lower-case hexadecimal, and returns them with the rest.
fn part<const LEN: usize>(text: &[u8]) -> Option<([u8; LEN], &[u8])> {
    let (digits, rest) = text.split_at_checked(2 * LEN)?;
    let mut bytes = [0; LEN];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some((bytes, rest))
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

fn wrong(what: &'static str) -> Error {
    Error::new(ErrorKind::Config, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn reads(text: &str) -> Option<String> {
        text.parse::<TraceContext>().ok().map(|context| context.to_string())
    }

    #[test]
    fn a_parent_is_written_as_it_was_read() {
        assert_eq!(reads(PARENT).as_deref(), Some(PARENT));
        let smallest = "00-00000000000000000000000000000001-0000000000000001-00";
        assert_eq!(reads(smallest).as_deref(), Some(smallest));
    }

    #[test]
    fn what_is_not_a_parent_is_refused() {
        for text in [
            "",
            "00",
            // All zeros.
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            // Upper case.
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-B7AD6B7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0A",
            // No hexadecimal.
            "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01",
            "0x-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            // Other dashes.
            "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319cb7ad6b7169203331--01",
            // Too short, and too long for its version.
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
            " 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            // The forbidden version.
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            // Not ASCII where it would be cut.
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-é",
        ] {
            assert_eq!(reads(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_version_to_come_is_read_as_far_as_it_is_understood_and_sent_on_as_ours() {
        for text in [
            "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-the-future-brings",
        ] {
            assert_eq!(reads(text).as_deref(), Some(PARENT), "{text}");
        }
        let run_on = "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.more";
        assert_eq!(reads(run_on), None);
    }

    #[test]
    fn flags_without_a_meaning_are_not_sent_on() {
        let all = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff";
        assert!(reads(all).expect("a parent").ends_with("-03"));
    }

    #[test]
    fn an_empty_state_is_none() {
        let context: TraceContext = PARENT.parse().expect("a parent");
        let of = |state| context.clone().with_state(state).map(|context| context.state().is_some());
        assert_eq!(of("").ok(), Some(false));
        assert_eq!(of("a=1").ok(), Some(true));
        assert_eq!(of("a").expect_err("no value").kind(), ErrorKind::Config);
    }
}
