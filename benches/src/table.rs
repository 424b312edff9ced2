//! Outcomes as a table in Markdown.

use std::fmt::Write as _;

use crate::case::{Case, Outcome};

/// Writes a table of outcomes, with its title.
pub fn table(title: &str, outcomes: &[Outcome]) -> String {
    let mut out = format!(
        "\n## {title}\n\n| gateway | way | bytes | in flight | floor: CPU | wall | allocations | \
         ours: CPU | wall | allocations | ratio of CPU |\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
    );
    for Outcome { case: Case { asked, way, size, in_flight }, floor, ours, ratio } in outcomes {
        let (asked, way) = (asked.name(), way.name());
        let side = |side: &crate::case::Side| {
            format!("{:.1} | {:.1} | {:.0}", side.cost.cpu, side.cost.wall, side.allocations)
        };
        let (floor, ours) = (side(floor), side(ours));
        writeln!(out, "| {asked} | {way} | {size} | {in_flight} | {floor} | {ours} | {ratio:.2} |")
            .expect("a string takes every write");
    }
    out
}
