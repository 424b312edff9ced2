//! One client below several tokio runtimes, which their program drops, leaves and takes up again.
//!
//! A current-thread runtime outside `block_on` drives nothing, and neither does a multi-thread one whose
//! worker is blocked. A call on a runtime that is driven must not notice.

use std::cell::RefCell;
use std::future::poll_fn;
use std::path::Path;
use std::pin::Pin;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, mpsc};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime};

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::api::secret::{CreateSecretRequest, GetSecretValueRequest};
use alibabacloud_kms::cache::SecretCache;
use alibabacloud_kms::credential::{Cached, Environment, LoadCredential, Temporary};
use alibabacloud_kms::envelope::{DataKeyReuse, Envelope};
use alibabacloud_kms::middleware::retry::{RetryLayer, RetryPolicy};
use alibabacloud_kms::middleware::timeout::TotalTimeoutLayer;
use alibabacloud_kms::quota::QuotaLayer;
use alibabacloud_kms::testing::MockGateway;
use alibabacloud_kms::transport::{Transport, TransportBuilder};
use alibabacloud_kms::{
    BoxError, Call, Clock, Credential, Endpoint, Error, ErrorKind, KmsClient, OpenApiGateway,
    Outcome, Pairs, Reply, TlsOptions,
};
use alibabacloud_kms_local::LocalGateway;
use alibabacloud_kms_tests::certificate::Authority;
use alibabacloud_kms_tests::own_process;
use alibabacloud_kms_tests::random::Random;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;
use tower::Layer as _;

const SEEDS: u64 = 200;
const STEPS: usize = 12;
/// How much time a step is for the credentials, in milliseconds.
const STEP: u64 = 25;
/// The limit of each call.
const LIMIT: Duration = Duration::from_secs(5);
const MARGIN: Duration = Duration::from_secs(1);

type Pending = Pin<Box<dyn Future<Output = Result<(), Error>>>>;

/// The name of the file with the system's certificates. Set in the process that runs the property.
const ROOTS: &str = "SSL_CERT_FILE";
/// The same file, where it was set for this test.
const ROOTS_OF_THIS_TEST: &str = "KMS_TEST_ROOTS";

/// In a process of its own, whose certificates of the system can be read only once.
#[test]
fn every_call_ends_in_time_whatever_runtimes_are_dropped_left_and_taken_up_again() {
    let name =
        "runtimes::every_call_ends_in_time_whatever_runtimes_are_dropped_left_and_taken_up_again";
    match std::env::var_os(ROOTS_OF_THIS_TEST) {
        Some(roots) => every_call_ends_in_time(Path::new(&roots)),
        None => {
            let folder = tempfile::tempdir().expect("a folder");
            let roots = folder.path().join("roots.pem");
            let mut command = Command::new(own_process::program());
            command.env_remove("SSL_CERT_DIR").env(ROOTS, &roots);
            own_process::run(command.env(ROOTS_OF_THIS_TEST, &roots), name);
        }
    }
}

fn every_call_ends_in_time(roots: &Path) {
    let driven = Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let driven = driven.expect("a runtime");
    let plain = driven.block_on(LocalGateway::start()).expect("a gateway");
    let over_tls = LocalGateway::builder().with_tls().start();
    let over_tls = driven.block_on(over_tls).expect("a gateway");
    std::fs::write(roots, over_tls.ca_pem().expect("a CA")).expect("written");
    for gateway in [&plain, &over_tls] {
        let mut shared = gateway.open_api_gateway();
        if gateway.ca_pem().is_some() {
            shared = shared.tls(trusting(gateway));
        }
        let client = KmsClient::builder().shared(shared).build().expect("a client");
        let create = CreateSecretRequest::new("app/db", "v1", "password");
        driven.block_on(async { client.create_secret(create).await }).expect("it is new");
    }
    // Read by now. A call that reads them again does not find them, and trusts no gateway.
    std::fs::remove_file(roots).expect("the file was there");
    let next = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= SEEDS {
                        return;
                    }
                    let gateway = if seed.is_multiple_of(4) { &over_tls } else { &plain };
                    World::new(seed, gateway).run();
                }
            });
        }
    });
}

/// A client and the runtimes above it.
struct World {
    seed: u64,
    random: Random,
    client: KmsClient,
    envelope: Envelope,
    /// The credentials' time, so that none expires while it is loaded but by a step.
    now: Arc<AtomicU64>,
    sealed: Vec<u8>,
    /// What calls have of their own, more than a transport keeps; none without TLS.
    tls: Vec<TlsOptions>,
    runtimes: Vec<Driver>,
}

