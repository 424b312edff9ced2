//! Data-key reuse: caps, single flight, and contexts that do not meet.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use alibabacloud_kms::envelope::{DataKeyReuse, Envelope};
use alibabacloud_kms::{Clock, ErrorKind, Pairs};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::kms::Kms;
use super::{open, poll_once, settle, tenant};

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

async fn seal(envelope: &Envelope, bytes: usize) -> Vec<u8> {
    envelope.seal("key", &vec![0; bytes], &Pairs::new()).await.expect("sealed")
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
async fn a_data_key_seals_so_many_bytes_and_no_more() {
    let kms = Kms::new();
    let envelope = reusing(&kms, DataKeyReuse::default().max_bytes(100));
    for (bytes, calls) in [(60, 1), (40, 1), (0, 2), (99, 2), (2, 3), (500, 4), (1, 4)] {
        seal(&envelope, bytes).await;
        assert_eq!(kms.generated(), calls, "{bytes}");
    }
}

#[tokio::test]
async fn what_streams_seal_counts_too() {
    let kms = Kms::new();
    let envelope = reusing(&kms, DataKeyReuse::default().max_bytes(100));
    for (bytes, calls) in [(60, 1), (60, 1), (1, 2)] {
        let (text, none) = (vec![0; bytes], Pairs::new());
        envelope.seal_stream("key", &text[..], Vec::new(), &none).await.expect("sealed");
        assert_eq!(kms.generated(), calls, "{bytes}");
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
    // The first waits for KMS, the others for the first.
    settle().await;
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
    settle().await;
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
    settle().await;
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
async fn when_the_one_who_asked_gives_up_the_others_get_the_key_all_the_same() {
    let kms = Kms::held();
    let envelope = reusing(&kms, DataKeyReuse::default());
    let spawned = || {
        let envelope = envelope.clone();
        tokio::spawn(async move { seal(&envelope, 1).await })
    };
    let (first, second, third) = (spawned(), spawned(), spawned());
    settle().await;
    assert_eq!(kms.generated(), 1);
    first.abort();
    assert!(first.await.expect_err("it gave up").is_cancelled());
    kms.answer(1);
    second.await.expect("sealed");
    third.await.expect("sealed");
    assert_eq!(kms.generated(), 1);
}

/// A future that was begun and is not polled any more: in a `select!` branch, or a stream that is not
/// drained.
#[tokio::test(start_paused = true)]
async fn one_who_asked_and_is_not_polled_holds_up_nobody() {
    let kms = Kms::new().delayed(Duration::from_millis(50));
    let envelope = reusing(&kms, DataKeyReuse::default());
    let none = Pairs::new();
    let mut sealing = Box::pin(envelope.seal("key", b"first", &none));
    assert!(poll_once(&mut sealing).is_pending());
    let begun = Instant::now();
    let sealed = envelope.seal("key", b"second", &none).await.expect("sealed");
    assert_eq!(begun.elapsed(), Duration::from_millis(50));
    assert_eq!(kms.generated(), 1);

    let fresh = reusing(&kms, DataKeyReuse::default());
    let mut opening = Box::pin(fresh.open(&sealed, &none));
    assert!(poll_once(&mut opening).is_pending());
    assert!(fresh.open(&sealed, &none).await.is_ok());
    assert_eq!(kms.decrypted(), 1);
}

/// Twenty calls to KMS at once take as long as one.
#[tokio::test(start_paused = true)]
async fn messages_that_cannot_share_a_key_do_not_wait_for_each_other() {
    let default = DataKeyReuse::default;
    for (reuse, bytes, keys) in [
        (default().max_messages(1), 10, 20),
        (default().max_messages(0), 10, 20),
        (default().max_bytes(1000), 2000, 20),
        (default().max_bytes(1000), 1000, 20),
        (default().max_messages(2), 10, 10),
        (default().max_bytes(1000), 500, 10),
        (default().max_bytes(1000), 400, 10),
        (default(), 10, 1),
    ] {
        let delay = Duration::from_millis(100);
        let kms = Kms::new().delayed(delay);
        let envelope = reusing(&kms, reuse.clone());
        let begun = Instant::now();
        let mut tasks = JoinSet::new();
        for _ in 0..20 {
            let envelope = envelope.clone();
            tasks.spawn(async move { seal(&envelope, bytes).await });
        }
        tasks.join_all().await;
        assert_eq!((begun.elapsed(), kms.generated()), (delay, keys), "{reuse:?}, {bytes}");
    }
}

#[tokio::test]
async fn a_message_over_the_caps_leaves_the_key_that_others_share() {
    let kms = Kms::new();
    let envelope = reusing(&kms, DataKeyReuse::default().max_bytes(1000));
    for _ in 0..10 {
        seal(&envelope, 10).await;
        seal(&envelope, 2000).await;
    }
    assert_eq!(kms.generated(), 11);
}

#[tokio::test]
async fn envelopes_that_do_not_open_evict_no_key() {
    let kms = Kms::new();
    let envelope = reusing(&kms, DataKeyReuse::default().capacity(1));
    let sealed = seal(&envelope, 1).await;
    open(&envelope, &sealed).await.expect("opened");
    assert_eq!(kms.decrypted(), 1);
    for salt in 0..5 {
        // Of an encrypted data key that KMS does not know.
        let mut garbage = sealed.clone();
        let last = usize::from(u16::from_be_bytes([sealed[6], sealed[7]])) - 32 - 2 - 1;
        garbage[last] ^= 1 + salt;
        open(&envelope, &garbage).await.expect_err("garbage");
    }
    assert_eq!(kms.decrypted(), 6);
    open(&envelope, &sealed).await.expect("opened");
    assert_eq!(kms.decrypted(), 6);
}

#[tokio::test]
async fn a_call_that_panics_is_an_error_and_the_next_one_works() {
    let kms = Kms::panicking(2);
    let envelope = reusing(&kms, DataKeyReuse::default());
    let error = envelope.seal("key", b"text", &Pairs::new()).await.expect_err("it panicked");
    assert_eq!(error.kind(), ErrorKind::Layer);
    assert!(envelope.seal("key", b"text", &Pairs::new()).await.is_ok());
}
