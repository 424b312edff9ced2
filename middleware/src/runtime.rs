//! The tokio runtime that a call runs on: its timers panic without one.

use tokio::runtime::Handle;

use crate::error::{Error, ErrorKind};

/// Returns the runtime of this call.
///
/// # Errors
///
/// [`ErrorKind::Config`]: there is none.
pub fn current() -> Result<Handle, Error> {
    Handle::try_current().map_err(|_| {
        Error::new(
            ErrorKind::Config,
            "no tokio runtime: run the call inside one, or enable the feature blocking and call \
             `wait()`",
        )
    })
}
