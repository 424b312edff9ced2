//! Tasks of the library's own.

use std::pin::Pin;

use tokio::runtime::Handle;
use tokio::task::AbortHandle;

/// Spawns a task on a runtime. In a box, so that tokio's part of a task is compiled once, and not once for
/// each future.
pub(crate) fn spawn(
    runtime: &Handle,
    task: impl Future<Output = ()> + Send + 'static,
) -> AbortHandle {
    let task: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(task);
    runtime.spawn(task).abort_handle()
}
