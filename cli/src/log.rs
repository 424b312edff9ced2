//! `KMS_LOG`: logs what the client does, line by line on stderr.

use alibabacloud_kms::__private::trimmed;
use alibabacloud_kms::Error;
use tracing_subscriber::EnvFilter;

use crate::environment::{Env, variable, wrong};

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// Starts the log with the filter in the variable, such as `debug` or `alibabacloud_kms=trace`.
/// Starts none if it is unset.
pub(crate) fn start(env: &Env) -> Result<(), Error> {
    let Some(directives) = variable(env, "KMS_LOG")? else {
        return Ok(());
    };
    let filter = filter(trimmed(&directives))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // Otherwise the subscriber would report a closed stderr to stderr, and panic.
        .log_internal_errors(false);
    // Only tests start twice in a process; the first log stays.
    let _ = log.try_init();
    Ok(())
}

/// Returns the filter of a text. A bare word must be a level: as the name of a target, which
/// [`EnvFilter`] takes it for, a misspelt level would log nothing.
fn filter(directives: &str) -> Result<EnvFilter, Error> {
    let is_known = |part: &str| {
        let part = part.trim();
        part.contains(['=', '[', ']'])
            || LEVELS.iter().any(|level| part.eq_ignore_ascii_case(level))
    };
    let filter = EnvFilter::try_new(directives).ok();
    filter.filter(|_| directives.split(',').all(is_known)).ok_or_else(|| {
        // The original message quotes the value.
        let levels = LEVELS.join(", ");
        wrong(format!("KMS_LOG is not a log filter: use one of {levels}, or `target=level,…`"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_a_level_or_has_one_for_each_target() {
        for text in ["debug", "WARN", "off", "alibabacloud_kms=trace,hyper=info", "warn,a::b=off"] {
            filter(text).expect(text);
        }
        for text in ["canary", "verbose", "1", "debug,canary", "alibabacloud_kms=canary", "\"debug"]
        {
            let message = filter(text).expect_err(text).to_string();
            assert!(
                message.contains("KMS_LOG") && message.contains("off, error, warn, info, debug")
            );
            assert!(!message.contains("canary"), "{message}");
        }
    }
}
