//! The base of every command: the process's surroundings, and a runtime.

use std::ffi::OsString;
use std::future::Future;
use std::io::{Read, Write};
use std::num::NonZero;
use std::thread::available_parallelism;

use tokio::runtime::Builder;
#[cfg(unix)]
use tokio::signal::unix::{SignalKind, signal};

use crate::environment::Env;
use crate::output::Failure;

/// The surroundings of a process.
pub(crate) struct Process<'a> {
    /// The arguments, beginning with the program's name.
    pub(crate) args: Vec<OsString>,
    /// The environment.
    pub(crate) env: Env,
    pub(crate) stdin: &'a mut dyn Read,
    pub(crate) stdout: &'a mut dyn Write,
    pub(crate) stderr: &'a mut dyn Write,
    pub(crate) stderr_is_terminal: bool,
}

/// From here on, a write beyond the limit on the size of files (`ulimit -f`) is an error like a full
/// disk. Before, its signal ends the process, which then leaves an unfinished file.
#[cfg(unix)]
fn outlive_file_limit() {
    const SIGXFSZ: i32 =
        if cfg!(any(target_arch = "mips", target_arch = "mips64")) { 31 } else { 25 };
    // Without the handler, the signal does what it did.
    let _ = signal(SignalKind::from_raw(SIGXFSZ));
}

/// Waits for a future on a runtime of its own.
pub(crate) fn block_on<F: Future>(mut runtime: Builder, future: F) -> Result<F::Output, Failure> {
    // Without it, tokio reads the number from TOKIO_WORKER_THREADS, and panics if that is not one.
    let workers = available_parallelism().map_or(1, NonZero::get);
    let runtime = runtime
        .worker_threads(workers)
        .enable_all()
        .build()
        .map_err(|error| Failure::system("the async runtime cannot be started", &error))?;
    let output = runtime.block_on(async {
        #[cfg(unix)]
        outlive_file_limit();
        future.await
    });
    // Threads that still wait for a pipe or a name server do not keep the process from ending.
    runtime.shutdown_background();
    Ok(output)
}
