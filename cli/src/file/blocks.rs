//! A file that is read ahead, and one that is written behind, each by a thread of its own.
//!
//! So reading, sealing and writing run at the same time, and the system reads and writes large
//! blocks. The blocks may contain plaintext, and are wiped.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::{JoinHandle, spawn_blocking};
use zeroize::Zeroizing;

/// The number of blocks of a file: one is with the thread, one waits, and one is used here.
const BLOCKS: usize = 3;
const SIZE: usize = 512 * 1024;

/// Bytes from `begin` to `end`.
struct Block {
    bytes: Zeroizing<Vec<u8>>,
    begin: usize,
    end: usize,
}

impl Block {
    fn new() -> Self {
        Self { bytes: Zeroizing::new(vec![0; SIZE]), begin: 0, end: 0 }
    }
}

/// A file that is read ahead.
pub(super) struct ReadAhead {
    block: Option<Block>,
    read: Receiver<io::Result<Block>>,
    used: Sender<Block>,
}

impl ReadAhead {
    /// Begins to read. Needs a runtime.
    pub(super) fn new(mut file: File) -> Self {
        let (read_here, read) = channel(BLOCKS);
        let (used, mut free) = channel(BLOCKS);
        for _ in 0..BLOCKS {
            // There is room for all blocks.
            let _ = used.try_send(Block::new());
        }
        spawn_blocking(move || {
            while let Some(mut block) = free.blocking_recv() {
                let block = read_some(&mut file, &mut block.bytes).map(|bytes| {
                    (block.begin, block.end) = (0, bytes);
                    block
                });
                // An empty block marks the end.
                let is_last = !matches!(&block, Ok(block) if block.end > 0);
                if read_here.blocking_send(block).is_err() || is_last {
                    return;
                }
            }
        });
        Self { block: None, read, used }
    }
}

fn read_some(file: &mut File, bytes: &mut [u8]) -> io::Result<usize> {
    loop {
        match file.read(bytes) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

impl AsyncRead for ReadAhead {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut block = match self.block.take() {
            Some(block) => block,
            None => match ready!(self.read.poll_recv(cx)) {
                Some(block) => block?,
                // The end was reached before.
                None => return Poll::Ready(Ok(())),
            },
        };
        let bytes = &block.bytes[block.begin..block.end];
        let length = bytes.len().min(buffer.remaining());
        buffer.put_slice(&bytes[..length]);
        block.begin += length;
        if block.begin < block.end {
            self.block = Some(block);
        } else {
            // The thread that reads has ended if this was the last block: then it is dropped.
            let _ = self.used.try_send(block);
        }
        Poll::Ready(Ok(()))
    }
}

/// A file that is written behind. What was written is in the file after a flush.
pub(super) struct WriteBehind {
    block: Option<Block>,
    idle: Vec<Block>,
    filled: Sender<Block>,
    written: Receiver<io::Result<Block>>,
    thread: JoinHandle<()>,
}

impl WriteBehind {
    /// Takes over the file. Needs a runtime.
    pub(super) fn new(mut file: File) -> Self {
        let (filled, mut to_write) = channel::<Block>(BLOCKS);
        let (written_here, written) = channel(BLOCKS);
        let thread = spawn_blocking(move || {
            while let Some(block) = to_write.blocking_recv() {
                let done = file.write_all(&block.bytes[..block.end]).map(|()| block);
                let failed = done.is_err();
                if written_here.blocking_send(done).is_err() || failed {
                    return;
                }
            }
        });
        let idle = (0..BLOCKS).map(|_| Block::new()).collect();
        Self { block: None, idle, filled, written, thread }
    }

    /// Flushes and closes the file.
    pub(super) async fn close(mut self) -> io::Result<()> {
        std::future::poll_fn(|cx| Pin::new(&mut self).poll_flush(cx)).await?;
        drop(self.filled);
        self.thread.await.map_err(io::Error::other)
    }

    fn poll_idle(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let block = ready!(self.written.poll_recv(cx));
        let block = block.unwrap_or_else(|| Err(io::Error::other("an earlier write failed")));
        self.idle.push(Block { end: 0, ..block? });
        Poll::Ready(Ok(()))
    }

    fn send(&mut self, block: Block) -> io::Result<()> {
        if self.filled.try_send(block).is_ok() {
            return Ok(());
        }
        // The thread has ended, after sending its error.
        while let Ok(done) = self.written.try_recv() {
            self.idle.push(done?);
        }
        Err(io::Error::other("an earlier write failed"))
    }
}

impl AsyncWrite for WriteBehind {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        // Takes back blocks that were written, and waits if none is free.
        while self.idle.len() + usize::from(self.block.is_some()) < BLOCKS {
            match self.poll_idle(cx) {
                Poll::Ready(done) => done?,
                Poll::Pending => break,
            }
        }
        let Some(mut block) = self.block.take().or_else(|| self.idle.pop()) else {
            return Poll::Pending;
        };
        let length = bytes.len().min(SIZE - block.end);
        block.bytes[block.end..block.end + length].copy_from_slice(&bytes[..length]);
        block.end += length;
        // Sent only when it is full, or when the thread has nothing to write.
        if block.end == SIZE || self.idle.len() + 1 == BLOCKS {
            self.send(block)?;
        } else {
            self.block = Some(block);
        }
        Poll::Ready(Ok(length))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Some(block) = self.block.take() {
            self.send(block)?;
        }
        while self.idle.len() < BLOCKS {
            ready!(self.poll_idle(cx))?;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_flush(cx)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use tokio::io::AsyncWriteExt as _;

    use super::*;

    #[tokio::test]
    async fn a_write_that_fails_is_the_error_whenever_it_is_found() {
        for blocks in [1, 2, 8] {
            let (reader, writer) = io::pipe().expect("a pipe");
            drop(reader);
            let mut file = WriteBehind::new(std::os::fd::OwnedFd::from(writer).into());
            let mut failed = Ok(());
            for _ in 0..blocks {
                failed = failed.and(file.write_all(&[0; SIZE]).await);
            }
            let failed = failed.and(file.flush().await).expect_err("the reader is gone");
            assert_eq!(failed.kind(), io::ErrorKind::BrokenPipe, "{blocks}");
        }
    }

    #[tokio::test]
    async fn the_error_is_found_when_the_thread_has_ended() {
        let (reader, writer) = io::pipe().expect("a pipe");
        drop(reader);
        let mut file = WriteBehind::new(std::os::fd::OwnedFd::from(writer).into());
        file.write_all(b"text").await.expect("it is written behind");
        file.filled.closed().await;
        let failed = file.write_all(&[0; SIZE]).await.expect_err("the reader is gone");
        assert_eq!(failed.kind(), io::ErrorKind::BrokenPipe);
    }
}
