//! Data-key reuse: caps, single flight, and contexts that do not meet.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use alibabacloud_kms::envelope::{DataKeyReuse, Envelope};
use alibabacloud_kms::{Clock, ErrorKind, Pairs};
use tokio::task::{JoinSet, yield_now};

use super::kms::Kms;
use super::{open, tenant};

fn reusing(kms: &Kms, reuse: DataKeyReuse) -> Envelope {
    Envelope::new(kms.client()).reuse(reuse)
}

/// A clock that is set by hand.
#[derive(Clone, Default)]
struct Hands(Arc<AtomicU64>);

impl Hands {
    fn clock(&self) -> Clock {
        let seconds = Arc::clone(&self.0);
        Clock::new(move || {
            SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.load(Ordering::SeqCst))
        })
    }

    fn set(&self, seconds: u64) {
        self.0.store(seconds, Ordering::SeqCst);
    }
}

async fn seal(envelope: &Envelope, octets: usize) -> Vec<u8> {
    envelope.seal("key", &vec![0; octets], &Pairs::new()).await.expect("sealed")
}

#[tokio::test]
async fn without_reuse_every_envelope_is_a_call_and_every_opening_too() {
    let kms = Kms::new();
    let envelope = Envelope::new(kms.client());
    for calls in 1..4 {
        let sealed = seal(&envelope, 1).await;
        open(&envelope, &sealed).await.expect("opened");
        assert_eq!((kms.generated(), kms.decrypted()), (calls, calls));
    }
}

#[tokio::test]
async fn a_data_key_seals_so_many_messages_and_no_more() {
    let kms = Kms::new();
    let envelope = reusing(&kms, DataKeyReuse::default().max_messages(3));
    for message in 0..10 {
        seal(&envelope, 1).await;
        assert_eq!(kms.generated(), message / 3 + 1);
    }
    for never in [0, 1] {
        let kms = Kms::new();
        let envelope = reusing(&kms, DataKeyReuse::default().max_messages(never));
        seal(&envelope, 1).await;
        seal(&envelope, 1).await;
        assert_eq!(kms.generated(), 2);
    }
}

#[tokio::test]
async fn a_data_key_seals_so_many_octets_and_no_more() {
    let kms = Kms::new();
    let envelope = reusing(&kms, DataKeyReuse::default().max_bytes(100));
    for (octets, calls) in [(60, 1), (40, 1), (0, 2), (99, 2), (2, 3), (500, 4), (1, 5)] {
        seal(&envelope, octets).await;
        assert_eq!(kms.generated(), calls, "{octets}");
    }
}

#[tokio::test]
async fn what_streams_seal_counts_too() {
    let kms = Kms::new();
    let envelope = reusing(&kms, DataKeyReuse::default().max_bytes(100));
    for (octets, calls) in [(60, 1), (60, 1), (1, 2)] {
        let (text, none) = (vec![0; octets], Pairs::new());
        envelope.seal_stream("key", &text[..], Vec::new(), &none).await.expect("sealed");
        assert_eq!(kms.generated(), calls, "{octets}");
    }
}

#[tokio::test]
async fn a_data_key_is_used_so_long_and_no_longer() {
    let (kms, hands) = (Kms::new(), Hands::default());
    let reuse = DataKeyReuse::default().max_age(Duration::from_secs(60));
    let envelope = reusing(&kms, reuse).clock(hands.clock());
    let sealed = seal(&envelope, 1).await;
    for (now, calls) in [(0, 1), (59, 1), (60, 2), (119, 2), (120, 3), (10, 4)] {
        hands.set(now);
        open(&envelope, &sealed).await.expect("opened");
        assert_eq!(kms.decrypted(), calls, "at {now}");
        seal(&envelope, 1).await;
        assert_eq!(kms.generated(), calls, "at {now}");
    }
}

