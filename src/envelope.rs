//! Envelope encryption: data of any size, encrypted locally with data keys that KMS encrypts.
//!
//! `Encrypt` takes up to 6 KB. For larger data, and for fewer requests, KMS generates a data key,
//! this process encrypts the data with it, and the encrypted data key is stored in front of the
//! data. The result is an envelope. To open one, KMS decrypts its data key. An envelope that was
//! sealed through one gateway can be opened through the other.
//!
//! This module is built on [`KmsClient`]: it calls `GenerateDataKey` and `Decrypt` like any other
//! program, so the client's route, retries and layers apply.
//!
//! ```
//! # #[cfg(feature = "test-util")]
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), alibabacloud_kms::Error> {
//! use alibabacloud_kms::envelope::Envelope;
//! use alibabacloud_kms::{ExposeSecret, KmsClient, Pairs};
//! # use alibabacloud_kms::api::{crypto::DecryptRequest, data_key::GenerateDataKeyRequest};
//! # const DATA_KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
//! # let mock = alibabacloud_kms::testing::MockGateway::new();
//! # mock.on::<GenerateDataKeyRequest>().answer_with(|_, key| {
//! #     (key.plaintext, key.ciphertext_blob) = (DATA_KEY.into(), "AA==".into());
//! # });
//! # mock.on::<DecryptRequest>().answer_with(|_, key| key.plaintext = DATA_KEY.into());
//! # let client: KmsClient = mock.client();
//!
//! let envelope = Envelope::new(client);
//! let context = Pairs::from([("tenant", "a")]);
//! let sealed = envelope.seal("alias/default", b"any bytes", &context).await?;
//! let opened = envelope.open(&sealed, &context).await?;
//! assert_eq!(opened.expose_secret(), b"any bytes");
//! # Ok(()) }
//! # #[cfg(not(feature = "test-util"))]
//! # fn main() {}
//! ```
//!
//! # Context
//!
//! A context is a set of names and values that an envelope is bound to, such as the tenant that
//! owns the data. The header contains it, readable and authenticated, and KMS receives it as
//! `EncryptionContext`: it appears in the audit log, and policies can require it. It must not be
//! secret.
//!
//! A reader passes the pairs that it requires. An envelope that lacks one of them, or has another
//! value for it, is refused before KMS is called. A reader that passes no pairs opens every
//! envelope that the key opens.
//!
//! # Keys
//!
//! The header names the key in KMS that encrypted the data key. When an envelope is opened, that
//! name is compared with the key that KMS decrypted with, and an envelope that names another key is
//! refused. A reader opens the envelopes of every key that it may decrypt with, so anyone who may
//! encrypt with one of these keys can create an envelope that it opens.
//! [`only_keys`](Envelope::only_keys) restricts the keys whose envelopes a reader accepts.
//!
//! # Streams
//!
//! [`seal_stream`](Envelope::seal_stream) and [`open_stream`](Envelope::open_stream) hold three
//! [chunks](Envelope::chunk_size) in memory, no matter how long the data is. Everything that
//! `open_stream` writes is authentic and in order, but only its success proves that nothing is
//! missing. If it fails, discard what was written: write to a temporary file and rename it on
//! success, as `kms decrypt-file` does. For a reader that lends its buffer,
//! [`seal_stream_buf`](Envelope::seal_stream_buf) and
//! [`open_stream_buf`](Envelope::open_stream_buf) do the same without copying most chunks.
//!
//! # Data keys
//!
//! Without [`reuse`](Envelope::reuse), every envelope has a data key of its own, and sealing or
//! opening one takes one call to KMS. With it, one data key serves many envelopes, within limits on
//! messages, bytes and age, and concurrent operations that need the same data key share one call.
#![doc = include_str!("envelope/FORMAT.md")]

mod cache;
mod chunks;
mod context;
mod data_key;
mod error;
mod header;
mod key_id;
mod lent;
mod reuse;
mod stream;

use std::fmt;
use std::mem;
use std::sync::Arc;

use aws_lc_rs::{constant_time, rand};
use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite};
use zeroize::Zeroizing;

use self::chunks::{Chunks, Position, TAG};
use self::data_key::Decrypted;
use self::error::{damaged, failed, not_authentic};
pub use self::header::Header;
use self::header::{ChunkSize, Parsed, SALT};
use self::key_id::{Trusted, bare_id};
pub use self::reuse::DataKeyReuse;
use self::reuse::{Keys, OpeningKey, SealingKey};
use crate::{Clock, Error, ErrorKind, KmsClient, Pairs, SecretBytes};

