//! Arbitrary bytes as an envelope, and as what is put into one: a header is read or refused, and what
//! was sealed opens, unless a byte of it was changed.
//!
//! `cargo +nightly fuzz run envelope`

#![no_main]

use std::future::{Future, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use alibabacloud_kms::api::crypto::DecryptResponse;
use alibabacloud_kms::api::data_key::GenerateDataKeyResponse;
use alibabacloud_kms::envelope::{Envelope, Header};
use alibabacloud_kms::{BoxError, Call, Gateway, KmsClient, Pairs, Reply};
use libfuzzer_sys::fuzz_target;
use secrecy::ExposeSecret;

const DATA_KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

fuzz_target!(|data: &[u8]| {
    let envelope = envelope();
    if let Ok(header) = Header::parse(data) {
        assert!(header.chunk_size() <= 1 << 20);
    }
    opens(&envelope, data);

    let (head, text) = data.split_at(data.len().min(8));
    let context = Pairs::from([("name", String::from_utf8_lossy(head))]);
    let sealed = at_once(envelope.seal("key", text, &context)).expect("any text can be sealed");
    let opened = at_once(envelope.open(&sealed, &context)).expect("what was sealed opens");
    assert_eq!(opened.expose_secret(), text);

    let mut changed = sealed;
    let at = head.iter().fold(0, |at, &byte| at << 8 | usize::from(byte)) % changed.len();
    changed[at] ^= 1;
    assert!(!opens(&envelope, &changed));
});

/// Whether it opens; at once and as a stream of both kinds it is the same.
fn opens(envelope: &Envelope, sealed: &[u8]) -> bool {
    let none = Pairs::new();
    let whole = at_once(envelope.open(sealed, &none));
    let mut written = Vec::new();
    let streamed = at_once(envelope.open_stream(sealed, &mut written, &none));
    let mut lent = Vec::new();
    let opened = at_once(envelope.open_stream_buf(sealed, &mut lent, &none));
    assert_eq!((streamed.is_ok(), opened.is_ok()), (whole.is_ok(), whole.is_ok()));
    assert_eq!(lent, written);
    if let Ok(text) = &whole {
        assert_eq!(text.expose_secret(), written);
    }
    whole.is_ok()
}

/// Envelopes over a KMS of one data key.
fn envelope() -> Envelope {
    let client = KmsClient::from_service(tower::service_fn(|call: Call| {
        let reply = match call.action().name {
            "GenerateDataKey" => {
                let mut response = GenerateDataKeyResponse::default();
                response.ciphertext_blob = "AA==".into();
                response.plaintext = DATA_KEY.into();
                Reply::new(response, Gateway::Shared)
            }
            _ => {
                let mut response = DecryptResponse::default();
                response.plaintext = DATA_KEY.into();
                Reply::new(response, Gateway::Shared)
            }
        };
        ready(Ok::<_, BoxError>(reply))
    }));
    Envelope::new(client).chunk_size(1024).expect("a chunk size")
}

/// The output of a future that waits for nothing.
fn at_once<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("everything is in memory"),
    }
}
