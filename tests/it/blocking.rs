//! Calls without async: outside of every runtime, and inside of one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest, EncryptResponse};
use alibabacloud_kms::api::key::{CreateKeyRequest, ListKeysRequest};
use alibabacloud_kms::api::secret::{CreateSecretRequest, GetSecretValueRequest};
use alibabacloud_kms::blocking::wait;
use alibabacloud_kms::cache::SecretCache;
use alibabacloud_kms::envelope::{DataKeyReuse, Envelope};
use alibabacloud_kms::{BoxError, Call, ErrorKind, ExposeSecret, Gateway, KmsClient, Pairs, Reply};
use alibabacloud_kms_local::LocalGateway;
use tokio::runtime::{Builder, Runtime};

/// A gateway on a runtime that is always driven.
fn gateway() -> (Runtime, LocalGateway) {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let gateway = runtime.block_on(LocalGateway::start()).expect("a gateway");
    (runtime, gateway)
}

fn client(gateway: &LocalGateway) -> KmsClient {
    let client = KmsClient::builder()
        .shared(gateway.open_api_gateway())
        .instance(gateway.instance_gateway())
        .timeout(Duration::from_secs(10));
    client.build().expect("a client")
}

fn round_trip(client: &KmsClient) {
    let sealed = client.encrypt(EncryptRequest::new("alias/default", "text")).wait();
    let sealed = sealed.expect("an answer");
    let opened = client.decrypt(DecryptRequest::new(sealed.ciphertext_blob)).wait();
    assert_eq!(opened.expect("an answer").plaintext.expose_secret(), "text");
}

#[test]
fn calls_are_answered_outside_of_every_runtime() {
    let (_driven, gateway) = gateway();
    let client = client(&gateway);
    round_trip(&client);
    let error = client.encrypt(EncryptRequest::new("alias/none", "text")).wait();
    assert_eq!(error.expect_err("no such key").kind(), ErrorKind::Service);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..5).for_each(|_| round_trip(&client)));
        }
    });
}

#[test]
fn calls_run_on_a_thread_of_the_features_own() {
    let here = thread::current().id();
    let client = KmsClient::from_service(tower::service_fn(move |_: Call| async move {
        assert_ne!(thread::current().id(), here);
        Ok::<_, BoxError>(Reply::new(EncryptResponse::default(), Gateway::Shared))
    }));
    client.encrypt(EncryptRequest::new("key", "text")).wait().expect("an answer");
}

#[test]
fn pages_and_items_are_iterators() {
    let (_driven, gateway) = gateway();
    let client = client(&gateway);
    for _ in 0..5 {
        client.create_key(CreateKeyRequest::new()).wait().expect("a key");
    }
    let list = || client.list_keys(ListKeysRequest::new().page_size(2));
    let pages: Result<Vec<_>, _> = list().pages().wait().collect();
    let items: Result<Vec<_>, _> = list().items().wait().collect();
    let (pages, items) = (pages.expect("pages"), items.expect("items"));
    assert!(items.len() >= 5);
    assert_eq!(pages.len(), items.len().div_ceil(2));
    drop(gateway);
    let mut failing = list().max_attempts(1).items().wait();
    assert!(failing.next().expect("an error").is_err());
    assert!(failing.next().is_none() && failing.next().is_none());
}

#[test]
fn inside_a_runtime_it_blocks_the_worker_and_comes_to_its_end() {
    let (_driven, gateway) = gateway();
    let client = client(&gateway);
    for mut builder in [Builder::new_current_thread(), Builder::new_multi_thread()] {
        let runtime = builder.worker_threads(1).enable_all().build().expect("a runtime");
        // In `block_on`, on a worker, and after connections and loads of this runtime's own.
        runtime.block_on(async {
            client.encrypt(EncryptRequest::new("alias/default", "text")).await.expect("an answer");
            round_trip(&client);
            let client = client.clone();
            tokio::spawn(async move { round_trip(&client) }).await.expect("no panic");
        });
    }
}

