//! Runs a gateway on a thread of its own, for programs whose runtime does not last as long.

use std::thread::{Builder, JoinHandle};

use alibabacloud_kms::{BoxError, Error};
use tokio::sync::oneshot;

use super::failed::failed;

/// Ends the thread and its runtime when it is dropped.
pub(super) struct OnThread {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for OnThread {
    fn drop(&mut self) {
        drop(self.stop.take());
        // When the thread has ended, the socket is closed. A panic was reported where it happened.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// Runs `start` in a runtime on a thread of its own. The tasks that it spawns run until the
/// returned handle is dropped.
pub(super) fn run<T, F>(start: impl FnOnce() -> F + Send + 'static) -> Result<(T, OnThread), Error>
where
    T: Send + 'static,
    F: Future<Output = Result<T, Error>>,
{
    let (tell, told) = std::sync::mpsc::channel();
    let run = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = match runtime {
            Ok(runtime) => runtime,
            Err(error) => {
                let _ = tell.send(Err(failed("could not start its runtime", error)));
                return;
            }
        };
        runtime.block_on(async {
            let (stop, stopped) = oneshot::channel();
            let started = start().await;
            let _ = tell.send(started.map(|started| (started, stop)));
            // Nothing is sent: this ends when the sender is dropped.
            let _ = stopped.await;
        });
    };
    let thread = Builder::new().name("kms-local".to_owned()).spawn(run);
    let thread = thread.map_err(|error| failed("could not start its thread", error))?;
    let started = told.recv().map_err(|error| failed("did not start", BoxError::from(error)))?;
    let (started, stop) = started?;
    Ok((started, OnThread { stop: Some(stop), thread: Some(thread) }))
}
