//! What the clients share: how they are driven, and what they cost.

use std::future::Future;
use std::time::Instant;

/// The plaintext of every call.
pub const PLAINTEXT: &str = "a text that is as long as most passwords";

/// The arguments of a client: the server's port, the number of calls, and how many run at once.
pub struct Task {
    pub port: u16,
    calls: usize,
    concurrency: usize,
}

impl Task {
    pub fn from_arguments() -> Self {
        let mut numbers = std::env::args().skip(1).map(|word| word.parse().expect("a number"));
        let mut next = || numbers.next().expect("PORT CALLS CONCURRENCY");
        Self { port: next() as u16, calls: next(), concurrency: next() }
    }

    /// Makes the calls and prints microseconds of CPU per call, calls per second and peak memory.
    pub async fn run<C, F>(&self, call: C)
    where
        C: Fn() -> F + Clone + Send + 'static,
        F: Future<Output = ()> + Send,
    {
        // Connections and lazy parts are made first.
        many(call.clone(), self.concurrency * 10, self.concurrency).await;
        let (begun, before) = (Instant::now(), cpu());
        many(call, self.calls, self.concurrency).await;
        let (seconds, spent) = (begun.elapsed().as_secs_f64(), cpu() - before);
        let per_call = spent * 1e6 / self.calls as f64;
        let rate = self.calls as f64 / seconds;
        println!("{per_call:.0} {rate:.0} {}", peak_memory());
    }
}

async fn many<C, F>(call: C, calls: usize, concurrency: usize)
where
    C: Fn() -> F + Clone + Send + 'static,
    F: Future<Output = ()> + Send,
{
    let workers = (0..concurrency).map(|_| {
        let call = call.clone();
        tokio::spawn(async move {
            for _ in 0..calls / concurrency {
                call().await;
            }
        })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.await.expect("calls that succeed");
    }
}

/// Seconds of CPU that this process has used.
fn cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let (_, fields) = text.rsplit_once(')').expect("a name");
    let ticks = |index: usize| fields.split_whitespace().nth(index)?.parse::<f64>().ok();
    (ticks(11).expect("utime") + ticks(12).expect("stime")) / 100.0
}

/// The most memory that this process has had, in MiB.
fn peak_memory() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = text.lines().find(|line| line.starts_with("VmHWM:")).expect("a peak");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).expect("KiB") / 1024
}
