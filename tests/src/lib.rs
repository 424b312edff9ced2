//! What the suites share: servers that misbehave, certificates, clients with canaries in them, a
//! listener, and where the data is.

#![allow(missing_debug_implementations, reason = "nothing shows the helpers of tests")]

use std::path::{Path, PathBuf};

pub mod answers;
pub mod canary;
pub mod cancel;
pub mod certificate;
pub mod faults;
pub mod listener;
pub mod own_process;
pub mod random;
pub mod recorder;
pub mod server;

/// Returns the path of a file or a folder of `tests/data`.
pub fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name)
}

/// Returns the path of a file or a folder of the repository.
pub fn repository(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}
