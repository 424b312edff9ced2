//! Seals and opens from a reader to a writer, chunk by chunk, in constant memory.
//!
//! A chunk is sealed or opened where it was read. While it is written, the chunk after the next one
//! is read.

use std::future::{Future, poll_fn};
use std::io;
use std::mem;
use std::pin::{Pin, pin};
use std::task::Poll;

use alibabacloud_kms_middleware::__private::SecretBuffer;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::task::coop;
use zeroize::Zeroizing;

use super::chunks::{Chunks, Position, TAG};
use super::header::{self, PREFIX};
use crate::{Error, ErrorKind};

/// Seals everything that the reader yields and returns the number of plaintext bytes.
pub(super) async fn seal(
    chunks: &mut Chunks,
    chunk_size: usize,
    reader: impl AsyncRead + Unpin,
    writer: &mut (impl AsyncWrite + Unpin),
    mut count: impl FnMut(u64),
) -> Result<u64, Error> {
    let mut total = 0;
    let seal = |block: &mut Block, position| {
        let bytes = block.filled as u64;
        total += bytes;
        count(bytes);
        block.filled += TAG;
        chunks.seal_in_place(block.filled_mut(), position)
    };
    let blocks = Blocks { size: chunk_size, room: chunk_size + TAG };
    blocks.process(reader, plaintext_unread, seal, writer).await?;
    Ok(total)
}

/// Opens everything that the reader still yields and returns the number of plaintext bytes.
pub(super) async fn open(
    chunks: &mut Chunks,
    chunk_size: usize,
    reader: impl AsyncRead + Unpin,
    writer: &mut (impl AsyncWrite + Unpin),
) -> Result<u64, Error> {
    let mut total = 0;
    let open = |block: &mut Block, position| {
        block.filled = chunks.open_in_place(block.filled_mut(), position)?;
        total += block.filled as u64;
        Ok(())
    };
    let blocks = Blocks { size: chunk_size + TAG, room: chunk_size + TAG };
    blocks.process(reader, unread, open, writer).await?;
    Ok(total)
}

/// Reads a header, and nothing beyond it.
pub(super) async fn read_header(reader: &mut (impl AsyncRead + Unpin)) -> Result<Vec<u8>, Error> {
    let mut bytes = vec![0; PREFIX];
    let filled = fill(reader, &mut bytes).await.map_err(unread)?;
    let length = header::length(&bytes[..filled])?;
    bytes.resize(length, 0);
    match fill(reader, &mut bytes[PREFIX..]).await.map_err(unread)? == length - PREFIX {
        true => Ok(bytes),
        false => Err(header::ends_early()),
    }
}

pub(super) async fn write_header(
    writer: &mut (impl AsyncWrite + Unpin),
    bytes: &[u8],
) -> Result<(), Error> {
    write_all(writer, bytes).await.map_err(unwritten)
}

/// How the data is cut: into blocks of `size` bytes, the last of which may be shorter. Each has
/// `room` bytes.
struct Blocks {
    size: usize,
    room: usize,
}

/// A chunk, or the piece of plaintext that becomes one. It has no memory before it is first read.
#[derive(Default)]
struct Block {
    bytes: SecretBuffer,
    filled: usize,
}

impl Blocks {
    /// Reads all blocks, changes each in place, and writes it.
    async fn process(
        self,
        mut reader: impl AsyncRead + Unpin,
        unread: fn(io::Error) -> Error,
        mut change: impl FnMut(&mut Block, Position) -> Result<(), Error>,
        writer: &mut (impl AsyncWrite + Unpin),
    ) -> Result<(), Error> {
        let (mut block, mut next, mut later) = <(Block, Block, Block)>::default();
        self.read(&mut reader, &mut block, true).await.map_err(unread)?;
        self.read(&mut reader, &mut next, block.filled == self.size).await.map_err(unread)?;
        loop {
            // One block is read ahead, because only what follows a block shows whether it is the
            // last one.
            let position = if next.filled == 0 { Position::Last } else { Position::Inner };
            change(&mut block, position)?;
            let more = next.filled == self.size;
            let write = async { write_all(writer, block.filled()).await.map_err(unwritten) };
            let read = async { self.read(&mut reader, &mut later, more).await.map_err(unread) };
            both(write, read).await?;
            if position == Position::Last {
                return flush(writer).await.map_err(unwritten);
            }
            mem::swap(&mut block, &mut next);
            mem::swap(&mut next, &mut later);
            // A reader in memory is always ready, so give other tasks their turn.
            coop::consume_budget().await;
        }
    }

    /// Reads the next block, which is empty after one that was not full.
    async fn read(
        &self,
        reader: &mut (impl AsyncRead + Unpin),
        block: &mut Block,
        more: bool,
    ) -> io::Result<()> {
        block.filled = 0;
        if more {
            if block.bytes.is_empty() {
                block.bytes = Zeroizing::new(vec![0; self.room]).into();
            }
            block.filled = fill(reader, &mut block.bytes[..self.size]).await?;
        }
        Ok(())
    }
}

impl Block {
    fn filled(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }

    fn filled_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.filled]
    }
}

/// Waits for both, or for the first error.
async fn both(
    first: impl Future<Output = Result<(), Error>>,
    second: impl Future<Output = Result<(), Error>>,
) -> Result<(), Error> {
    let (mut first, mut second) = (pin!(first), pin!(second));
    let (mut first_done, mut second_done) = (false, false);
    poll_fn(|cx| {
        if !first_done {
            first_done = first.as_mut().poll(cx)?.is_ready();
        }
        if !second_done {
            second_done = second.as_mut().poll(cx)?.is_ready();
        }
        if first_done && second_done { Poll::Ready(Ok(())) } else { Poll::Pending }
    })
    .await
}

/// Reads until the buffer is full or the data ends, and returns the number of bytes read.
async fn fill(reader: &mut (impl AsyncRead + Unpin), buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        let mut room = ReadBuf::new(&mut buffer[filled..]);
        poll_fn(|cx| Pin::new(&mut *reader).poll_read(cx, &mut room)).await?;
        match room.filled().len() {
            0 => break,
            more => filled += more,
        }
    }
    Ok(filled)
}

pub(super) async fn write_all(
    writer: &mut (impl AsyncWrite + Unpin),
    mut bytes: &[u8],
) -> io::Result<()> {
    while !bytes.is_empty() {
        match poll_fn(|cx| Pin::new(&mut *writer).poll_write(cx, bytes)).await? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            written => bytes = bytes.get(written..).unwrap_or_default(),
        }
    }
    Ok(())
}

pub(super) async fn flush(writer: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
    poll_fn(|cx| Pin::new(&mut *writer).poll_flush(cx)).await
}

pub(super) fn plaintext_unread(error: io::Error) -> Error {
    Error::new(ErrorKind::Io, "the plaintext cannot be read").with_source(error)
}

pub(super) fn unread(error: io::Error) -> Error {
    Error::new(ErrorKind::Io, "the envelope cannot be read").with_source(error)
}

pub(super) fn unwritten(error: io::Error) -> Error {
    Error::new(ErrorKind::Io, "the output cannot be written").with_source(error)
}
