//! The base of every command: the process's surroundings, and a runtime.

use std::ffi::OsString;
use std::future::Future;
use std::io::{Read, Write};

use tokio::runtime::Builder;

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

/// Waits for a future on a runtime of its own.
pub(crate) fn block_on<F: Future>(mut runtime: Builder, future: F) -> Result<F::Output, Failure> {
    let runtime = runtime
        .enable_all()
        .build()
        .map_err(|error| Failure::system("the async runtime cannot be started", &error))?;
    let output = runtime.block_on(future);
    // Threads that still wait for a pipe or a name server do not keep the process from ending.
    runtime.shutdown_background();
    Ok(output)
}
