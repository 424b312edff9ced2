//! Thousands of calls in flight for a while: are the pool's turns fair, and is anything kept?
//!
//! ```sh
//! cargo run --release -p alibabacloud-kms-benches --bin scale
//! ```
//!
//! The loop is closed: each call that ends is followed by another. By Little's law the mean time of
//! a call is then the calls in flight by the throughput, however fast the machine is, and what is
//! judged is how far the slowest are from it. The gateway is a process of its own, so that sockets
//! and memory are the client's. `--in-flight 1000` and `--seconds 5` make it smaller.

use std::io::{self, Read as _};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use alibabacloud_kms_benches::gateway::{Asked, Listening};
use alibabacloud_kms_benches::load::Encrypt as _;
use alibabacloud_kms_benches::ours::Ours;
use alibabacloud_kms_benches::spread::Spread;
use alibabacloud_kms_benches::usage::{Usage, usage};
use alibabacloud_kms_benches::work;
use tokio::runtime::Builder;
use tokio::time::{MissedTickBehavior, interval};

const SIZE: usize = 32;
/// How far the slowest hundredth may be from the mean.
const AIM: f64 = 2.0;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--gateway") {
        return gateway();
    }
    let value = |name: &str, default: u64| {
        let at = arguments.iter().position(|argument| argument == name);
        at.and_then(|at| arguments.get(at + 1)?.parse().ok()).unwrap_or(default)
    };
    let (in_flight, seconds) = (value("--in-flight", 10_000), value("--seconds", 30));

    let mut gateway = Command::new(std::env::current_exe()?)
        .arg("--gateway")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut address = [0; 64];
    let length = gateway.stdout.as_mut().expect("a pipe").read(&mut address)?;
    let address = std::str::from_utf8(&address[..length]).expect("an address").trim();
    let ours = Ours::http_at(Asked::Shared, address.parse().expect("an address"));

    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let (spread, usages, took) =
        runtime.block_on(run(&ours, in_flight, Duration::from_secs(seconds)));
    // Its input ends, and so does it.
    drop(gateway.stdin.take());
    gateway.wait()?;

    let calls = spread.calls() as f64 / took.as_secs_f64();
    let mean = in_flight as f64 / calls;
    let slow = spread.at(0.99) / 1e6 / mean;
    println!("{in_flight} in flight, {:.1} s: {calls:.0} calls a second\n", took.as_secs_f64());
    println!("{}", spread.table());
    println!(
        "in flight by throughput: {:.1} ms; the 99th percentile is {slow:.2} × that",
        mean * 1e3
    );
    println!("(the aim is at most {AIM} ×)\n");
    print!("{}", Usage::halves(&usages));
    Ok(())
}

/// Answers until its input ends.
fn gateway() -> io::Result<()> {
    let listening = Listening::start(Asked::Shared, SIZE);
    println!("{}", listening.http);
    io::copy(&mut io::stdin(), &mut io::sink()).map(drop)
}

/// Returns how long the calls took, what the process used each second, and for how long calls were
/// begun and ended.
async fn run(ours: &Ours, in_flight: u64, time: Duration) -> (Spread, Vec<Usage>, Duration) {
    let spread = Arc::new(Spread::default());
    let begun = Instant::now();
    let tasks: Vec<_> = (0..in_flight)
        .map(|number| {
            let (ours, spread) = (ours.clone(), Arc::clone(&spread));
            tokio::spawn(async move {
                while begun.elapsed() < time {
                    let call = Instant::now();
                    std::hint::black_box(ours.encrypt(work::plaintext(SIZE, number)).await);
                    spread.record(call.elapsed());
                }
            })
        })
        .collect();
    let mut usages = Vec::new();
    let mut seconds = interval(Duration::from_secs(1));
    seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while begun.elapsed() < time {
        seconds.tick().await;
        usages.push(usage());
    }
    for task in tasks {
        task.await.expect("a call does not fail");
    }
    let took = begun.elapsed();
    (Arc::into_inner(spread).expect("every task ended"), usages, took)
}
