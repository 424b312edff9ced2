//! The date of signatures.

use std::fmt;
use std::sync::Mutex;
use std::time::SystemTime;

use http::HeaderValue;

use crate::error::{Error, ErrorKind};
use crate::lock::lock;

/// The header with the date: written once a second, and shared by all requests of that second.
pub(super) struct DateHeader {
    write: fn(SystemTime) -> String,
    /// The last one, by its second since 1970.
    last: Mutex<Option<(u64, HeaderValue)>>,
}

impl DateHeader {
    /// Creates a header whose dates have this form. The form is in whole seconds.
    pub(super) fn new(write: fn(SystemTime) -> String) -> Self {
        Self { write, last: Mutex::default() }
    }

    /// Returns the header for this time.
    pub(super) fn at(&self, now: SystemTime) -> Result<HeaderValue, Error> {
        // The forms write times before 1970 as 1970.
        let second = now.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let mut last = lock(&self.last);
        if let Some((of, header)) = &*last
            && *of == second
        {
            return Ok(header.clone());
        }
        let header = HeaderValue::try_from((self.write)(now)).map_err(|error| {
            Error::new(ErrorKind::Sign, "the date cannot be a header's value").with_source(error)
        })?;
        Ok(last.insert((second, header)).1.clone())
    }
}

impl fmt::Debug for DateHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DateHeader")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::wire::time;

    #[test]
    fn each_second_has_its_date_in_whatever_order_they_come() {
        let date = DateHeader::new(time::iso8601);
        let second = Duration::from_secs(1);
        let at = SystemTime::UNIX_EPOCH + 1_795_420_800 * second;
        for (now, expected) in [
            (at, "2026-11-23T08:00:00Z"),
            (at + second / 2, "2026-11-23T08:00:00Z"),
            (at + second, "2026-11-23T08:00:01Z"),
            (at, "2026-11-23T08:00:00Z"),
            (SystemTime::UNIX_EPOCH - second, "1970-01-01T00:00:00Z"),
        ] {
            assert_eq!(date.at(now).expect("a header"), expected);
        }
    }
}