/// Seals data into envelopes and opens them, with data keys that a client gets from KMS.
///
/// Clones share the data keys that are [reused](Self::reuse). See the [module](self) for an
/// example.
#[derive(Clone)]
pub struct Envelope {
    client: KmsClient,
    chunk_size: ChunkSize,
    clock: Clock,
    keys: Option<Arc<Keys>>,
    trusted: Trusted,
}

impl Envelope {
    /// Creates an `Envelope` that calls KMS with this client. Chunks are 64 KiB, and each envelope
    /// has a data key of its own.
    pub fn new(client: KmsClient) -> Self {
        Self {
            client,
            chunk_size: ChunkSize::default(),
            clock: Clock::default(),
            keys: None,
            trusted: Trusted::default(),
        }
    }

    /// Uses one data key for several envelopes, within the limits of `reuse` (default: one data key
    /// per envelope).
    #[must_use]
    pub fn reuse(mut self, reuse: DataKeyReuse) -> Self {
        self.keys = Some(Arc::new(Keys::new(reuse)));
        self
    }

    /// Opens only envelopes of these keys (default: of every key that KMS lets the client decrypt
    /// with).
    ///
    /// `key_ids` are ids or ARNs. An alias is an error of [`ErrorKind::Config`] when an envelope is
    /// opened, since it may name another key tomorrow. Envelopes of other keys are refused before
    /// KMS is called. Sealing is not affected.
    ///
    /// ```
    /// # use alibabacloud_kms::KmsClient;
    /// use alibabacloud_kms::envelope::Envelope;
    ///
    /// # fn run(client: KmsClient) {
    /// let envelope = Envelope::new(client).only_keys(["key-hzz65f1cb66fa0qo1j2k3"]);
    /// # }
    /// ```
    #[must_use]
    pub fn only_keys<K: Into<String>>(mut self, key_ids: impl IntoIterator<Item = K>) -> Self {
        self.trusted = Trusted::new(key_ids.into_iter().map(Into::into));
        self
    }

    /// Sets the chunk size in bytes of plaintext: a power of two from 1 KiB to 1 MiB (default 64
    /// KiB).
    ///
    /// Every chunk makes the envelope 16 bytes longer, and streams hold three chunks in memory. The
    /// header contains the chunk size, so this setting does not affect opening.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: the size is not a power of two in this range.
    pub fn chunk_size(mut self, bytes: usize) -> Result<Self, Error> {
        self.chunk_size = ChunkSize::from_bytes(bytes).ok_or_else(|| {
            let what = "the chunk size of envelopes must be a power of two from 1 KiB to 1 MiB";
            Error::new(ErrorKind::Config, format!("{what}, and is {bytes}"))
        })?;
        Ok(self)
    }

    /// Sets the clock that measures the age of data keys (default: the system's clock).
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Encrypts a plaintext and returns the envelope. `key_id` is the id, alias or ARN of the key
    /// in KMS that encrypts the data key.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::Encode`]: the context has more than 1,024 pairs or is longer than 32 KiB.
    /// - The errors of `GenerateDataKey`.
    pub async fn seal(
        &self,
        key_id: &str,
        plaintext: &[u8],
        context: &Pairs,
    ) -> Result<Vec<u8>, Error> {
        let context = context::sorted(context);
        let key = self.key_to_seal(key_id, &context, plaintext.len() as u64).await?;
        let (mut chunks, header) = self.begin(&key, context, fresh_salt()?)?;
        seal_pieces(&mut chunks, self.chunk_size.bytes(), &header, plaintext)
    }

    /// Decrypts an envelope and returns its plaintext. The envelope's context must contain the
    /// pairs of `context`, and may contain others.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::Envelope`]: the data is not an envelope, is of an unsupported version or
    ///   algorithm, was changed, has another context, names another key than the one that KMS
    ///   decrypted with, or is of a key that [`only_keys`](Self::only_keys) excludes.
    /// - The errors of `Decrypt`.
    pub async fn open(&self, sealed: &[u8], context: &Pairs) -> Result<SecretBytes, Error> {
        let parsed = Parsed::new(sealed)?;
        let mut chunks = self.chunks_to_open(&parsed, context).await?;
        open_pieces(&mut chunks, parsed.header.chunk_size(), parsed.body)
    }

