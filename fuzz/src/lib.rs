//! What the fuzz targets share.

pub mod gateway;

use std::fs;
use std::future::{Future, ready};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime};

use alibabacloud_kms::credential::Environment;
use alibabacloud_kms::middleware::payload::Payload;
use alibabacloud_kms::{ActionInfo, Body, BoxError, Clock, Nonce, api, native};

/// A request's secret, which must not be seen in what is said of a call.
pub const CANARY: &str = "canary-d41d8cd98f00b204";

/// Stands for the canary in inputs, which cannot be expected to find it.
const CANARY_MARK: u8 = 1;

/// The output of a future that waits for nothing.
pub fn at_once<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("everything is in memory"),
    }
}

/// The output of a future that reads files.
pub fn wait<F: Future>(future: F) -> F::Output {
    static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        runtime.expect("a runtime")
    });
    RUNTIME.block_on(future)
}

/// The bytes with the canary in them.
pub fn with_canary(bytes: &[u8]) -> Vec<u8> {
    let parts: Vec<&[u8]> = bytes.split(|byte| *byte == CANARY_MARK).collect();
    parts.join(CANARY.as_bytes())
}

/// The first byte, and what is behind it.
pub fn first(data: &[u8]) -> (u8, &[u8]) {
    data.split_first().map_or((0, data), |(first, rest)| (*first, rest))
}

/// An action of the shared gateway, or one of the instance's own operations.
pub fn action(list: &[&'static ActionInfo], chosen: u8) -> &'static ActionInfo {
    list[usize::from(chosen) % list.len()]
}

/// Empty payloads: requests and responses of all actions and operations, of which the first two bytes
/// choose one.
pub fn payload(data: &[u8]) -> (fn() -> Box<dyn Payload>, &[u8]) {
    let (which, data) = first(data);
    let (chosen, data) = first(data);
    let list = if which & 1 == 0 { &api::ALL } else { &native::ALL };
    let action = action(list, chosen);
    let make = if which & 2 == 0 { action.new_request } else { action.new_response };
    (make, data)
}

/// The JSON of a payload.
pub fn json_of(payload: &dyn Payload) -> String {
    alibabacloud_kms::middleware::wire::json::expose(payload).to_string()
}

/// A file of this process alone, for readers that take paths.
pub fn file(name: &str, content: &[u8]) -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    let folder = if memory.is_dir() { memory } else { std::env::temp_dir() };
    let path = folder.join(format!("kms-fuzz-{name}-{}", std::process::id()));
    fs::write(&path, content).expect("the file is written");
    path
}

/// 2026-11-23, 08:00.
pub fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_420_800)
}

/// No variables, one time, and a server that answers all requests so.
pub fn environment(answer: &'static str) -> Environment {
    let server = tower::service_fn(move |_: http::Request<Body>| {
        ready(Ok::<_, BoxError>(http::Response::new(Body::from(answer))))
    });
    Environment::from_variables(|_| None)
        .with_http(server)
        .with_clock(Clock::new(now))
        .with_nonce(Nonce::new(|| "nonce".to_owned()))
        .with_random(|| 0.0)
}
