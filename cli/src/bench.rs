//! `kms bench`: measures how fast the configured gateway answers, and the cost of a call in this
//! process.

mod case;
mod cpu;
mod histogram;
mod report;

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use alibabacloud_kms::{Call, Error, KmsClient};
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};
use tokio::runtime::Builder;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use self::report::{Report, Tally};
use crate::output::{self, Failure};
use crate::process::{Process, block_on};
use crate::registry::Registry;
use crate::{options, settings};

const SECOND: Duration = Duration::from_secs(1);

/// Returns the command line of `kms bench`.
pub(crate) fn command() -> Command {
    let text = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name("TEXT").help(help)
    };
    Command::new("bench")
        .about("Measures the configured gateway with the official benchmark's cases")
        .arg(
            Arg::new("case")
                .long("case")
                .value_name("CASE")
                .required(true)
                .value_parser(PossibleValuesParser::new(case::NAMES))
                .help("Case to measure"),
        )
        .arg(
            Arg::new("concurrency")
                .long("concurrency")
                .value_name("N")
                .default_value("1")
                .allow_negative_numbers(true)
                .value_parser(options::whole_number(1..=10_000))
                .help("Number of concurrent calls"),
        )
        .arg(
            Arg::new("duration")
                .long("duration")
                .value_name("SECONDS")
                .default_value("10")
                .allow_negative_numbers(true)
                .value_parser(options::seconds)
                .help("Time to measure, fractions allowed"),
        )
        .arg(text("key-id", "Key [default: alias/default, or alias/rsa-sign to sign and verify]"))
        .arg(text(
            "key-version-id",
            "Version of the signing key, which the shared gateway requires",
        ))
        .arg(text("secret-name", "Secret [default: example]"))
        .arg(
            Arg::new("json")
                .long("json")
                .action(ArgAction::SetTrue)
                .help("Write the result as JSON"),
        )
}

/// Measures and reports.
pub(crate) fn run(
    options: &ArgMatches,
    chosen: &ArgMatches,
    registry: &Registry,
    process: &mut Process<'_>,
) -> Result<(), Failure> {
    let client = settings::client(options, &process.env, registry)?;
    let measuring = measure(&client, chosen, process.stderr);
    let (report, last_error) = block_on(Builder::new_multi_thread(), measuring)??;
    output::write(process.stdout, |out| match chosen.get_flag("json") {
        true => {
            serde_json::to_writer(&mut *out, &report)?;
            writeln!(out)
        }
        false => report.write_text(out),
    })?;
    let all_failed = report.tally.errors.values().sum::<u64>() == report.tally.requests;
    match last_error {
        Some(error) if all_failed => Err(error.into()),
        _ => Ok(()),
    }
}

async fn measure(
    client: &KmsClient,
    chosen: &ArgMatches,
    stderr: &mut dyn Write,
) -> Result<(Report, Option<Error>), Error> {
    let case = chosen.get_one::<String>("case").cloned().unwrap_or_default();
    let concurrency: u32 = chosen.get_one("concurrency").copied().unwrap_or(1);
    let duration: Duration = chosen.get_one("duration").copied().unwrap_or(SECOND);
    let call = case::call(&case, chosen, client).await?;

    let live = Arc::new(Live::default());
    let cpu_before = cpu::used();
    let begin = Instant::now();
    let mut workers = JoinSet::new();
    for _ in 0..concurrency {
        let (client, call, live) = (client.clone(), call.clone(), Arc::clone(&live));
        workers.spawn(repeat(client, call, live, begin + duration));
    }
    let mut ticks = interval(SECOND);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks.tick().await;
    let mut tally = Tally::default();
    let mut last_error = None;
    let mut seen = 0;
    loop {
        tokio::select! {
            worker = workers.join_next() => match worker {
                Some(Ok((part, error))) => {
                    tally.merge(part);
                    last_error = error.or(last_error);
                }
                // A worker neither panics nor is aborted.
                Some(Err(_)) => {}
                None => break,
            },
            _ = ticks.tick() => seen = live.show(stderr, begin.elapsed(), seen),
        }
    }
    let elapsed = begin.elapsed();
    let cpu = cpu::used().zip(cpu_before).map(|(after, before)| after.saturating_sub(before));
    let report = Report { case, concurrency, elapsed, tally, cpu };
    Ok((report, last_error))
}

/// Repeats the call until the time is over.
async fn repeat(
    client: KmsClient,
    call: Call,
    live: Arc<Live>,
    until: Instant,
) -> (Tally, Option<Error>) {
    let mut tally = Tally::default();
    let mut last_error = None;
    loop {
        let begin = Instant::now();
        if begin >= until {
            return (tally, last_error);
        }
        let answer = client.send(call.clone()).await;
        tally.requests += 1;
        live.requests.fetch_add(1, Ordering::Relaxed);
        match answer {
            Ok(_) => tally.succeeded.record(begin.elapsed()),
            Err(error) => {
                live.errors.fetch_add(1, Ordering::Relaxed);
                *tally.errors.entry(class(&error)).or_default() += 1;
                last_error = Some(error);
            }
        }
    }
}

/// Returns the service's code, or else the kind of failure.
fn class(error: &Error) -> String {
    error.code().map_or_else(|| format!("{:?}", error.kind()), Into::into)
}

/// The running counts of all workers.
#[derive(Debug, Default)]
struct Live {
    requests: AtomicU64,
    errors: AtomicU64,
}

impl Live {
    /// Writes the line of one second and returns the number of requests so far. A closed stderr
    /// does not stop the benchmark.
    fn show(&self, stderr: &mut dyn Write, elapsed: Duration, before: u64) -> u64 {
        let requests = self.requests.load(Ordering::Relaxed);
        let _ = writeln!(
            stderr,
            "{:>4} s  {requests} requests  {} /s  {} errors",
            elapsed.as_secs(),
            requests - before,
            self.errors.load(Ordering::Relaxed),
        );
        requests
    }
}
