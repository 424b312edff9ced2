//! A gate for the example's calls, so that requests are certainly on their way when it stops the service.

use std::sync::Arc;

use tokio::sync::watch;

/// Counts those who come, and holds them while it is closed. Clones are the same gate.
#[derive(Clone)]
pub(crate) struct Gate(Arc<Inner>);

struct Inner {
    come: watch::Sender<usize>,
    is_open: watch::Sender<bool>,
}

impl Gate {
    /// A gate that is open.
    pub(crate) fn new() -> Self {
        Self(Arc::new(Inner { come: watch::Sender::new(0), is_open: watch::Sender::new(true) }))
    }

    /// Closes the gate, and counts anew.
    pub(crate) fn close(&self) {
        self.0.is_open.send_replace(false);
        self.0.come.send_replace(0);
    }

    /// Lets all pass that wait.
    pub(crate) fn open(&self) {
        self.0.is_open.send_replace(true);
    }

    /// Waits until this many have come.
    pub(crate) async fn has_come(&self, count: usize) {
        // The sender is here.
        let _ = self.0.come.subscribe().wait_for(|come| *come >= count).await;
    }

    /// Passes, when the gate is open.
    pub(crate) async fn pass(&self) {
        self.0.come.send_modify(|come| *come += 1);
        // The sender is here.
        let _ = self.0.is_open.subscribe().wait_for(|is_open| *is_open).await;
    }
}
