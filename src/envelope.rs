//! Envelope encryption: data of any size, encrypted here with data keys that KMS encrypts.
//!
//! KMS encrypts 6 KB. For more, and for less traffic, KMS makes a data key; the data is encrypted
//! with it in this process, and the encrypted data key is put before the data: that is an envelope.
//! Whoever opens it asks KMS to decrypt the data key. Both gateways make and open the same envelopes.
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
//! let sealed = envelope.seal("alias/default", b"any octets", &context).await?;
//! let opened = envelope.open(&sealed, &context).await?;
//! assert_eq!(opened.expose_secret(), b"any octets");
//! # Ok(()) }
//! # #[cfg(not(feature = "test-util"))]
//! # fn main() {}
//! ```
//!
//! # Context
//!
//! A context is names and values that an envelope is bound to, such as the tenant that the data
//! belongs to. It is in the header, readable and authenticated, and KMS gets it as the
//! `EncryptionContext`: it stands in the audit log, and policies can ask for it. So it must not be
//! secret. A reader demands the pairs that it knows; an envelope that lacks one, or has another value,
//! is refused before KMS is asked. Who demands nothing opens whatever the key opens.
//!
//! # Streams
//!
//! [`seal_stream`](Envelope::seal_stream) and [`open_stream`](Envelope::open_stream) hold three chunks
//! in memory, however long the data is. What `open_stream` writes is authentic, and in order; but that
//! the end is there is known only at the end. So what was written must be thrown away when it fails: a
//! file is written under another name, and renamed when all is well, as `kms decrypt-file` does.
//!
//! # Data keys
//!
//! Without [`reuse`](Envelope::reuse) every envelope has its own data key, and every opening is a call
//! to KMS. With it, one key serves many envelopes, up to caps on messages, octets and age; those who
//! need the same key at the same time make one call.
//!
#![doc = include_str!("envelope/FORMAT.md")]

mod cache;
mod chunks;
mod context;
mod data_key;
mod error;
mod header;
mod reuse;
mod stream;

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::{constant_time, rand};
use tokio::io::{AsyncRead, AsyncWrite};

use self::chunks::{Chunks, Place, TAG};
use self::data_key::DataKey;
use self::error::{damaged, failed, not_authentic};
pub use self::header::Header;
use self::header::{ChunkSize, Parsed, SALT};
pub use self::reuse::DataKeyReuse;
use self::reuse::{Keys, SealingKey};
use crate::{Clock, Error, ErrorKind, KmsClient, Pairs, SecretBytes};

/// Seals data into envelopes and opens them, with data keys of a client's KMS.
///
/// Clones share the data keys that are [reused](Self::reuse). See the [module](self) for an example.
#[derive(Clone)]
pub struct Envelope {
    client: KmsClient,
    chunk_size: ChunkSize,
    clock: Clock,
    keys: Option<Arc<Keys>>,
}

impl Envelope {
    /// Envelopes whose data keys this client gets: chunks of 64 KiB, a data key for each.
    pub fn new(client: KmsClient) -> Self {
        Self { client, chunk_size: ChunkSize::default(), clock: Clock::default(), keys: None }
    }

    /// Uses a data key for more than one envelope, as far as the caps let it.
    #[must_use]
    pub fn reuse(mut self, reuse: DataKeyReuse) -> Self {
        self.keys = Some(Arc::new(Keys::new(reuse)));
        self
    }

    /// Seals in chunks of so many octets of plaintext: a power of two from 1 KiB to 1 MiB.
    ///
    /// Every chunk costs 16 octets, and streams hold three of them in memory. What is opened says its
    /// own chunks' size.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: it is another number.
    pub fn chunk_size(mut self, octets: usize) -> Result<Self, Error> {
        self.chunk_size = ChunkSize::of_octets(octets).ok_or_else(|| {
            let what = "the chunk size of envelopes must be a power of two from 1 KiB to 1 MiB";
            Error::new(ErrorKind::Config, format!("{what}, and is {octets}"))
        })?;
        Ok(self)
    }

    /// Tells the age of data keys by this clock.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Encrypts a plaintext with a data key that the key of this id, alias or ARN encrypts.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Encode`]: the context has more than 1024 pairs or 32 KiB. Those of
    /// `GenerateDataKey`.
    pub async fn seal(
        &self,
        key_id: &str,
        plaintext: &[u8],
        context: &Pairs,
    ) -> Result<Vec<u8>, Error> {
        let context = context::sorted(context);
        let key = self.key_to_seal(key_id, &context, plaintext.len() as u64).await?;
        let (mut chunks, mut sealed) = self.begin(&key, context, fresh_salt()?)?;
        seal_pieces(&mut chunks, self.chunk_size.octets(), plaintext, &mut sealed)?;
        Ok(sealed)
    }

    /// Decrypts an envelope whose context has these pairs, and perhaps others.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Envelope`]: it is no envelope, is of a version or algorithm that is not known
    /// here, is of another context, or was changed. Those of `Decrypt`.
    pub async fn open(&self, sealed: &[u8], context: &Pairs) -> Result<SecretBytes, Error> {
        let parsed = Parsed::of(sealed)?;
        let mut chunks = self.chunks_to_open(&parsed, context).await?;
        open_pieces(&mut chunks, parsed.header.chunk_size(), parsed.body)
    }

