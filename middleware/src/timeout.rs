//! Time limits: [`total`] for the whole call, [`attempt`] for each request, and the [`deadline`] that
//! layers in between go by; the transport has one for each connection.
//!
//! The error of a limit that ran out names it ([`Error::time_limit`](crate::Error::time_limit)) and
//! says whether the request can have left by then ([`Error::outcome`](crate::Error::outcome)).

pub mod attempt;
pub mod deadline;
mod departure;
mod progress;
pub mod total;

use std::time::Duration;

use tokio::time::Instant;

pub use self::attempt::{AttemptTimeout, AttemptTimeoutLayer};
pub use self::deadline::Deadline;
pub(crate) use self::departure::Departure;
pub(crate) use self::progress::Progress;
pub use self::total::{TotalTimeout, TotalTimeoutLayer};
pub use crate::error::TimeLimit;

/// When a limit that begins now ends. One that no clock can hold ends in a century.
fn ends(limit: Duration) -> Instant {
    const CENTURY: Duration = Duration::from_secs(100 * 365 * 86_400);
    Instant::now() + limit.min(CENTURY)
}