impl World {
    fn new(seed: u64, gateway: &LocalGateway) -> Self {
        let mut random = Random::new(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed + 1));
        // A credential that is due again and again, and at times too late.
        let life = Duration::from_millis([60, 600, 60_000][random.below(3)]);
        let now = Arc::new(AtomicU64::new(0));
        let clock = {
            let now = Arc::clone(&now);
            let begun = SystemTime::now();
            Clock::new(move || begun + Duration::from_millis(now.load(Ordering::SeqCst)))
        };
        let loader = Refreshing { credential: gateway.credential(), life, clock: clock.clone() };
        let environment = Environment::from_process().with_clock(clock);
        let provider = Cached::new(loader, &environment);
        // Nothing is fresh: each call loads, or begins a refresh in the background.
        let max_stale = [Duration::ZERO, Duration::from_secs(3600)][random.below(2)];
        let cache = SecretCache::builder().ttl(Duration::ZERO).max_stale(max_stale).build();
        let mut shared = OpenApiGateway::new(gateway.endpoint(), provider);
        let mut tls = Vec::new();
        if gateway.ca_pem().is_some() {
            let ca = trusting(gateway);
            let with = |other: &String| ca.clone().and_ca_pem(other.as_bytes()).expect("CAs");
            tls = other_cas().iter().map(with).collect();
            shared = shared.tls(ca);
        }
        let client = KmsClient::builder()
            .shared(shared)
            .connections(transport())
            .layer(cache.layer())
            .timeout(LIMIT)
            .build()
            .expect("a client");
        let reuse = DataKeyReuse::default().max_messages([1, 2, 100][random.below(3)]);
        let opener = Envelope::new(client.clone());
        let envelope = opener.clone().reuse(reuse.max_age(Duration::from_millis(20)));
        let runtimes: Vec<_> = (0..2 + random.below(3)).map(|_| Driver::new(&mut random)).collect();
        let none = Pairs::new();
        let sealed = runtimes[0].drive(opener.seal("alias/default", b"text", &none));
        Self { seed, random, client, envelope, sealed: sealed.expect("sealed"), now, tls, runtimes }
    }

    fn run(mut self) {
        for step in 0..STEPS {
            self.now.fetch_add(STEP, Ordering::SeqCst);
            let at = self.random.below(self.runtimes.len());
            match self.random.below(10) {
                // Driven from its begin to its end, a call succeeds whatever the others left behind.
                0..=3 => {
                    let call = self.call();
                    let ended =
                        self.runtimes[at].drive(async { timeout(LIMIT + MARGIN, call).await });
                    let place = format!("seed {}, step {step}, runtime {at}", self.seed);
                    ended.expect(&place).expect(&place);
                }
                4..=6 => {
                    let call = self.call();
                    let polls = 1 + self.random.below(6);
                    self.runtimes[at].begin(call, polls);
                }
                7 => self.runtimes[at].leave(),
                8 => self.take_up(at, step),
                _ => {
                    let new = Driver::new(&mut self.random);
                    let old = std::mem::replace(&mut self.runtimes[at], new);
                    old.end(self.random.below(2) == 0);
                }
            }
        }
        for at in 0..self.runtimes.len() {
            self.take_up(at, STEPS);
        }
    }

    /// Drives a runtime until all that was begun on it has ended: well, or for its time limit.
    fn take_up(&mut self, at: usize, step: usize) {
        let runtime = &mut self.runtimes[at];
        for call in std::mem::take(&mut runtime.pending) {
            let ended = runtime.drive(async { timeout(LIMIT + MARGIN, call).await });
            let place = format!("seed {}, step {step}, runtime {at}", self.seed);
            if let Err(error) = ended.expect(&place) {
                assert_eq!(error.kind(), ErrorKind::Timeout, "{place}: {error}");
            }
        }
    }

    fn call(&mut self) -> Pending {
        let (client, envelope) = (self.client.clone(), self.envelope.clone());
        match self.random.below(5) {
            0 | 1 => Box::pin(async move {
                client.get_secret_value(GetSecretValueRequest::new("app/db")).await.map(|_| ())
            }),
            2 => {
                let mut call = client.encrypt(EncryptRequest::new("alias/default", "text"));
                if !self.tls.is_empty() {
                    call = call.tls(self.tls[self.random.below(self.tls.len())].clone());
                }
                Box::pin(async move { call.await.map(|_| ()) })
            }
            3 => Box::pin(async move {
                envelope.seal("alias/default", b"text", &Pairs::new()).await.map(|_| ())
            }),
            _ => {
                let sealed = self.sealed.clone();
                Box::pin(async move { envelope.open(&sealed, &Pairs::new()).await.map(|_| ()) })
            }
        }
    }
}

/// Over TLS it seeks HTTP/2, so that calls wait for a connection that another one makes.
fn transport() -> TransportBuilder {
    let transport = Transport::builder();
    #[cfg(feature = "http2")]
    let transport = transport.allow_http2();
    transport
}

/// Trusts the gateway as one of the system's CAs.
#[cfg(feature = "native-roots")]
fn trusting(_: &LocalGateway) -> TlsOptions {
    TlsOptions::native_roots()
}

#[cfg(not(feature = "native-roots"))]
fn trusting(gateway: &LocalGateway) -> TlsOptions {
    gateway.tls_options().expect("a CA")
}