    /// Encrypts all that the reader has, and says how many octets that was.
    ///
    /// The writer is flushed at the end, and not shut down.
    ///
    /// # Errors
    ///
    /// As those of [`seal`](Self::seal), and [`ErrorKind::Io`]: the reader or the writer failed, which
    /// is the cause. [`ErrorKind::Envelope`]: there are more than 2^32 chunks. What was written then is
    /// no whole envelope, and does not open.
    pub async fn seal_stream(
        &self,
        key_id: &str,
        reader: impl AsyncRead + Unpin,
        mut writer: impl AsyncWrite + Unpin,
        context: &Pairs,
    ) -> Result<u64, Error> {
        let context = context::sorted(context);
        let key = self.key_to_seal(key_id, &context, 0).await?;
        let (mut chunks, header) = self.begin(&key, context, fresh_salt()?)?;
        stream::write_header(&mut writer, &header).await?;
        let chunk_size = self.chunk_size.octets();
        let count = |octets| key.count(octets);
        stream::seal(&mut chunks, chunk_size, reader, &mut writer, count).await
    }

    /// Decrypts an envelope whose context has these pairs, chunk after chunk, and says how many octets
    /// of plaintext that was.
    ///
    /// **If it fails or is dropped, what it has written must be thrown away**: it is a beginning of the
    /// plaintext, perhaps without its end. The writer is flushed at the end, and not shut down.
    ///
    /// # Errors
    ///
    /// As those of [`open`](Self::open), and [`ErrorKind::Io`]: the reader or the writer failed, which
    /// is the cause.
    pub async fn open_stream(
        &self,
        mut reader: impl AsyncRead + Unpin,
        mut writer: impl AsyncWrite + Unpin,
        context: &Pairs,
    ) -> Result<u64, Error> {
        let header = stream::read_header(&mut reader).await?;
        let parsed = Parsed::of(&header)?;
        let mut chunks = self.chunks_to_open(&parsed, context).await?;
        stream::open(&mut chunks, parsed.header.chunk_size(), reader, &mut writer).await
    }

    async fn key_to_seal(
        &self,
        key_id: &str,
        context: &Pairs,
        octets: u64,
    ) -> Result<Arc<SealingKey>, Error> {
        // Refused before any IO if it does not fit a header.
        context::encode(context)?;
        if let Some(keys) = &self.keys {
            return keys.to_seal(&self.client, &self.clock, key_id, context, octets).await;
        }
        let generated = data_key::generate(&self.client, key_id, context).await?;
        Ok(Arc::new(SealingKey::new(generated, self.clock.now(), octets)))
    }

    /// The cipher of a new envelope, and its header; the context is sorted.
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
        let mut octets = header.encode()?;
        let (chunks, commitment) = Chunks::derive(&key.generated.data_key, &salt, &octets)?;
        octets.extend_from_slice(&commitment);
        Ok((chunks, octets))
    }

    async fn chunks_to_open(&self, parsed: &Parsed<'_>, demanded: &Pairs) -> Result<Chunks, Error> {
        let header = &parsed.header;
        if let Some((name, _)) =
            demanded.iter().find(|(name, value)| header.context.get(name) != Some(value))
        {
            let what = "it is of another context: it lacks the pair, or has another value, of";
            return Err(damaged(format!("{what} {name:?}")));
        }
        let key = match &self.keys {
            Some(keys) => keys.to_open(&self.client, &self.clock, header).await?,
            None => Arc::new(self.decrypt(header).await?),
        };
        let (chunks, commitment) = Chunks::derive(&key, &header.salt, parsed.octets)?;
        constant_time::verify_slices_are_equal(&commitment, parsed.commitment)
            .map_err(|_| not_authentic("its header was changed, or is of another data key"))?;
        Ok(chunks)
    }

    async fn decrypt(&self, header: &Header) -> Result<DataKey, Error> {
        data_key::decrypt(&self.client, &header.encrypted_data_key, &header.context).await
    }
}

impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Envelope")
            .field("client", &self.client)
            .field("chunk_size", &self.chunk_size.octets())
            .field("reuse", &self.keys.as_ref().map(|keys| keys.settings()))
            .finish_non_exhaustive()
    }
}

/// Seals a plaintext that is in memory.
fn seal_pieces(
    chunks: &mut Chunks,
    size: usize,
    plaintext: &[u8],
    sealed: &mut Vec<u8>,
) -> Result<(), Error> {
    let count = plaintext.len().div_ceil(size).max(1);
    sealed.reserve_exact(plaintext.len() + count * TAG);
    let mut rest = plaintext;
    while let Some((piece, more)) = rest.split_at_checked(size).filter(|(_, more)| !more.is_empty())
    {
        chunks.seal(piece, Place::Inner, sealed)?;
        rest = more;
    }
    chunks.seal(rest, Place::Last, sealed)
}

/// Opens chunks that are in memory.
fn open_pieces(chunks: &mut Chunks, size: usize, body: &[u8]) -> Result<SecretBytes, Error> {
    let size = size + TAG;
    // All of it at once: a vector that grows leaves its plaintext behind.
    let length = body.len().saturating_sub(body.len().div_ceil(size) * TAG);
    let mut plaintext = zeroize::Zeroizing::new(Vec::with_capacity(length));
    let mut rest = body;
    while let Some((chunk, more)) = rest.split_at_checked(size).filter(|(_, more)| !more.is_empty())
    {
        chunks.open(chunk, Place::Inner, &mut plaintext)?;
        rest = more;
    }
    chunks.open(rest, Place::Last, &mut plaintext)?;
    Ok(SecretBytes::from(std::mem::take(&mut *plaintext)))
}

fn fresh_salt() -> Result<[u8; SALT], Error> {
    let mut salt = [0; SALT];
    rand::fill(&mut salt).map_err(|_| failed("the system's random source gave no salt"))?;
    Ok(salt)
}
