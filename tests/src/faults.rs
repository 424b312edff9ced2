//! A gateway that fails on order, one in a process of its own, and what this process uses.

pub mod child;

mod server;
mod usage;

pub use self::server::{Fault, FaultServer, When};
pub use self::usage::Usage;
