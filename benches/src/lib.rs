//! What a call costs beside the least that it could cost: see `BENCHMARKING.md`.

#![allow(missing_debug_implementations, reason = "nothing shows the parts of a measurement")]
#![allow(
    clippy::exhaustive_structs,
    clippy::exhaustive_enums,
    reason = "only the benchmarks use them"
)]

pub mod case;
pub mod cost;
pub mod floor;
pub mod gateway;
pub mod load;
pub mod observed;
pub mod ours;
pub mod plot;
pub mod repeated;
pub mod spread;
pub mod table;
pub mod usage;
pub mod work;