/// More than a transport keeps settings of calls.
fn other_cas() -> &'static [String] {
    static CAS: OnceLock<Vec<String>> = OnceLock::new();
    CAS.get_or_init(|| (0..20).map(|_| Authority::generate().pem()).collect())
}

/// A runtime that is driven when the test says so, with the calls that were begun on it.
struct Driver {
    /// Blocks the worker until it is dropped, which is before the runtime is.
    block: RefCell<Option<mpsc::Sender<()>>>,
    runtime: Runtime,
    is_multi_thread: bool,
    pending: Vec<Pending>,
}

impl Driver {
    fn new(random: &mut Random) -> Self {
        let is_multi_thread = random.below(3) == 0;
        let mut builder = if is_multi_thread {
            Builder::new_multi_thread()
        } else {
            Builder::new_current_thread()
        };
        let runtime = builder.worker_threads(1).enable_all().build().expect("a runtime");
        Self { runtime, is_multi_thread, block: Default::default(), pending: Vec::new() }
    }

    fn drive<F: Future>(&self, future: F) -> F::Output {
        self.block.take();
        self.runtime.block_on(future)
    }

    /// Polls a call some times, and leaves it.
    fn begin(&mut self, mut call: Pending, polls: usize) {
        let ended = self.drive(async {
            for _ in 0..polls {
                let polled = poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx))).await;
                if let Poll::Ready(result) = polled {
                    return Some(result);
                }
                tokio::task::yield_now().await;
            }
            None
        });
        match ended {
            Some(result) => result.expect("it has ended at once, and well"),
            None => self.pending.push(call),
        }
        self.leave();
    }

    /// Drives nothing more; a current-thread runtime does not anyway.
    fn leave(&self) {
        if self.is_multi_thread && self.block.borrow().is_none() {
            let (block, blocked) = mpsc::channel::<()>();
            let (begun, begins) = mpsc::channel();
            self.runtime.spawn(async move {
                let _ = begun.send(());
                let _ = blocked.recv();
            });
            begins.recv().expect("the worker is blocked now");
            self.block.replace(Some(block));
        }
    }

    /// Drops the runtime, and before it or after it what was begun on it.
    fn end(self, calls_first: bool) {
        let Self { runtime, block, pending, .. } = self;
        drop(block);
        if calls_first {
            drop(pending);
            drop(runtime);
        } else {
            drop(runtime);
            drop(pending);
        }
    }
}

/// Gives a credential of a short life.
#[derive(Debug)]
struct Refreshing {
    credential: Credential,
    life: Duration,
    clock: Clock,
}

#[async_trait::async_trait]
impl LoadCredential for Refreshing {
    fn name(&self) -> &'static str {
        "refreshing"
    }

    async fn load(&self) -> Result<Temporary, Error> {
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
        Ok(Temporary::new(self.credential.clone(), self.clock.now() + self.life))
    }
}

#[test]
fn a_call_outside_a_runtime_is_an_error_that_names_the_feature_blocking() {
    let credential = Credential::access_key("id", "secret");
    let at: Endpoint = "http://127.0.0.1:9".parse().expect("an endpoint");
    let real = KmsClient::builder().shared(OpenApiGateway::new(at, credential)).build();
    let real = real.expect("a client");
    let mock = MockGateway::new().client();
    let reusing = |client: &KmsClient| Envelope::new(client.clone()).reuse(DataKeyReuse::default());
    for client in [&real, &mock] {
        let envelope = reusing(client);
        let (client, plain) = (client.clone(), Envelope::new(client.clone()));
        let sealing = async move |envelope: Envelope| {
            envelope.seal("key", b"text", &Pairs::new()).await.map(|_| ())
        };
        let calls: [Pending; 3] = [
            Box::pin(async move {
                client.encrypt(EncryptRequest::new("key", "text")).await.map(|_| ())
            }),
            Box::pin(sealing(envelope)),
            Box::pin(sealing(plain)),
        ];
        for call in calls {
            is_refused_outside_a_runtime(call);
        }
    }
}

#[test]
fn the_same_holds_for_a_stack_of_the_users_whose_layers_wait() {
    let refused = || {
        tower::service_fn(|_: Call| async {
            Err::<Reply, BoxError>(Error::new(ErrorKind::Connect, "refused").into())
        })
    };
    for client in [
        KmsClient::from_service(TotalTimeoutLayer::new(LIMIT).layer(refused())),
        KmsClient::from_service(RetryLayer::new(RetryPolicy::default()).layer(refused())),
        KmsClient::from_service(QuotaLayer::shared_gateway().layer(refused())),
    ] {
        is_refused_outside_a_runtime(Box::pin(async move {
            client.encrypt(EncryptRequest::new("key", "text")).await.map(|_| ())
        }));
    }
}

fn is_refused_outside_a_runtime(mut call: Pending) {
    let polled = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    let Poll::Ready(Err(error)) = polled else { panic!("an error at once") };
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Config, Outcome::NotSent));
    assert!(error.to_string().contains("blocking"), "{error}");
}
