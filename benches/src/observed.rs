//! Calls that somebody observes.

use std::io;

use tracing::Level;

/// Runs something under an observer.
pub type Observe = fn(&mut dyn FnMut());

/// Every observer, with what it is.
pub const ALL: &[(&str, Observe)] = &[
    #[cfg(feature = "metrics")]
    ("With metrics, recorded for Prometheus", recorded),
    ("With a subscriber at INFO", |work| subscribed(Level::INFO, work)),
    ("With a subscriber at DEBUG", |work| subscribed(Level::DEBUG, work)),
];

fn subscribed(level: Level, work: &mut dyn FnMut()) {
    let subscriber = tracing_subscriber::fmt().with_max_level(level).with_writer(io::sink).finish();
    tracing::subscriber::with_default(subscriber, work);
}

#[cfg(feature = "metrics")]
fn recorded(work: &mut dyn FnMut()) {
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    metrics::with_local_recorder(&recorder, work);
}
