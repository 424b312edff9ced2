//! What a piece of work costs the thread that does it.

use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::{TimeVal, TimeValLike as _};

/// The cost of some calls.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// CPU of the thread, user and system, in microseconds a call.
    pub cpu: f64,
    /// Time on the wall, in microseconds a call.
    pub wall: f64,
}

/// Measures work that makes this many calls.
pub fn measure(calls: usize, work: impl FnOnce()) -> Cost {
    let (cpu, wall) = (cpu(), Instant::now());
    work();
    let a_call = |time: Duration| time.as_secs_f64() * 1e6 / calls as f64;
    Cost { cpu: a_call(self::cpu() - cpu), wall: a_call(wall.elapsed()) }
}

/// Returns the allocations of work that makes this many calls, a call.
pub fn allocations(calls: usize, work: impl FnOnce()) -> f64 {
    allocation_counter::measure(work).count_total as f64 / calls as f64
}

/// The CPU that this thread has used.
fn cpu() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_THREAD).expect("Linux counts a thread's CPU");
    let time = |time: TimeVal| Duration::from_micros(time.num_microseconds().unsigned_abs());
    time(usage.user_time()) + time(usage.system_time())
}

/// Returns the middle one of these.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
