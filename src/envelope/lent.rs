//! Seals and opens from a reader that lends its buffer, without a copy of most chunks.
//!
//! A chunk is sealed or opened where it lies in the reader's buffer. One of which the buffer has
//! only a part, or nothing after it, is gathered first.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Poll, ready};

use alibabacloud_kms_middleware::__private::SecretBuffer;
use tokio::io::{AsyncBufRead, AsyncWrite};
use tokio::task::coop;
use zeroize::Zeroizing;

use super::chunks::{Chunks, Position, TAG};
use super::stream::{flush, plaintext_unread, unread, unwritten, write_all};
use crate::Error;

/// Seals everything that the reader yields and returns the number of plaintext bytes.
pub(super) async fn seal(
    chunks: &mut Chunks,
    chunk_size: usize,
    reader: impl AsyncBufRead + Unpin,
    writer: &mut (impl AsyncWrite + Unpin),
    mut count: impl FnMut(u64),
) -> Result<u64, Error> {
    let mut total = 0;
    let seal = |piece: &[u8], position, out: &mut [u8]| {
        let bytes = piece.len() as u64;
        total += bytes;
        count(bytes);
        chunks.seal(piece, position, out)
    };
    let blocks = Blocks { size: chunk_size, room: chunk_size + TAG };
    blocks.process(reader, plaintext_unread, seal, writer).await?;
    Ok(total)
}

/// Opens everything that the reader still yields and returns the number of plaintext bytes.
pub(super) async fn open(
    chunks: &mut Chunks,
    chunk_size: usize,
    reader: impl AsyncBufRead + Unpin,
    writer: &mut (impl AsyncWrite + Unpin),
) -> Result<u64, Error> {
    let mut total = 0;
    let open = |chunk: &[u8], position, out: &mut [u8]| {
        let length = chunks.open(chunk, position, out)?;
        total += length as u64;
        Ok(length)
    };
    let blocks = Blocks { size: chunk_size + TAG, room: chunk_size };
    blocks.process(reader, unread, open, writer).await?;
    Ok(total)
}

/// How the data is cut: into blocks of `size` bytes, the last of which may be shorter. What is made
/// of one has `room` bytes.
struct Blocks {
    size: usize,
    room: usize,
}

impl Blocks {
    /// Reads all blocks, and writes what `change` makes of each. It puts this into the buffer that
    /// it gets, and returns its length.
    async fn process(
        self,
        mut reader: impl AsyncBufRead + Unpin,
        unread: fn(io::Error) -> Error,
        mut change: impl FnMut(&[u8], Position, &mut [u8]) -> Result<usize, Error>,
        writer: &mut (impl AsyncWrite + Unpin),
    ) -> Result<(), Error> {
        // In full: a buffer that grows would leave copies of the plaintext behind.
        let mut gathered = SecretBuffer::from(Zeroizing::new(Vec::with_capacity(self.size)));
        let mut out = SecretBuffer::from(Zeroizing::new(vec![0; self.room]));
        loop {
            let next = poll_fn(|cx| {
                loop {
                    let mut reader = Pin::new(&mut reader);
                    let lent = ready!(reader.as_mut().poll_fill_buf(cx)).map_err(unread)?;
                    // Only what follows a block shows whether it is the last one.
                    let is_lent = gathered.is_empty() && lent.len() > self.size;
                    if !is_lent && !lent.is_empty() && gathered.len() < self.size {
                        let more = lent.len().min(self.size - gathered.len());
                        gathered.extend_from_slice(&lent[..more]);
                        reader.consume(more);
                        continue;
                    }
                    let block = if is_lent { &lent[..self.size] } else { &gathered[..] };
                    let position = if lent.is_empty() { Position::Last } else { Position::Inner };
                    let length = change(block, position, &mut out)?;
                    if is_lent {
                        reader.consume(self.size);
                    } else {
                        gathered.clear();
                    }
                    return Poll::Ready(Ok::<_, Error>((length, position)));
                }
            });
            let (length, position) = next.await?;
            write_all(writer, &out[..length]).await.map_err(unwritten)?;
            if position == Position::Last {
                return flush(writer).await.map_err(unwritten);
            }
            // A reader in memory is always ready, so give other tasks their turn.
            coop::consume_budget().await;
        }
    }
}
