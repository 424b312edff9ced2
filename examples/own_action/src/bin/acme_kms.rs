//! The command of one's own: all that `kms` has, and passphrases.
//!
//! `acme-kms get-random-passphrase --word-count 4`, `acme-kms actions`, and `acme-kms local --dir /tmp/kms`,
//! which serves them.

use std::process::ExitCode;

use alibabacloud_kms_cli::Cli;
use passphrases::{ACTIONS, local_gateway, native};

fn main() -> ExitCode {
    Cli::new()
        .name("acme-kms")
        .version(env!("CARGO_PKG_VERSION"))
        .actions(ACTIONS)
        .actions(native::OPERATIONS)
        .local(local_gateway())
        .run()
}
