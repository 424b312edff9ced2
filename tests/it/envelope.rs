//! Envelopes: what opens, what must not, and how often KMS is asked.

mod damage;
mod gateways;
mod keys;
mod kms;
mod reuse;
mod streams;
mod vectors;

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use alibabacloud_kms::envelope::Envelope;
use alibabacloud_kms::{ErrorKind, ExposeSecret, Pairs};

use self::kms::Kms;

/// Polls a future once.
fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Lets all tasks that can go on do so.
async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

fn tenant(value: &str) -> Pairs {
    Pairs::from([("tenant", value)])
}

/// Envelopes of the smallest chunks.
fn small(kms: &Kms) -> Envelope {
    Envelope::new(kms.client()).chunk_size(1024).expect("a chunk size")
}

async fn open(envelope: &Envelope, sealed: &[u8]) -> Result<Vec<u8>, ErrorKind> {
    let opened = envelope.open(sealed, &Pairs::new()).await;
    opened.map(|text| text.expose_secret().to_vec()).map_err(|error| error.kind())
}

#[tokio::test]
async fn what_is_sealed_is_opened() {
    let envelope = small(&Kms::new());
    for length in [0, 1, 15, 16, 17, 1023, 1024, 1025, 2047, 2048, 2049, 10_000] {
        let text: Vec<u8> = (0..length).map(|n| n as u8).collect();
        let sealed = envelope.seal("key", &text, &tenant("a")).await.expect("sealed");
        let opened = envelope.open(&sealed, &tenant("a")).await.expect("opened");
        assert!(*opened.expose_secret() == *text, "{length}");
    }
}

#[tokio::test]
async fn two_envelopes_of_the_same_plaintext_have_nothing_in_common() {
    let envelope = small(&Kms::new()).reuse(Default::default());
    let one = envelope.seal("key", &[0; 64], &Pairs::new()).await.expect("sealed");
    let two = envelope.seal("key", &[0; 64], &Pairs::new()).await.expect("sealed");
    assert_ne!(one[one.len() - 80..], two[two.len() - 80..]);
}

#[tokio::test]
async fn an_envelope_is_bound_to_its_context() {
    let kms = Kms::new();
    let envelope = small(&kms);
    let context = Pairs::from([("tenant", "a"), ("app", "b")]);
    let sealed = envelope.seal("key", b"text", &context).await.expect("sealed");
    for demanded in [
        Pairs::new(),
        tenant("a"),
        Pairs::from([("app", "b"), ("tenant", "a")]),
        Pairs::from([("tenant", "a"), ("app", "b")]),
    ] {
        assert!(envelope.open(&sealed, &demanded).await.is_ok(), "{demanded:?}");
    }
    let asked = kms.decrypted();
    for demanded in [
        tenant("b"),
        tenant(""),
        Pairs::from([("tenan", "ta")]),
        Pairs::from([("tenant", "a"), ("app", "b"), ("more", "")]),
    ] {
        let error = envelope.open(&sealed, &demanded).await.expect_err("another context");
        assert_eq!(error.kind(), ErrorKind::Envelope);
    }
    assert_eq!(kms.decrypted(), asked, "KMS is not asked in vain");
}

#[tokio::test]
async fn the_order_of_a_context_does_not_matter_to_kms() {
    let kms = Kms::new();
    let envelope = small(&kms);
    for context in [[("a", "1"), ("b", "2")], [("b", "2"), ("a", "1")]] {
        let sealed = envelope.seal("key", b"text", &context.into()).await.expect("sealed");
        assert_eq!(open(&envelope, &sealed).await, Ok(b"text".to_vec()));
    }
    assert_eq!(kms.contexts(), [vec![("a".into(), "1".into()), ("b".into(), "2".into())]]);
}

#[tokio::test]
async fn a_wrong_context_or_chunk_size_is_refused_before_kms_is_asked() {
    let kms = Kms::new();
    let envelope = Envelope::new(kms.client());
    let error = envelope.seal("key", b"", &tenant(&"x".repeat(40_000))).await;
    assert_eq!(error.expect_err("too long").kind(), ErrorKind::Encode);
    assert_eq!(kms.generated(), 0);
    for size in [0, 1000, 512, 2 << 20] {
        let error = envelope.clone().chunk_size(size).expect_err("a wrong size");
        assert_eq!(error.kind(), ErrorKind::Config);
    }
}

#[tokio::test]
async fn an_answer_without_a_data_key_is_an_error() {
    for plaintext in ["", "AAAA", "not Base64"] {
        let kms = Kms::with_plaintext(plaintext);
        let error = small(&kms).seal("key", b"text", &Pairs::new()).await.expect_err("no key");
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert_eq!(error.action(), Some("GenerateDataKey"));
        let sealed = small(&Kms::new()).seal("key", b"text", &Pairs::new()).await.expect("sealed");
        assert_eq!(open(&small(&kms), &sealed).await, Err(ErrorKind::Envelope));
    }
}
