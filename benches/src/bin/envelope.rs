//! An envelope's stream beside the cipher alone, on one thread.
//!
//! ```sh
//! cargo run --release -p alibabacloud-kms-benches --bin envelope
//! ```
//!
//! The cipher alone seals one buffer of a chunk's size, again and again; with a copy, the buffer is
//! filled anew each time, as a reader fills it. The stream seals and opens
//! what a reader in memory yields, for a writer that takes it: an envelope of 8 MiB, again and again,
//! so that the processor's caches hold it and not the memory's rate is measured. Rounds take turns,
//! and the ratio is the median of the rounds' own.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use alibabacloud_kms::api::crypto::DecryptResponse;
use alibabacloud_kms::api::data_key::GenerateDataKeyResponse;
use alibabacloud_kms::envelope::Envelope;
use alibabacloud_kms::{BoxError, Call, Gateway, KmsClient, Pairs, Reply};
use alibabacloud_kms_benches::cost::median;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use tokio::io::{AsyncRead, ReadBuf, sink};
use tokio::runtime::Builder;
use tower::service_fn;

const CHUNK: usize = 64 * 1024;
/// Chunks of an envelope.
const CHUNKS: usize = 128;
const DATA_KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

fn main() {
    let short = std::env::args().any(|argument| argument == "--short");
    let (rounds, envelopes) = if short { (1, 1) } else { (11, 32) };
    let chunks = envelopes * CHUNKS;
    let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
    let envelope = Envelope::new(client());
    let context = Pairs::new();
    let text = vec![0x5a; CHUNK];
    let sealed = {
        let mut sealed = Vec::new();
        let reader = Repeated { bytes: &text, at: 0, left: CHUNKS * CHUNK };
        let sealing = envelope.seal_stream("alias/app", reader, &mut sealed, &context);
        runtime.block_on(sealing).expect("sealed");
        sealed
    };

    let rounds: Vec<[f64; 4]> = (0..rounds)
        .map(|_| {
            let alone = |text| rate(chunks, || seal_alone(chunks, text));
            let (alone, copied) = (alone(None), alone(Some(&text[..])));
            let seal = rate(chunks, || {
                for _ in 0..envelopes {
                    let reader = Repeated { bytes: &text, at: 0, left: CHUNKS * CHUNK };
                    let sealing = envelope.seal_stream("alias/app", reader, sink(), &context);
                    runtime.block_on(sealing).expect("sealed");
                }
            });
            let open = rate(chunks, || {
                for _ in 0..envelopes {
                    let opening = envelope.open_stream(&sealed[..], sink(), &context);
                    runtime.block_on(opening).expect("opened");
                }
            });
            [alone, copied, seal, open]
        })
        .collect();
    let of = |of: fn(&[f64; 4]) -> f64| median(rounds.iter().map(of).collect());
    println!("| what | MB/s | of the cipher alone |\n|---|--:|--:|");
    println!("| AES-256-GCM alone | {:.0} | |", of(|it| it[0]));
    let share = |of: usize| 100.0 * median(rounds.iter().map(|it| it[of] / it[0]).collect());
    println!("| with a copy | {:.0} | {:.0} % |", of(|it| it[1]), share(1));
    println!("| seal_stream | {:.0} | {:.0} % |", of(|it| it[2]), share(2));
    println!("| open_stream | {:.0} | {:.0} % |", of(|it| it[3]), share(3));
}

fn rate(chunks: usize, work: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    work();
    (chunks * CHUNK) as f64 / begun.elapsed().as_secs_f64() / 1e6
}

fn seal_alone(chunks: usize, text: Option<&[u8]>) {
    let key = UnboundKey::new(&AES_256_GCM, &[7; 32]).expect("32 bytes");
    let key = LessSafeKey::new(key);
    let mut buffer = vec![0x5a; CHUNK];
    for number in 0..chunks as u64 {
        let mut nonce = [0; NONCE_LEN];
        if let Some(text) = text {
            buffer.copy_from_slice(text);
        }
        nonce[..8].copy_from_slice(&number.to_be_bytes());
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = key.seal_in_place_separate_tag(nonce, Aad::empty(), &mut buffer);
        let _ = std::hint::black_box(tag.expect("sealed"));
    }
}

/// A client whose gateway has one data key.
fn client() -> KmsClient {
    KmsClient::from_service(service_fn(async |call: Call| {
        let reply = match call.action().name {
            "GenerateDataKey" => {
                let mut key = GenerateDataKeyResponse::default();
                (key.plaintext, key.ciphertext_blob) = (DATA_KEY.into(), "AA==".into());
                key.key_id = "key-hzz000000000000000000".into();
                Reply::new(key, Gateway::Shared)
            }
            _ => {
                let mut key = DecryptResponse::default();
                key.plaintext = DATA_KEY.into();
                key.key_id = "key-hzz000000000000000000".into();
                Reply::new(key, Gateway::Shared)
            }
        };
        Ok::<_, BoxError>(reply)
    }))
}

/// The same bytes again and again.
struct Repeated<'a> {
    bytes: &'a [u8],
    at: usize,
    left: usize,
}

impl AsyncRead for Repeated<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let rest = &self.bytes[self.at..];
        let count = rest.len().min(buffer.remaining()).min(self.left);
        buffer.put_slice(&rest[..count]);
        self.left -= count;
        self.at = (self.at + count) % self.bytes.len();
        Poll::Ready(Ok(()))
    }
}
