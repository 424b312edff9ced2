//! `KMS_LOG`: logs what the client does, line by line on stderr.

use alibabacloud_kms::{Error, ErrorKind};
use tracing_subscriber::EnvFilter;

use crate::environment::{Env, variable};

/// Starts the log with the filter in the variable, such as `debug` or `alibabacloud_kms=trace`.
/// Starts none if it is unset.
pub(crate) fn start(env: &Env) -> Result<(), Error> {
    let Some(directives) = variable(env, "KMS_LOG")? else {
        return Ok(());
    };
    let filter = EnvFilter::try_new(directives).map_err(|_| {
        // The original message quotes the value.
        let message = "KMS_LOG is not a log filter: use `debug` or `target=level,…`";
        Error::new(ErrorKind::Config, message)
    })?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // Otherwise the subscriber would report a closed stderr to stderr, and panic.
        .log_internal_errors(false);
    // Only tests start twice in a process; the first log stays.
    let _ = log.try_init();
    Ok(())
}
