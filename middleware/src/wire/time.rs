//! The forms of times on the wire.

use std::time::{Duration, SystemTime};

/// The last second of the year 9999.
const LAST: Duration = Duration::from_secs(253_402_300_799);

/// Returns the service's form of a time, in UTC: `2026-11-23T08:00:00Z`.
///
/// Times before 1970 are written as 1970.
pub fn iso8601(at: SystemTime) -> String {
    let seconds = at.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (days, time) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil_date(days);
    let (hour, minute, second) = (time / 3_600, time / 60 % 60, time % 60);
    if year > 9_999 {
        return format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z");
    }
    // Each signature has one: faster than the formatter.
    let mut out = String::with_capacity(20);
    two_digits(&mut out, year / 100);
    for (number, separator) in
        [(year % 100, '-'), (month, '-'), (day, 'T'), (hour, ':'), (minute, ':'), (second, 'Z')]
    {
        two_digits(&mut out, number);
        out.push(separator);
    }
    out
}

fn two_digits(out: &mut String, number: u64) {
    for digit in [number / 10, number % 10] {
        out.push(char::from(b'0' + (digit % 10) as u8));
    }
}

/// Returns the form of a time in HTTP's own headers (RFC 9110, section 5.6.7): `Mon, 23 Nov 2026
/// 08:00:00 GMT`.
///
/// Times before 1970 are written as 1970, those after 9999 as its last second.
pub fn http_date(at: SystemTime) -> String {
    let since_1970 = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + since_1970.min(LAST))
}

/// Parses a time as [`iso8601`] writes it, with or without a fraction of a second, or with an
/// offset to UTC such as `+08:00` (RFC 3339). Returns `None` for any other text.
pub fn parse_iso8601(text: &str) -> Option<SystemTime> {
    let (whole, rest) = text.split_at_checked(19)?;
    let shape_is_right =
        whole.bytes().zip(*b"0000-00-00T00:00:00").all(|(byte, shape)| match shape {
            b'0' => byte.is_ascii_digit(),
            // RFC 3339, section 5.6: lower-case letters and, for readability, a space are allowed.
            b'T' => matches!(byte, b'T' | b't' | b' '),
            separator => byte == separator,
        });
    let zone = match rest.strip_prefix('.') {
        None => rest,
        Some(rest) => {
            let zone = rest.trim_start_matches(|next: char| next.is_ascii_digit());
            (zone.len() < rest.len()).then_some(zone)?
        }
    };
    if !shape_is_right {
        return None;
    }
    let (is_ahead, offset) = offset(zone)?;
    let number = |at: std::ops::Range<usize>| whole.get(at)?.parse::<u64>().ok();
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    // An invalid date would be converted to another one.
    let days = days_since_1970(year, month, day).filter(|days| {
        civil_date(*days) == (year, month, day) && hour < 24 && minute < 60 && second < 60
    })?;
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second;
    let seconds = if is_ahead { seconds.checked_sub(offset)? } else { seconds + offset };
    // Later times have no such form in UTC.
    let is_writable = seconds <= LAST.as_secs();
    is_writable.then(|| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))).flatten()
}

