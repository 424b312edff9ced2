//! The dates of requests: their form, and the maximum difference.

use std::time::{Duration, SystemTime};

use alibabacloud_kms::middleware::wire::time::{iso8601, parse_iso8601};

use crate::engine::Fault;

/// The maximum difference of a request's date, in both directions.
pub(super) const MAX_SKEW: Duration = Duration::from_secs(15 * 60);

/// Returns `true` if a request of this date is accepted now.
pub(super) fn is_current(date: SystemTime, now: SystemTime) -> bool {
    let off = now.duration_since(date).unwrap_or_else(|error| error.duration());
    off <= MAX_SKEW
}

/// Returns the date of a request of the RPC dialect, if it has the one valid form and is accepted
/// now.
pub(super) fn check(text: &str, now: SystemTime) -> Result<SystemTime, Fault> {
    let at = parse_date(text).ok_or_else(|| {
        let message = "Specified time stamp or date value is not well formatted.";
        Fault::new(400, "InvalidTimeStamp.Format", message)
    })?;
    if is_current(at, now) {
        Ok(at)
    } else {
        let message = "Specified time stamp or date value is expired.";
        Err(Fault::new(400, "InvalidTimeStamp.Expired", message))
    }
}

/// Parses a time such as `2026-11-23T08:00:00Z`.
fn parse_date(text: &str) -> Option<SystemTime> {
    // Signed dates have one form; others may have a fraction.
    parse_iso8601(text).filter(|time| iso8601(*time) == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_four_centuries_is_read_back() {
        for day in 0..146_097_u64 {
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(day * 86_400 + 86_399);
            assert_eq!(parse_date(&iso8601(time)), Some(time));
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "2026-11-23",
            "2026-11-23 08:00:00Z",
            "2026-11-23T08:00:00",
            "2026-11-23T08:00:00+00:00",
            "2026-11-23T08:00:00.000Z",
            "2026-11-23T24:00:00Z",
            "2026-11-23T08:60:00Z",
            "2026-02-29T08:00:00Z",
            "2026-13-01T08:00:00Z",
            "2026-00-01T08:00:00Z",
            "2026-01-00T08:00:00Z",
            "1969-12-31T23:59:59Z",
            "+026-11-23T08:00:00Z",
            "2026-11-23T08:00:00Z ",
            "２０２６-11-23T08:00:00Z",
        ] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }
}