/// The worker's other tasks have begun loads that nothing drives while it is blocked.
#[test]
fn it_waits_for_no_load_of_the_worker_that_it_blocks() {
    let (_driven, gateway) = gateway();
    let cache = SecretCache::builder().ttl(Duration::ZERO).max_stale(Duration::ZERO).build();
    let client = client(&gateway).with_layer(cache.layer());
    let create = CreateSecretRequest::new("app/db", "v1", "password");
    client.create_secret(create).wait().expect("it is new");
    let envelope = Envelope::new(client.clone()).reuse(DataKeyReuse::default());
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let (reading, sealing) = (client.clone(), envelope.clone());
        tokio::spawn(async move {
            let secret = reading.get_secret_value(GetSecretValueRequest::new("app/db"));
            let none = Pairs::new();
            let seal = sealing.seal("alias/default", b"text", &none);
            tokio::join!(secret.into_future(), seal).0.expect("an answer");
        });
        tokio::task::yield_now().await;
        let secret = client.get_secret_value(GetSecretValueRequest::new("app/db")).wait();
        assert_eq!(secret.expect("an answer").secret_data.expose_secret(), "password");
        wait(envelope.seal("alias/default", b"text", &Pairs::new())).expect("sealed");
    });
}

#[test]
fn the_cache_keeps_what_was_waited_for() {
    let (_driven, gateway) = gateway();
    let cache = SecretCache::default();
    let client = client(&gateway).with_layer(cache.layer());
    let create = CreateSecretRequest::new("app/db", "v1", "password");
    client.create_secret(create).wait().expect("it is new");
    for _ in 0..3 {
        let secret = client.get_secret_value(GetSecretValueRequest::new("app/db")).wait();
        assert_eq!(secret.expect("an answer").secret_data.expose_secret(), "password");
    }
    let statistics = cache.statistics();
    assert_eq!((statistics.misses, statistics.hits), (1, 2));
}

#[test]
fn envelopes_are_sealed_and_opened() {
    let (_driven, gateway) = gateway();
    let plain = Envelope::new(client(&gateway));
    let context = Pairs::from([("tenant", "a")]);
    for envelope in [plain.clone(), plain.reuse(DataKeyReuse::default())] {
        let sealed = wait(envelope.seal("alias/default", b"text", &context)).expect("sealed");
        let opened = wait(envelope.open(&sealed, &context)).expect("opened");
        assert_eq!(*opened.expose_secret(), *b"text");
        let mut streamed = Vec::new();
        let written = wait(envelope.open_stream(&sealed[..], &mut streamed, &context));
        assert_eq!((written.expect("opened"), streamed), (4, b"text".to_vec()));
    }
}

/// A layer that makes a call of its own and waits for it, to any depth.
#[test]
fn waiting_in_a_layer_on_the_features_own_thread_is_no_deadlock() {
    let (_driven, gateway) = gateway();
    let mut client = client(&gateway);
    let waited = Arc::new(AtomicUsize::new(0));
    for _ in 0..3 {
        let (inner, waited) = (client.clone(), Arc::clone(&waited));
        client = KmsClient::from_service(tower::service_fn(move |call: Call| {
            round_trip(&inner);
            waited.fetch_add(1, Ordering::SeqCst);
            let inner = inner.clone();
            async move { inner.send(call).await.map_err(BoxError::from) }
        }));
    }
    round_trip(&client);
    assert!(waited.load(Ordering::SeqCst) >= 3);
}

#[test]
fn a_panic_of_a_layer_is_the_callers() {
    let client = KmsClient::from_service(tower::service_fn(|_: Call| async {
        panic!("on purpose");
        #[expect(unreachable_code, reason = "it names the type")]
        Ok::<Reply, BoxError>(unreachable!())
    }));
    let call = client.encrypt(EncryptRequest::new("key", "text"));
    let panic = thread::spawn(move || call.wait()).join().expect_err("it panics");
    assert_eq!(panic.downcast_ref::<&str>().copied(), Some("on purpose"));
}