    /// Encrypts everything that `reader` yields, writes the envelope to `writer`, and returns the
    /// number of plaintext bytes.
    ///
    /// The writer is flushed at the end, and not shut down.
    ///
    /// # Errors
    ///
    /// - Those of [`seal`](Self::seal).
    /// - [`ErrorKind::Io`]: reading or writing failed; `source()` is the I/O error.
    /// - [`ErrorKind::Envelope`]: the plaintext has more than 2^32 chunks. What was written is then
    ///   not a complete envelope, and does not open.
    pub async fn seal_stream(
        &self,
        key_id: &str,
        reader: impl AsyncRead + Unpin,
        mut writer: impl AsyncWrite + Unpin,
        context: &Pairs,
    ) -> Result<u64, Error> {
        let (key, mut chunks) = self.begin_stream(key_id, &mut writer, context).await?;
        let chunk_size = self.chunk_size.bytes();
        stream::seal(&mut chunks, chunk_size, reader, &mut writer, |bytes| key.count(bytes)).await
    }

    /// Does the same as [`seal_stream`](Self::seal_stream) for a reader that lends its buffer: a
    /// chunk that is followed by more data in the buffer is sealed where it lies. The last chunk,
    /// and one of which the buffer has only a part, is copied first.
    ///
    /// It is faster for data that is in memory, such as a slice or a mapped file. A buffer that is
    /// not larger than a [chunk](Self::chunk_size), such as a `BufReader` of the usual size, gains
    /// nothing, and nothing is read while a chunk is written.
    ///
    /// # Errors
    ///
    /// Those of [`seal_stream`](Self::seal_stream).
    pub async fn seal_stream_buf(
        &self,
        key_id: &str,
        reader: impl AsyncBufRead + Unpin,
        mut writer: impl AsyncWrite + Unpin,
        context: &Pairs,
    ) -> Result<u64, Error> {
        let (key, mut chunks) = self.begin_stream(key_id, &mut writer, context).await?;
        let chunk_size = self.chunk_size.bytes();
        lent::seal(&mut chunks, chunk_size, reader, &mut writer, |bytes| key.count(bytes)).await
    }

    /// Decrypts the envelope that `reader` yields chunk by chunk, writes the plaintext to `writer`,
    /// and returns the number of plaintext bytes. The envelope's context must contain the pairs of
    /// `context`, and may contain others.
    ///
    /// **If this fails or is dropped, discard what was written**: it may be only the beginning of
    /// the plaintext. The writer is flushed at the end, and not shut down.
    ///
    /// # Errors
    ///
    /// - Those of [`open`](Self::open).
    /// - [`ErrorKind::Io`]: reading or writing failed; `source()` is the I/O error.
    pub async fn open_stream(
        &self,
        mut reader: impl AsyncRead + Unpin,
        mut writer: impl AsyncWrite + Unpin,
        context: &Pairs,
    ) -> Result<u64, Error> {
        let (mut chunks, chunk_size) = self.open_header(&mut reader, context).await?;
        stream::open(&mut chunks, chunk_size, reader, &mut writer).await
    }

    /// Does the same as [`open_stream`](Self::open_stream) for a reader that lends its buffer, from
    /// which it opens chunks as [`seal_stream_buf`](Self::seal_stream_buf) seals them.
    ///
    /// **If this fails or is dropped, discard what was written.**
    ///
    /// # Errors
    ///
    /// Those of [`open_stream`](Self::open_stream).
    pub async fn open_stream_buf(
        &self,
        mut reader: impl AsyncBufRead + Unpin,
        mut writer: impl AsyncWrite + Unpin,
        context: &Pairs,
    ) -> Result<u64, Error> {
        let (mut chunks, chunk_size) = self.open_header(&mut reader, context).await?;
        lent::open(&mut chunks, chunk_size, reader, &mut writer).await
    }

    /// Writes the header of a new envelope, and returns its key and its cipher.
    async fn begin_stream(
        &self,
        key_id: &str,
        writer: &mut (impl AsyncWrite + Unpin),
        context: &Pairs,
    ) -> Result<(Arc<SealingKey>, Chunks), Error> {
        let context = context::sorted(context);
        let key = self.key_to_seal(key_id, &context, 0).await?;
        let (chunks, header) = self.begin(&key, context, fresh_salt()?)?;
        stream::write_header(writer, &header).await?;
        Ok((key, chunks))
    }

    /// Reads the header of an envelope, and returns its cipher and the size of its chunks.
    async fn open_header(
        &self,
        reader: &mut (impl AsyncRead + Unpin),
        context: &Pairs,
    ) -> Result<(Chunks, usize), Error> {
        let header = stream::read_header(reader).await?;
        let parsed = Parsed::new(&header)?;
        let chunks = self.chunks_to_open(&parsed, context).await?;
        Ok((chunks, parsed.header.chunk_size()))
    }

