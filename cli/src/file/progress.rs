//! A line on the terminal that shows the progress of a file.

use std::io::{self, Write};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, ReadBuf};

const CELLS: usize = 24;
/// The minimum time between two updates: a faster display cannot be read.
const PAUSE: Duration = Duration::from_millis(100);

/// A reader whose progress is shown.
pub(super) struct Read<'a, R> {
    inner: R,
    progress: Option<Progress<'a>>,
}

impl<'a, R> Read<'a, R> {
    pub(super) fn new(inner: R, progress: Option<Progress<'a>>) -> Self {
        Self { inner, progress }
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Read<'_, R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = ready!(Pin::new(&mut self.inner).poll_read(cx, buffer));
        if let Some(progress) = &mut self.progress {
            progress.add((buffer.filled().len() - before) as u64, Instant::now());
        }
        Poll::Ready(read)
    }
}

/// The line, which is removed on drop.
pub(super) struct Progress<'a> {
    terminal: &'a mut dyn Write,
    length: Option<u64>,
    done: u64,
    begin: Instant,
    shown: Option<Instant>,
}

impl<'a> Progress<'a> {
    /// Creates the progress of a file of this length, if it is known.
    pub(super) fn new(terminal: &'a mut dyn Write, length: Option<u64>) -> Self {
        Self { terminal, length, done: 0, begin: Instant::now(), shown: None }
    }

    fn add(&mut self, bytes: u64, now: Instant) {
        self.done += bytes;
        if self.shown.is_some_and(|shown| now.saturating_duration_since(shown) < PAUSE) {
            return;
        }
        self.shown = Some(now);
        let line = self.line(now.saturating_duration_since(self.begin));
        self.show(&format!("\r{line}\x1b[K"));
    }

    fn line(&self, elapsed: Duration) -> String {
        let speed = self.done as f64 / elapsed.as_secs_f64().max(0.001);
        let (done, speed_text) = (binary(self.done as f64), binary(speed));
        // A file may grow while it is read.
        let Some(length) =
            self.length.filter(|length| (1..).contains(length) && *length >= self.done)
        else {
            return format!("{done}  {speed_text}/s");
        };
        let part = self.done as f64 / length as f64;
        let full = (part * CELLS as f64) as usize;
        let bar = "#".repeat(full) + &"-".repeat(CELLS.saturating_sub(full));
        let left = (length - self.done) as f64 / speed.max(1.0);
        let length = binary(length as f64);
        let percent = part * 100.0;
        format!("[{bar}] {percent:3.0} %  {done} of {length}  {speed_text}/s  {left:.0} s left")
    }

    /// Shows a text. A terminal that cannot be written to does not stop the work.
    fn show(&mut self, text: &str) {
        let _ = self.terminal.write_all(text.as_bytes());
        let _ = self.terminal.flush();
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        if self.shown.is_some() {
            self.show("\r\x1b[K");
        }
    }
}

/// Returns a number of bytes with a binary unit.
fn binary(bytes: f64) -> String {
    let (mut value, mut unit) = (bytes, "B");
    for next in ["KiB", "MiB", "GiB", "TiB"] {
        if value < 1024.0 {
            break;
        }
        (value, unit) = (value / 1024.0, next);
    }
    match unit {
        "B" => format!("{value:.0} B"),
        _ => format!("{value:.1} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_tells_how_much_is_done_how_fast_and_how_long_it_takes() {
        let mut terminal = Vec::new();
        let mut progress = Progress::new(&mut terminal, Some(4 << 20));
        progress.done = 1 << 20;
        assert_eq!(
            progress.line(Duration::from_secs(1)),
            "[######------------------]  25 %  1.0 MiB of 4.0 MiB  1.0 MiB/s  3 s left"
        );
        progress.length = None;
        assert_eq!(progress.line(Duration::from_secs(2)), "1.0 MiB  512.0 KiB/s");
        for strange in [Some(0), Some(1)] {
            progress.length = strange;
            assert_eq!(progress.line(Duration::ZERO), "1.0 MiB  1000.0 MiB/s");
        }
    }

    #[test]
    fn it_is_shown_ten_times_a_second_and_taken_away() {
        let mut terminal = Vec::new();
        let mut progress = Progress::new(&mut terminal, Some(100));
        let begin = progress.begin;
        for tenths in [0, 0, 5, 10, 14, 20] {
            progress.add(1, begin + Duration::from_millis(tenths * 10));
        }
        drop(progress);
        let shown = String::from_utf8(terminal).expect("UTF-8");
        assert_eq!(shown.matches(" %").count(), 3);
        assert!(shown.ends_with("\r\x1b[K"));
    }

    #[test]
    fn what_was_never_shown_is_not_taken_away() {
        let mut terminal = Vec::new();
        drop(Progress::new(&mut terminal, None));
        assert!(terminal.is_empty());
    }
}
