//! What becomes of connections in the metrics.

use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};

use super::authority::Authority;
use super::server::{Manner, Server};
use super::{anyone, https, plain, send, succeeds, transport};

/// What was recorded of a metric since the last time: its `error.type` and its numbers, series by
/// series.
fn values(snapshotter: &Snapshotter, name: &str) -> Vec<(Option<String>, Vec<f64>)> {
    let recorded = snapshotter.snapshot().into_vec().into_iter();
    let of_name = recorded.filter(|(key, ..)| key.key().name() == name);
    of_name
        .map(|(key, _, _, value)| {
            let mut labels = key.key().labels();
            let kind = labels.find(|label| label.key() == "error.type");
            let numbers = match value {
                DebugValue::Gauge(number) => vec![number.into_inner()],
                DebugValue::Histogram(values) => {
                    values.into_iter().map(|value| value.into_inner()).collect()
                }
                DebugValue::Counter(_) => panic!("{name} is a counter"),
            };
            (kind.map(|label| label.value().to_owned()), numbers)
        })
        .collect()
}

#[tokio::test]
async fn a_connection_is_open_until_it_is_closed_and_counts_what_it_answered() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let open = || values(&snapshotter, "kms.client.connections");
    let server = Server::start(Manner::Http).await;
    let transport = plain();
    for _ in 0..3 {
        succeeds(&transport, &server.url("http"), None).await;
    }
    assert_eq!(open(), [(None, vec![1.0])]);
    drop(transport);
    server.closed(1).await;
    assert_eq!(open(), [(None, vec![-1.0])]);
}

#[tokio::test]
async fn what_a_connection_was_is_recorded_when_it_is_closed() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let server = Server::start(Manner::Http).await;
    let transport = plain();
    for _ in 0..3 {
        succeeds(&transport, &server.url("http"), None).await;
    }
    drop(transport);
    server.closed(1).await;
    assert_eq!(values(&snapshotter, "kms.client.connection.requests"), [(None, vec![3.0])]);
}

#[tokio::test]
async fn connections_that_fail_are_told_apart_by_kind_and_are_never_open() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback");
    let refused = format!("http://{}/", listener.local_addr().expect("an address"));
    drop(listener);
    let stranger = https(&Authority::new()).await;
    for (url, tls, kind) in [
        (refused, anyone(), "connect"),
        (stranger.url("https"), Authority::new().as_only_ca(), "tls"),
    ] {
        let recorder = DebuggingRecorder::new();
        let snapshotter = recorder.snapshotter();
        let _guard = metrics::set_default_local_recorder(&recorder);
        assert!(send(&transport(tls), &url, None).await.is_err());
        let recorded = values(&snapshotter, "kms.client.connect.duration");
        let [(error, seconds)] = &*recorded else { panic!("one series, not {recorded:?}") };
        assert_eq!((error.as_deref(), seconds.len()), (Some(kind), 1));
        assert_eq!(values(&snapshotter, "kms.client.connections"), []);
    }
}
