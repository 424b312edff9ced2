//! A call beside the floor, in one program: CPU, time and allocations.
//!
//! ```sh
//! cargo run --release -p alibabacloud-kms-benches --bin call -- --out benches/results
//! ```
//!
//! With `--short` everything runs once, to see that it runs: the figures are of no use then.
//! `--in-flight 1000` leaves out what has more calls in flight.

use std::io;
use std::path::PathBuf;

use alibabacloud_kms_benches::case::{Case, Effort, Outcome, Way};
use alibabacloud_kms_benches::gateway::Asked;
use alibabacloud_kms_benches::observed;
use alibabacloud_kms_benches::plot::{Plot, svg};
use alibabacloud_kms_benches::repeated::repeated;
use alibabacloud_kms_benches::table::table;
use tokio::runtime::{Builder, Runtime};

const SMALL: usize = 32;
const LARGE: usize = 6 * 1024;

struct Bench {
    runtime: Runtime,
    effort: Effort,
    most_in_flight: usize,
    report: String,
}

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_short = arguments.iter().any(|argument| argument == "--short");
    let value = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)
    };
    let out = value("--out").map(PathBuf::from);
    let most_in_flight = value("--in-flight").and_then(|count| count.parse().ok());
    let most_in_flight = most_in_flight.unwrap_or(if is_short { 32 } else { 10_000 });
    let effort = match is_short {
        true => Effort { rounds: 1, round: 1_000.0 },
        false => Effort { rounds: 7, round: 150_000.0 },
    };
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let mut bench = Bench { runtime, effort, most_in_flight, report: String::new() };

    bench.alone();
    let in_flight = bench.in_flight();
    let sizes = bench.sizes();
    bench.say(&repeated(&bench.runtime, is_short));
    // Last: what subscribers leave behind in the process, later calls would pay for.
    bench.observed();

    let Some(out) = out else { return Ok(()) };
    let plots = [
        growth("CPU a call, 32 bytes (µs)", "calls in flight", &in_flight, |it| it.in_flight),
        growth("CPU a call, 32 in flight (µs)", "bytes of plaintext", &sizes, |it| it.size),
    ];
    std::fs::create_dir_all(&out)?;
    std::fs::write(out.join("call.svg"), svg(&plots))?;
    std::fs::write(out.join("call.md"), bench.report)
}

impl Bench {
    /// Without a socket: the stack, the codec and the signature alone.
    fn alone(&mut self) {
        let cases = [SMALL, LARGE].into_iter().flat_map(|size| {
            [Asked::Shared, Asked::Instance].map(|asked| case(asked, Way::NoSocket, size, 1))
        });
        self.measure("Without a socket", cases.collect());
    }

    fn in_flight(&mut self) -> Vec<Outcome> {
        let in_flight = [1, 32, 1_000, 10_000];
        let in_flight = in_flight.into_iter().filter(|count| *count <= self.most_in_flight);
        let mut cases = Vec::new();
        for asked in [Asked::Shared, Asked::Instance] {
            for way in [Way::Http, Way::Https] {
                for size in [SMALL, LARGE] {
                    cases.extend(in_flight.clone().map(|count| case(asked, way, size, count)));
                }
            }
        }
        self.measure("Calls in flight", cases)
    }

    fn sizes(&mut self) -> Vec<Outcome> {
        let sizes = [32, 256, 1024, 2048, 4096, LARGE];
        let cases = sizes.map(|size| case(Asked::Shared, Way::Http, size, 32));
        self.measure("Bytes of plaintext", cases.to_vec())
    }

    fn observed(&mut self) {
        for (title, observe) in observed::ALL {
            let mut outcomes = Vec::new();
            let cases = [
                case(Asked::Shared, Way::NoSocket, SMALL, 1),
                case(Asked::Shared, Way::Http, SMALL, 32),
            ];
            observe(&mut || {
                outcomes = cases.map(|case| case.measure(&self.runtime, self.effort)).to_vec();
            });
            self.say(&table(title, &outcomes));
        }
    }

    fn measure(&mut self, title: &str, cases: Vec<Case>) -> Vec<Outcome> {
        let measured = cases.into_iter().map(|case| case.measure(&self.runtime, self.effort));
        let outcomes: Vec<_> = measured.collect();
        self.say(&table(title, &outcomes));
        outcomes
    }

    fn say(&mut self, text: &str) {
        print!("{text}");
        self.report.push_str(text);
    }
}

fn case(asked: Asked, way: Way, size: usize, in_flight: usize) -> Case {
    Case { asked, way, size, in_flight }
}

/// How CPU grows on the shared gateway, over both ways.
fn growth<'a>(
    title: &'a str,
    axis: &'a str,
    outcomes: &[Outcome],
    by: fn(&Case) -> usize,
) -> Plot<'a> {
    let by_size = axis.starts_with("bytes");
    let line = |way: Way, of: fn(&Outcome) -> f64| -> Vec<(f64, f64)> {
        let shown = outcomes.iter().filter(|Outcome { case, .. }| {
            case.asked == Asked::Shared && case.way == way && (by_size || case.size == SMALL)
        });
        shown.map(|outcome| (by(&outcome.case) as f64, of(outcome))).collect()
    };
    let mut lines = vec![
        ("the floor, http", line(Way::Http, |it| it.floor.cost.cpu)),
        ("ours, http", line(Way::Http, |it| it.ours.cost.cpu)),
        ("the floor, TLS", line(Way::Https, |it| it.floor.cost.cpu)),
        ("ours, TLS", line(Way::Https, |it| it.ours.cost.cpu)),
    ];
    lines.retain(|(_, points)| !points.is_empty());
    Plot { title, axis, lines }
}
