//! The same request to an instance again, within its second: its signature is remembered.

use tokio::runtime::Runtime;

use crate::cost::{measure, median};
use crate::gateway::Asked;
use crate::load::{Plaintexts, run};
use crate::ours::Ours;
use crate::work;

/// Measures such a call beside the signature that it spares.
pub fn repeated(runtime: &Runtime, is_short: bool) -> String {
    let (rounds, calls, signatures) = if is_short { (1, 10, 2) } else { (7, 20_000, 300) };
    let (ours, key) = (Ours::nowhere(Asked::Instance, 32), work::client_key());
    let round = |_| {
        let signing = measure(signatures, || {
            for _ in 0..signatures {
                std::hint::black_box(key.sign(b"string to sign").expect("a signature"));
            }
        });
        let call = measure(calls, || {
            runtime.block_on(run(&ours, calls, 1, 32, Plaintexts::Same));
        });
        (signing.cpu, call.cpu, call.cpu / signing.cpu * 100.0)
    };
    let rounds: Vec<(f64, f64, f64)> = (0..rounds).map(round).collect();
    let of = |of: fn(&(f64, f64, f64)) -> f64| median(rounds.iter().map(of).collect());
    format!(
        "\n## The same request again\n\nA signature takes {:.1} µs of CPU. A call of an instance without a \
         socket whose request was signed within this second takes {:.1} µs, {:.1} % of it.\n",
        of(|it| it.0),
        of(|it| it.1),
        of(|it| it.2),
    )
}
