//! What a hit costs, beside the same stack without the cache over a service that answers at once.
//!
//! ```sh
//! cargo bench --bench cache
//! ```
//!
//! Prints calls per second, the median of some rounds, on one thread and on two. The service below
//! does nothing, so that what is seen is the cost of the layers, and the miss that a hit spares is a
//! request over the network on top of it.

use std::hint::black_box;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use alibabacloud_kms::api::secret::{GetSecretValueRequest, GetSecretValueResponse};
use alibabacloud_kms::cache::SecretCache;
use alibabacloud_kms::{BoxError, Call, Gateway, KmsClient, Reply};
use tokio::runtime::{Builder, Handle};
use tower::{Layer, Service, ServiceExt, service_fn};

const ROUNDS: usize = 7;
const ROUND: Duration = Duration::from_millis(500);

fn main() {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_time().build();
    let runtime = runtime.expect("a runtime");
    let _entered = runtime.enter();

    let mut response = GetSecretValueResponse::default();
    response.secret_data = "0123456789abcdef0123456789abcdef".into();
    let reply = Reply::new(response, Gateway::Shared).with_request_id("a request's id");
    let nothing = service_fn(move |_: Call| {
        let reply = reply.clone();
        async move { Ok::<_, BoxError>(reply) }
    });
    let cache = SecretCache::default();
    let cached = cache.layer().layer(nothing.clone());

    let layer = |name: &str, service: Box<dyn Fn() + Sync>| {
        for threads in [1, 2] {
            println!("{name}, {threads} threads: {:>10.0} /s", median(threads, &service));
        }
    };
    layer("the service alone", calls(nothing.clone()));
    layer("a hit in the layer", calls(cached.clone()));
    layer("a client over the service", client_calls(KmsClient::from_service(nothing)));
    layer("a client over the layer, hits", client_calls(KmsClient::from_service(cached)));

    let statistics = cache.statistics();
    assert_eq!((statistics.loads, statistics.stale), (1, 0), "all but the first were hits");
}

/// A call of the service, its request made before.
fn calls<S>(service: S) -> Box<dyn Fn() + Sync>
where
    S: Service<Call, Response = Reply, Error = BoxError> + Clone + Send + Sync + 'static,
    S::Future: Send,
{
    let call = Call::new(GetSecretValueRequest::new("app/db"));
    Box::new(move || {
        let answer = block_on(service.clone().oneshot(call.clone()));
        black_box(answer.expect("an answer"));
    })
}

/// A call of the client, from the request to the typed response.
fn client_calls(client: KmsClient) -> Box<dyn Fn() + Sync> {
    Box::new(move || {
        let call = client.get_secret_value(GetSecretValueRequest::new("app/db"));
        black_box(block_on(call.into_future()).expect("an answer"));
    })
}

fn block_on<F: Future>(future: F) -> F::Output {
    Handle::current().block_on(future)
}

/// Calls per second, of all threads together.
fn median(threads: usize, call: &(dyn Fn() + Sync)) -> f64 {
    call();
    let mut rounds: Vec<f64> = (0..ROUNDS).map(|_| round(threads, call)).collect();
    rounds.sort_by(f64::total_cmp);
    rounds[ROUNDS / 2]
}

fn round(threads: usize, call: &(dyn Fn() + Sync)) -> f64 {
    let (start, runtime) = (Barrier::new(threads), Handle::current());
    let work = || {
        let _entered = runtime.enter();
        start.wait();
        let begun = Instant::now();
        let mut calls = 0;
        while begun.elapsed() < ROUND {
            // The clock is read once for many.
            for _ in 0..100 {
                call();
            }
            calls += 100;
        }
        f64::from(calls) / begun.elapsed().as_secs_f64()
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().expect("no panic")).sum()
    })
}