#[tokio::test]
async fn keys_and_contexts_that_are_spelt_alike_have_data_keys_of_their_own() {
    let kms = Kms::new();
    let envelope = reusing(&kms, DataKeyReuse::default());
    let seals: [(&str, &[(&str, &str)]); 7] = [
        ("key", &[]),
        ("key", &[("a", "bc")]),
        ("key", &[("ab", "c")]),
        ("key", &[("a", "b"), ("c", "")]),
        ("keya", &[("", "bc")]),
        ("key", &[("a", "b&c=d")]),
        ("key", &[("a", "b"), ("c", "d")]),
    ];
    let mut all = Vec::new();
    for (key, pairs) in seals {
        let context = pairs.iter().copied().collect();
        all.push(envelope.seal(key, b"text", &context).await.expect("sealed"));
    }
    assert_eq!(kms.generated(), seals.len());
    for sealed in &all {
        open(&envelope, sealed).await.expect("opened");
    }
    assert_eq!(kms.decrypted(), seals.len());
    let context = Pairs::from([("c", "d"), ("a", "b")]);
    envelope.seal("key", b"text", &context).await.expect("sealed");
    assert_eq!(kms.generated(), seals.len(), "another order is the same context");
}

#[tokio::test]
async fn so_many_keys_are_kept_and_no_more() {
    let kms = Kms::new();
    let envelope = reusing(&kms, DataKeyReuse::default().capacity(2));
    for (key, calls) in [("a", 1), ("b", 2), ("a", 2), ("c", 3), ("a", 3), ("b", 4)] {
        envelope.seal(key, b"text", &Pairs::new()).await.expect("sealed");
        assert_eq!(kms.generated(), calls, "{key}");
    }
}

#[tokio::test]
async fn a_hundred_at_once_make_one_call() {
    let kms = Kms::held();
    let envelope = reusing(&kms, DataKeyReuse::default());
    let mut tasks = JoinSet::new();
    for _ in 0..100 {
        let envelope = envelope.clone();
        tasks.spawn(async move { envelope.seal("key", b"text", &tenant("a")).await });
    }
    // One turn for every task: the first waits for KMS, the others for the first.
    yield_now().await;
    assert_eq!(kms.generated(), 1);
    kms.answer(1);
    let mut all = tasks.join_all().await.into_iter().map(|sealed| sealed.expect("sealed"));
    let sealed = all.next().expect("a hundred");
    assert_eq!(all.count(), 99);
    assert_eq!(kms.generated(), 1);

    let mut tasks = JoinSet::new();
    for _ in 0..100 {
        let (envelope, sealed) = (envelope.clone(), sealed.clone());
        tasks.spawn(async move { open(&envelope, &sealed).await });
    }
    yield_now().await;
    kms.answer(1);
    assert!(tasks.join_all().await.into_iter().all(|opened| opened == Ok(b"text".to_vec())));
    assert_eq!(kms.decrypted(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn caps_hold_however_many_threads_seal() {
    let kms = Kms::new();
    let envelope = reusing(&kms, DataKeyReuse::default().max_messages(10));
    let mut tasks = JoinSet::new();
    for _ in 0..100 {
        let envelope = envelope.clone();
        tasks.spawn(async move { seal(&envelope, 1).await });
    }
    tasks.join_all().await;
    assert_eq!(kms.generated(), 10);
}

#[tokio::test]
async fn those_who_wait_get_the_failure_of_the_one_call() {
    let kms = Kms::failing();
    let envelope = reusing(&kms, DataKeyReuse::default());
    let mut tasks = JoinSet::new();
    for _ in 0..100 {
        let envelope = envelope.clone();
        tasks.spawn(async move { envelope.seal("key", b"text", &Pairs::new()).await });
    }
    yield_now().await;
    kms.answer(100);
    for sealed in tasks.join_all().await {
        let error = sealed.expect_err("KMS says no");
        assert_eq!(
            (error.kind(), error.code()),
            (ErrorKind::Encode, Some("Forbidden.KeyNotFound"))
        );
        assert_eq!(error.action(), Some("GenerateDataKey"));
    }
    assert_eq!(kms.generated(), 1);
    assert!(envelope.seal("key", b"text", &Pairs::new()).await.is_err());
    assert_eq!(kms.generated(), 2, "who comes later asks again");
}

#[tokio::test]
async fn when_the_one_who_asks_gives_up_the_next_asks() {
    let kms = Kms::held();
    let envelope = reusing(&kms, DataKeyReuse::default());
    let spawned = || {
        let envelope = envelope.clone();
        tokio::spawn(async move { seal(&envelope, 1).await })
    };
    let (first, second, third) = (spawned(), spawned(), spawned());
    yield_now().await;
    assert_eq!(kms.generated(), 1);
    first.abort();
    assert!(first.await.expect_err("it gave up").is_cancelled());
    kms.answer(1);
    second.await.expect("sealed");
    third.await.expect("sealed");
    assert_eq!(kms.generated(), 2);
}