/// Returns whether a zone is ahead of UTC, and the difference in seconds.
fn offset(zone: &str) -> Option<(bool, u64)> {
    if matches!(zone, "Z" | "z") {
        return Some((true, 0));
    }
    let (is_ahead, digits) = match zone.split_at_checked(1)? {
        ("+", digits) => (true, digits),
        ("-", digits) => (false, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits.len() {
        2 => (digits, "00"),
        4 => digits.split_at_checked(2)?,
        _ => digits.split_once(':')?,
    };
    let number = |digits: &str| {
        let is_right = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_right.then(|| digits.parse::<u64>().ok()).flatten()
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours < 24 && minutes < 60).then_some((is_ahead, hours * 3_600 + minutes * 60))
}

/// Returns the number of a day, counted from 1970-01-01.
fn days_since_1970(year: u64, month: u64, day: u64) -> Option<u64> {
    let (year, month) =
        if month > 2 { (year, month - 3) } else { (year.checked_sub(1)?, month + 9) };
    let leap_days = year / 4 - year / 100 + year / 400;
    let day_of_year = (153 * month + 2) / 5 + day.checked_sub(1)?;
    (365 * year + leap_days + day_of_year).checked_sub(DAYS_FROM_MARCH_OF_YEAR_0)
}

/// The days from 0000-03-01, which begins years that have the leap day last, to 1970-01-01.
const DAYS_FROM_MARCH_OF_YEAR_0: u64 = 719_468;

/// Returns year, month and day of a day counted from 1970-01-01, in the Gregorian calendar.
fn civil_date(days: u64) -> (u64, u64, u64) {
    // Years that begin in March have the leap day last.
    const DAYS_IN_400_YEARS: u64 = 146_097;
    let days = days + DAYS_FROM_MARCH_OF_YEAR_0;
    let (era, day_of_era) = (days / DAYS_IN_400_YEARS, days % DAYS_IN_400_YEARS);
    let leap_days = day_of_era / 1_460 - day_of_era / 36_524 + day_of_era / 146_096;
    let year_of_era = (day_of_era - leap_days) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iso8601_agrees_with_the_imf_date_on_every_day_of_eight_centuries() {
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        for day in 0..292_194_u64 {
            let at = SystemTime::UNIX_EPOCH + Duration::from_secs(day * 86_400 + 45_296);
            let imf = httpdate::fmt_http_date(at);
            let parts: Vec<&str> = imf.split(' ').collect();
            let month = MONTHS.iter().position(|name| *name == parts[2]).expect("a month") + 1;
            let expected = format!("{}-{month:02}-{}T{}Z", parts[3], parts[1], parts[4]);
            assert_eq!(iso8601(at), expected);
            assert_eq!(parse_iso8601(&expected), Some(at));
        }
    }

    #[test]
    fn times_that_no_header_can_hold_are_written_as_the_nearest_that_it_can() {
        let century = Duration::from_secs(100 * 365 * 86_400);
        for (at, expected) in [
            (SystemTime::UNIX_EPOCH - century, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (SystemTime::UNIX_EPOCH + 100 * century, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ] {
            assert_eq!(http_date(at), expected);
        }
    }

    #[test]
    fn a_time_with_an_offset_is_the_same_time_in_utc() {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_420_800);
        for text in [
            "2026-11-23T08:00:00+00:00",
            "2026-11-23T08:00:00-00:00",
            "2026-11-23T16:00:00+08:00",
            "2026-11-23T16:00:00.999999+0800",
            "2026-11-23T16:00:00+08",
            "2026-11-23 13:30:00+05:30",
            "2026-11-23T00:00:00-08:00",
            "2026-11-22T23:00:00.5-09:00",
            "2026-11-24t07:59:00+23:59",
            "2026-11-23 08:00:00z",
        ] {
            assert_eq!(parse_iso8601(text), Some(at), "{text}");
        }
    }

    #[test]
    fn fractions_of_a_second_are_read_over_and_what_is_no_time_is_none() {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_420_800);
        assert_eq!(parse_iso8601("2026-11-23T08:00:00Z"), Some(at));
        assert_eq!(parse_iso8601("2026-11-23T08:00:00.125Z"), Some(at));
        for text in [
            "",
            "Z",
            "2026-11-23",
            "2026-11-23T08:00:00",
            "2026-11-23 08:00:00",
            "2026-11-23T08:00:00+0",
            "2026-11-23T08:00:00+24:00",
            "2026-11-23T08:00:00+08:60",
            "2026-11-23T08:00:00+8:00",
            "2026-11-23T08:00:00+08:00:00",
            "2026-11-23T08:00:00 08:00",
            "2026-11-23T08:00:00+08:00Z",
            "2026-11-23T08:00:00+\u{e4}a",
            "2026-11-23T08:00:00.Z",
            "2026-11-23T08:00:00\u{2212}08:00",
            "1970-01-01T00:00:00+08:00",
            "9999-12-31T23:59:59-00:01",
            "2026-13-23T08:00:00Z",
            "2026-00-23T08:00:00Z",
            "2026-02-30T08:00:00Z",
            "2026-02-00T08:00:00Z",
            "2026-11-23T24:00:00Z",
            "2026-11-23T08:60:00Z",
            "2026-11-23T08:00:60Z",
            "1969-12-31T23:59:59Z",
            "0000-01-01T00:00:00Z",
            "2026-11-23T08:00:00.xZ",
            "２０２６-11-23T08:00:00Z",
        ] {
            assert_eq!(parse_iso8601(text), None, "{text}");
        }
    }
}
