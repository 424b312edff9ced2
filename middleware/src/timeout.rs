//! Time limits: [`total`] for the whole call, [`attempt`] for each request.

pub mod attempt;
mod departure;
pub mod total;

use std::time::Duration;

use tokio::time::Instant;

pub use self::attempt::{AttemptTimeout, AttemptTimeoutLayer};
pub(crate) use self::departure::Departure;
pub(crate) use self::total::Begun;
pub use self::total::{Deadline, TotalTimeout, TotalTimeoutLayer};

/// When a limit that begins now ends. One that no clock can hold ends in a century.
fn deadline(limit: Duration) -> Instant {
    const CENTURY: Duration = Duration::from_secs(100 * 365 * 86_400);
    Instant::now() + limit.min(CENTURY)
}