    async fn key_to_seal(
        &self,
        key_id: &str,
        context: &Pairs,
        bytes: u64,
    ) -> Result<Arc<SealingKey>, Error> {
        // Refused before any IO if it does not fit a header.
        context::encode(context)?;
        if let Some(keys) = &self.keys {
            return keys.to_seal(&self.client, &self.clock, key_id, context, bytes).await;
        }
        let generated = data_key::generate(&self.client, key_id, context).await?;
        Ok(Arc::new(SealingKey::new(generated, self.clock.now())))
    }

    /// Returns the cipher of a new envelope and its header. The context must be sorted.
    fn begin(
        &self,
        key: &SealingKey,
        context: Pairs,
        salt: [u8; SALT],
    ) -> Result<(Chunks, Vec<u8>), Error> {
        let header = Header {
            chunk_size: self.chunk_size,
            salt,
            key_id: key.generated.key_id.clone(),
            encrypted_data_key: key.generated.encrypted.clone(),
            context,
        };
        let mut bytes = header.encode()?;
        let (chunks, commitment) = Chunks::derive(&key.generated.data_key, &salt, &bytes)?;
        bytes.extend_from_slice(&commitment);
        Ok((chunks, bytes))
    }

    async fn chunks_to_open(&self, parsed: &Parsed<'_>, demanded: &Pairs) -> Result<Chunks, Error> {
        let header = &parsed.header;
        if let Some((name, _)) =
            demanded.iter().find(|(name, value)| header.context.get(name) != Some(value))
        {
            let what = "its context lacks this required pair or has another value for it:";
            return Err(damaged(format!("{what} {name:?}")));
        }
        self.trusted.check(&header.key_id)?;
        let key = match &self.keys {
            Some(keys) => keys.to_open(&self.client, &self.clock, header).await?,
            None => Arc::new(OpeningKey::new(self.decrypt(header).await?, self.clock.now())),
        };
        let Decrypted { data_key, key_id } = key.decrypted();
        if bare_id(key_id) != bare_id(&header.key_id) {
            return Err(not_authentic(
                "its header names another key than the one that KMS decrypted its data key with",
            ));
        }
        let (chunks, commitment) = Chunks::derive(data_key, &header.salt, parsed.bytes)?;
        constant_time::verify_slices_are_equal(&commitment, parsed.commitment).map_err(|_| {
            not_authentic("its header was changed, or its data key is of another envelope")
        })?;
        Ok(chunks)
    }

    async fn decrypt(&self, header: &Header) -> Result<Decrypted, Error> {
        data_key::decrypt(&self.client, &header.encrypted_data_key, &header.context).await
    }
}

impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Envelope")
            .field("client", &self.client)
            .field("chunk_size", &self.chunk_size.bytes())
            .field("reuse", &self.keys.as_ref().map(|keys| keys.settings()))
            .finish_non_exhaustive()
    }
}

/// Seals a plaintext that is in memory, and returns the envelope.
fn seal_pieces(
    chunks: &mut Chunks,
    size: usize,
    header: &[u8],
    plaintext: &[u8],
) -> Result<Vec<u8>, Error> {
    let count = plaintext.len().div_ceil(size).max(1);
    let mut sealed = vec![0; header.len() + plaintext.len() + count * TAG];
    let (beginning, mut out) = sealed.split_at_mut(header.len());
    beginning.copy_from_slice(header);
    for (piece, position) in pieces(plaintext, size) {
        let written = chunks.seal(piece, position, out)?;
        out = &mut out[written..];
    }
    Ok(sealed)
}

/// Opens chunks that are in memory.
fn open_pieces(chunks: &mut Chunks, size: usize, body: &[u8]) -> Result<SecretBytes, Error> {
    let size = size + TAG;
    // In full: a buffer that grows would leave copies of the plaintext behind.
    let length = body.chunks(size).map(|chunk| chunk.len().saturating_sub(TAG)).sum();
    let mut plaintext = Zeroizing::new(vec![0; length]);
    let mut out = &mut plaintext[..];
    for (chunk, position) in pieces(body, size) {
        let written = chunks.open(chunk, position, out)?;
        out = &mut out[written..];
    }
    Ok(SecretBytes::from(mem::take(&mut *plaintext)))
}

/// Cuts data into pieces of this size. The last one may be shorter; of no data there is one.
fn pieces(data: &[u8], size: usize) -> impl Iterator<Item = (&[u8], Position)> {
    let last = data.len().div_ceil(size).max(1) - 1;
    let position = move |at| if at == last { Position::Last } else { Position::Inner };
    (0..=last).map(move |at| (&data[at * size..data.len().min((at + 1) * size)], position(at)))
}

fn fresh_salt() -> Result<[u8; SALT], Error> {
    let mut salt = [0; SALT];
    rand::fill(&mut salt).map_err(|_| failed("the system's random source failed"))?;
    Ok(salt)
}
