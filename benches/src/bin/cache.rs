//! What a hit costs, beside the same stack without the cache over a service that answers at once.
//!
//! ```sh
//! cargo run --release -p alibabacloud-kms-benches --bin cache
//! ```
//!
//! Prints calls per second of CPU, the median of some rounds, on one thread and on two, with 1, 1,000
//! and 100,000 answers in the cache. The service below does nothing, so that what is seen is the cost of
//! the layers, and the miss that a hit spares is a request over the network on top of it.

use std::hint::black_box;
use std::sync::Barrier;

use alibabacloud_kms::api::secret::{GetSecretValueRequest, GetSecretValueResponse};
use alibabacloud_kms::cache::SecretCache;
use alibabacloud_kms::{BoxError, Call, Gateway, KmsClient, Reply};
use alibabacloud_kms_benches::cost::{measure, median};
use tokio::runtime::{Builder, Handle};
use tower::{Layer, Service, ServiceExt, service_fn};

const ROUNDS: usize = 7;

/// The calls of a round.
const CALLS: usize = 200_000;

/// How many of the cached answers are asked for, in turn.
const ASKED: usize = 16;

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
    print("the service alone", calls(nothing.clone(), 1));
    print("a client over the service", client_calls(KmsClient::from_service(nothing.clone()), 1));
    for answers in [1, 1_000, 100_000] {
        let cache = SecretCache::builder().capacity(answers).build();
        let cached = cache.layer().layer(nothing.clone());
        runtime.block_on(async {
            for number in 0..answers {
                cached.clone().oneshot(call(number)).await.expect("an answer");
            }
        });
        print(&format!("a hit in the layer, {answers} answers"), calls(cached.clone(), answers));
        let client = KmsClient::from_service(cached);
        print(&format!("a hit through a client, {answers} answers"), client_calls(client, answers));
        let statistics = cache.statistics();
        assert_eq!(statistics.loads, answers as u64, "all but the first were hits");
        assert_eq!((statistics.stale, statistics.entries), (0, answers));
    }
}

fn request(number: usize) -> GetSecretValueRequest {
    GetSecretValueRequest::new(format!("app/{number}"))
}

fn call(number: usize) -> Call {
    Call::new(request(number))
}

/// The numbers of the answers that are asked for, out of this many.
fn asked(answers: usize) -> impl Iterator<Item = usize> {
    (0..ASKED).map(move |number| number * answers / ASKED)
}

/// A call of the service, its request made before.
fn calls<S>(service: S, answers: usize) -> impl AsyncFn(usize) + Sync
where
    S: Service<Call, Response = Reply, Error = BoxError> + Clone + Send + Sync + 'static,
{
    let calls: Vec<Call> = asked(answers).map(call).collect();
    async move |turn| {
        let answer = service.clone().oneshot(calls[turn % ASKED].clone()).await;
        black_box(answer.expect("an answer"));
    }
}

/// A call of the client, from the request to the typed response.
fn client_calls(client: KmsClient, answers: usize) -> impl AsyncFn(usize) + Sync {
    let requests: Vec<GetSecretValueRequest> = asked(answers).map(request).collect();
    async move |turn| {
        let answer = client.get_secret_value(requests[turn % ASKED].clone()).await;
        black_box(answer.expect("an answer"));
    }
}

fn print(name: &str, call: impl AsyncFn(usize) + Sync) {
    for threads in [1, 2] {
        let rate = median((0..ROUNDS).map(|_| round(threads, &call)).collect());
        println!("{name}, {threads} threads: {rate:>10.0} /s");
    }
}

/// Calls per second, of all threads together.
fn round(threads: usize, call: &(impl AsyncFn(usize) + Sync)) -> f64 {
    let (start, runtime) = (Barrier::new(threads), Handle::current());
    let work = || {
        start.wait();
        let calls = async {
            for turn in 0..CALLS {
                call(turn).await;
            }
        };
        1e6 / measure(CALLS, || runtime.block_on(calls)).cpu
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().expect("no panic")).sum()
    })
}
