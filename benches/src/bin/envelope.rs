//! An envelope's stream beside the cipher alone, on one thread.
//!
//! ```sh
//! cargo run --release -p alibabacloud-kms-benches --bin envelope
//! ```
//!
//! The streams seal one chunk of text, and open an envelope of 8 MiB, again and again, from a
//! reader in memory to a writer that takes all: the processor's caches hold them, so the memory's
//! rate is not measured. The cipher alone seals the same chunk, and opens as many bytes as the
//! envelope has. With a copy, each chunk is copied to a buffer first, as a reader does it that does
//! not lend its own. One chunk that is opened again and again is in the nearest cache, which no
//! envelope of 8 MiB is. Rounds take turns, and the ratio is the median of the rounds' own.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use alibabacloud_kms::api::crypto::DecryptResponse;
use alibabacloud_kms::api::data_key::GenerateDataKeyResponse;
use alibabacloud_kms::envelope::Envelope;
use alibabacloud_kms::{BoxError, Call, Gateway, KmsClient, Pairs, Reply};
use alibabacloud_kms_benches::cost::median;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use tokio::io::{AsyncBufRead, AsyncRead, ReadBuf, sink};
use tokio::runtime::Builder;
use tower::service_fn;

const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;
/// Chunks of an envelope.
const CHUNKS: usize = 128;
/// The first row of what is opened.
const OPENED: usize = 4;
const DATA_KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

fn main() {
    let short = std::env::args().any(|argument| argument == "--short");
    let (rounds, envelopes) = if short { (1, 1) } else { (11, 32) };
    let chunks = envelopes * CHUNKS;
    let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
    let envelope = Envelope::new(client());
    let context = Pairs::new();
    // More than a chunk, so that a reader lends one as a whole.
    let text = vec![0x5a; CHUNK + 1];
    let sealed = {
        let mut sealed = Vec::new();
        let reader = Repeated { bytes: &text, left: CHUNKS * CHUNK };
        let sealing = envelope.seal_stream("alias/app", reader, &mut sealed, &context);
        runtime.block_on(sealing).expect("sealed");
        sealed
    };

    let rounds: Vec<Vec<f64>> = (0..rounds)
        .map(|_| {
            let seal = rate(chunks, || {
                for _ in 0..envelopes {
                    let reader = Repeated { bytes: &text, left: CHUNKS * CHUNK };
                    let sealing = envelope.seal_stream("alias/app", reader, sink(), &context);
                    runtime.block_on(sealing).expect("sealed");
                }
            });
            let seal_lent = rate(chunks, || {
                for _ in 0..envelopes {
                    let reader = Repeated { bytes: &text, left: CHUNKS * CHUNK };
                    let sealing = envelope.seal_stream_buf("alias/app", reader, sink(), &context);
                    runtime.block_on(sealing).expect("sealed");
                }
            });
            let open = rate(chunks, || {
                for _ in 0..envelopes {
                    let opening = envelope.open_stream(&sealed[..], sink(), &context);
                    runtime.block_on(opening).expect("opened");
                }
            });
            let open_lent = rate(chunks, || {
                for _ in 0..envelopes {
                    let opening = envelope.open_stream_buf(&sealed[..], sink(), &context);
                    runtime.block_on(opening).expect("opened");
                }
            });
            let mut cipher = Cipher::new();
            let seal_alone = rate(chunks, || (0..chunks).for_each(|_| cipher.seal()));
            let seal_copy = rate(chunks, || (0..chunks).for_each(|_| cipher.seal_copy()));
            cipher.seal_copy();
            let many = cipher.chunk.repeat(CHUNKS);
            let in_turn = |open: &mut dyn FnMut(&[u8])| {
                rate(chunks, || {
                    (0..envelopes)
                        .for_each(|_| many.chunks_exact(CHUNK + TAG).for_each(&mut *open));
                })
            };
            let open_alone = in_turn(&mut |chunk| cipher.open(chunk));
            let open_copy = in_turn(&mut |chunk| cipher.open_copy(chunk));
            let one = cipher.chunk.clone();
            let open_one = rate(chunks, || (0..chunks).for_each(|_| cipher.open(&one)));
            [
                [seal_alone, seal_copy, seal, seal_lent].as_slice(),
                &[open_alone, open_copy, open_one, open, open_lent],
            ]
            .concat()
        })
        .collect();
    println!("| what | MB/s | of the cipher alone |\n|---|--:|--:|");
    let names = [
        "sealed",
        "with a copy",
        "`seal_stream`",
        "`seal_stream_buf`",
        "opened",
        "with a copy",
        "one chunk again and again",
        "`open_stream`",
        "`open_stream_buf`",
    ];
    for (row, name) in names.iter().enumerate() {
        let alone = if row < OPENED { 0 } else { OPENED };
        let rate = median(rounds.iter().map(|it| it[row]).collect());
        let share = 100.0 * median(rounds.iter().map(|it| it[row] / it[alone]).collect());
        println!("| {name} | {rate:.0} | {share:.0} % |");
    }
}

fn rate(chunks: usize, work: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    work();
    (chunks * CHUNK) as f64 / begun.elapsed().as_secs_f64() / 1e6
}

/// The cipher, which seals and opens one chunk. A stream's nonces differ, which costs nothing.
struct Cipher {
    key: LessSafeKey,
    text: Vec<u8>,
    chunk: Vec<u8>,
    buffer: Vec<u8>,
}

impl Cipher {
    fn new() -> Self {
        let key = UnboundKey::new(&AES_256_GCM, &[7; 32]).expect("32 bytes");
        let (text, chunk) = (vec![0x5a; CHUNK], vec![0x5a; CHUNK + TAG]);
        Self { key: LessSafeKey::new(key), text, buffer: chunk.clone(), chunk }
    }

    fn seal(&mut self) {
        let (text, tag) = self.chunk.split_at_mut(CHUNK);
        let sealed = self.key.seal_in_place_separate_tag(nonce(), Aad::empty(), text);
        tag.copy_from_slice(sealed.expect("sealed").as_ref());
    }

    fn seal_copy(&mut self) {
        self.chunk[..CHUNK].copy_from_slice(&self.text);
        self.seal();
    }

    fn open(&mut self, chunk: &[u8]) {
        let (chunk, tag) = chunk.split_at(CHUNK);
        let text = &mut self.buffer[..CHUNK];
        self.key.open_separate_gather(nonce(), Aad::empty(), chunk, tag, text).expect("opened");
    }

    fn open_copy(&mut self, chunk: &[u8]) {
        self.buffer.copy_from_slice(chunk);
        self.key.open_in_place(nonce(), Aad::empty(), &mut self.buffer).expect("opened");
    }
}

fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
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
    left: usize,
}

impl AsyncRead for Repeated<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let count = self.bytes.len().min(buffer.remaining()).min(self.left);
        buffer.put_slice(&self.bytes[..count]);
        self.left -= count;
        Poll::Ready(Ok(()))
    }
}

impl AsyncBufRead for Repeated<'_> {
    fn poll_fill_buf(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        Poll::Ready(Ok(&self.bytes[..self.bytes.len().min(self.left)]))
    }

    fn consume(mut self: Pin<&mut Self>, count: usize) {
        self.left -= count;
    }
}
