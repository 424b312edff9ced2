//! Lines of outcomes as an SVG.

use std::fmt::Write as _;

/// A plot of lines over a logarithmic axis.
pub struct Plot<'a> {
    /// What is above it.
    pub title: &'a str,
    /// What is below it.
    pub axis: &'a str,
    /// The lines: a name, and the points.
    pub lines: Vec<(&'a str, Vec<(f64, f64)>)>,
}

const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 300.0;
const MARGIN: f64 = 55.0;
const COLORS: [&str; 4] = ["#888888", "#1f6feb", "#bbbbbb", "#8250df"];

/// Writes plots side by side.
pub fn svg(plots: &[Plot<'_>]) -> String {
    let width = WIDTH * plots.len() as f64;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    for (index, plot) in plots.iter().enumerate() {
        plot.write(&mut out, WIDTH * index as f64).expect("a string takes every write");
    }
    out.push_str("</svg>\n");
    out
}

impl Plot<'_> {
    fn write(&self, out: &mut String, left: f64) -> std::fmt::Result {
        let points = || self.lines.iter().flat_map(|(_, points)| points);
        let (min, max) =
            points().fold((f64::MAX, f64::MIN), |(min, max), (x, _)| (min.min(*x), max.max(*x)));
        let top = points().map(|(_, y)| *y).fold(0.0, f64::max) * 1.1;
        let span = (max / min).ln().max(f64::EPSILON);
        let x = |value: f64| left + MARGIN + (value / min).ln() / span * (WIDTH - 1.5 * MARGIN);
        let y = |value: f64| HEIGHT - MARGIN - value / top * (HEIGHT - 2.0 * MARGIN);
        let (middle, bottom) = (left + WIDTH / 2.0, HEIGHT - MARGIN);
        let text = |out: &mut String, x: f64, y: f64, anchor: &str, text: &str| {
            writeln!(out, "<text x=\"{x:.0}\" y=\"{y:.0}\" text-anchor=\"{anchor}\">{text}</text>")
        };
        text(out, middle, 20.0, "middle", self.title)?;
        text(out, middle, HEIGHT - 12.0, "middle", self.axis)?;
        for step in 0..=4 {
            let value = top * f64::from(step) / 4.0;
            text(out, left + MARGIN - 6.0, y(value) + 4.0, "end", &format!("{value:.0}"))?;
            let (from, to, y) = (left + MARGIN, left + WIDTH - MARGIN / 2.0, y(value));
            writeln!(out, "<path d=\"M{from:.0} {y:.1}H{to:.0}\" stroke=\"#eeeeee\"/>")?;
        }
        let mut ticks: Vec<f64> = points().map(|(x, _)| *x).collect();
        ticks.sort_by(f64::total_cmp);
        ticks.dedup();
        for tick in ticks {
            text(out, x(tick), bottom + 16.0, "middle", &format!("{tick:.0}"))?;
        }
        for (index, (name, points)) in self.lines.iter().enumerate() {
            let color = COLORS[index % COLORS.len()];
            let path: Vec<String> =
                points.iter().map(|point| format!("{:.1},{:.1}", x(point.0), y(point.1))).collect();
            let path = path.join(" ");
            writeln!(
                out,
                "<polyline points=\"{path}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\"/>"
            )?;
            let row = 38.0 + 14.0 * index as f64;
            writeln!(
                out,
                "<text x=\"{:.0}\" y=\"{row:.0}\" fill=\"{color}\">{name}</text>",
                left + MARGIN + 8.0
            )?;
        }
        Ok(())
    }
}
