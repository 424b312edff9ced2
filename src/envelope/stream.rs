//! Chunk after chunk from a reader to a writer, in constant memory.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::task::coop;
use zeroize::Zeroizing;

use super::chunks::{Chunks, Place, TAG};
use super::header::{self, PREFIX};
use crate::{Error, ErrorKind};

/// Seals everything that the reader has, and says how many octets that was.
pub(super) async fn seal(
    chunks: &mut Chunks,
    chunk_size: usize,
    reader: impl AsyncRead + Unpin,
    writer: &mut (impl AsyncWrite + Unpin),
    mut count: impl FnMut(u64),
) -> Result<u64, Error> {
    let mut pieces = Pieces::new(reader, chunk_size).await.map_err(plaintext_unread)?;
    let mut chunk = Zeroizing::new(Vec::with_capacity(chunk_size + TAG));
    let mut total = 0;
    loop {
        let place = pieces.advance().await.map_err(plaintext_unread)?;
        chunk.clear();
        chunks.seal(&pieces.piece, place, &mut chunk)?;
        write_all(writer, &chunk).await.map_err(unwritten)?;
        let octets = pieces.piece.len() as u64;
        total += octets;
        count(octets);
        if place == Place::Last {
            flush(writer).await.map_err(unwritten)?;
            return Ok(total);
        }
        // A reader in memory is always ready: others get their turn all the same.
        coop::consume_budget().await;
    }
}

/// Opens everything that the reader still has, and says how many octets of plaintext that was.
pub(super) async fn open(
    chunks: &mut Chunks,
    chunk_size: usize,
    reader: impl AsyncRead + Unpin,
    writer: &mut (impl AsyncWrite + Unpin),
) -> Result<u64, Error> {
    let mut pieces = Pieces::new(reader, chunk_size + TAG).await.map_err(unread)?;
    let mut text = Zeroizing::new(Vec::with_capacity(chunk_size));
    let mut total = 0;
    loop {
        let place = pieces.advance().await.map_err(unread)?;
        text.clear();
        chunks.open(&pieces.piece, place, &mut text)?;
        write_all(writer, &text).await.map_err(unwritten)?;
        total += text.len() as u64;
        if place == Place::Last {
            flush(writer).await.map_err(unwritten)?;
            return Ok(total);
        }
        coop::consume_budget().await;
    }
}

/// Reads a header, and nothing of what follows it.
pub(super) async fn read_header(reader: &mut (impl AsyncRead + Unpin)) -> Result<Vec<u8>, Error> {
    let mut octets = vec![0; PREFIX];
    let filled = fill(reader, &mut octets).await.map_err(unread)?;
    let length = header::length(&octets[..filled])?;
    octets.resize(length, 0);
    match fill(reader, &mut octets[PREFIX..]).await.map_err(unread)? == length - PREFIX {
        true => Ok(octets),
        false => Err(header::ends_early()),
    }
}

pub(super) async fn write_header(
    writer: &mut (impl AsyncWrite + Unpin),
    octets: &[u8],
) -> Result<(), Error> {
    write_all(writer, octets).await.map_err(unwritten)
}

/// What a reader has, in pieces of one size but for the last: it reads ahead to know which that is.
struct Pieces<R> {
    reader: R,
    size: usize,
    piece: Zeroizing<Vec<u8>>,
    ahead: Zeroizing<Vec<u8>>,
}

impl<R: AsyncRead + Unpin> Pieces<R> {
    async fn new(reader: R, size: usize) -> io::Result<Self> {
        let buffer = || Zeroizing::new(Vec::with_capacity(size));
        let mut pieces = Self { reader, size, piece: buffer(), ahead: buffer() };
        pieces.read_ahead().await?;
        Ok(pieces)
    }

    /// Goes on to the next piece, which is empty only if it is the first.
    async fn advance(&mut self) -> io::Result<Place> {
        std::mem::swap(&mut self.piece, &mut self.ahead);
        self.ahead.clear();
        if self.piece.len() == self.size {
            self.read_ahead().await?;
        }
        Ok(if self.ahead.is_empty() { Place::Last } else { Place::Inner })
    }

    async fn read_ahead(&mut self) -> io::Result<()> {
        self.ahead.resize(self.size, 0);
        let filled = fill(&mut self.reader, &mut self.ahead).await?;
        self.ahead.truncate(filled);
        Ok(())
    }
}

/// Reads until the buffer is full or nothing more comes, and says how much that was.
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

async fn write_all(writer: &mut (impl AsyncWrite + Unpin), mut octets: &[u8]) -> io::Result<()> {
    while !octets.is_empty() {
        match poll_fn(|cx| Pin::new(&mut *writer).poll_write(cx, octets)).await? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            written => octets = octets.get(written..).unwrap_or_default(),
        }
    }
    Ok(())
}

async fn flush(writer: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
    poll_fn(|cx| Pin::new(&mut *writer).poll_flush(cx)).await
}

fn plaintext_unread(error: io::Error) -> Error {
    Error::new(ErrorKind::Io, "the plaintext cannot be read").with_source(error)
}

fn unread(error: io::Error) -> Error {
    Error::new(ErrorKind::Io, "the envelope cannot be read").with_source(error)
}

fn unwritten(error: io::Error) -> Error {
    Error::new(ErrorKind::Io, "the output cannot be written").with_source(error)
}
