//! Real faults on real sockets: what each comes to, how many requests reach the server, and that
//! nothing is lost or doubled.

#![cfg(feature = "local")]

mod bench;
#[path = "../it/support/certificate.rs"]
#[allow(dead_code, reason = "each suite uses what it needs")]
mod certificate;
mod clock_skew;
mod connections;
mod load;
mod refusals;
mod restart;
#[path = "../../examples/faults/server.rs"]
#[allow(dead_code, reason = "each program uses what it needs")]
mod server;
mod timeouts;
#[path = "../../examples/faults/usage.rs"]
mod usage;
