//! The RPC dialect's dates, read back.

use std::time::{Duration, SystemTime};

use crate::middleware::clock::iso8601;

/// The time that is written as `2026-11-23T08:00:00Z`; none if it is not one.
pub(super) fn parse_iso8601(text: &str) -> Option<SystemTime> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<u64>().ok();
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || day == 0 {
        return None;
    }
    let days = days_before_year(year) + days_before_month(year, month) + day - 1;
    let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
    let time = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))?;
    // Whatever is not in that form or on no calendar is not written like this again.
    (iso8601(time) == text).then_some(time)
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// The days from 1970-01-01 to the first of this year.
fn days_before_year(year: u64) -> u64 {
    let leap_years = |before: u64| (before - 1) / 4 - (before - 1) / 100 + (before - 1) / 400;
    (year - 1970) * 365 + leap_years(year) - leap_years(1970)
}

fn days_before_month(year: u64, month: u64) -> u64 {
    let days_in = |month: u64| match month {
        2 => 28 + u64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    (1..month).map(days_in).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_four_centuries_is_read_back() {
        for day in 0..146_097_u64 {
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(day * 86_400 + 86_399);
            assert_eq!(parse_iso8601(&iso8601(time)), Some(time));
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
            assert_eq!(parse_iso8601(text), None, "{text}");
        }
    }
}
