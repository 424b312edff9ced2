//! `KMS_LOG`: what the client does, line by line on stderr.

use alibabacloud_kms::{Error, ErrorKind};
use tracing_subscriber::EnvFilter;

use crate::environment::{Env, variable};

/// Logs what the variable asks for (`debug`, `alibabacloud_kms=trace`); nothing if it is not set.
pub(crate) fn start(env: &Env) -> Result<(), Error> {
    let Some(directives) = variable(env, "KMS_LOG")? else {
        return Ok(());
    };
    let filter = EnvFilter::try_new(directives).map_err(|error| {
        let message = "KMS_LOG is not a filter: give it as `debug` or `target=level,…`";
        Error::new(ErrorKind::Config, message).with_source(error)
    })?;
    // Only tests start twice in a process; the first log stays.
    let _ =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
    Ok(())
}
