//! Time limits: [`total`] for the whole call, [`attempt`] for each request, and the [`Deadline`] that
//! layers in between go by; the transport has one for each connection.
//!
//! The error of a limit that ran out names it ([`Error::time_limit`](crate::Error::time_limit)) and
//! says whether the request can have left by then ([`Error::outcome`](crate::Error::outcome)).

pub mod attempt;
pub mod total;

pub use self::attempt::{AttemptTimeout, AttemptTimeoutLayer};
pub use self::total::{TotalTimeout, TotalTimeoutLayer};
pub use crate::error::TimeLimit;
pub use crate::signals::Deadline;
