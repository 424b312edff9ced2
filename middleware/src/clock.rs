//! Time and chance, injected so that tests can fix them.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_lc_rs::rand;

use crate::error::{Error, ErrorKind};

/// The wall clock that dates signatures.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> SystemTime + Send + Sync>);

impl Clock {
    /// A clock that asks this function.
    pub fn new(now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// A clock that stands still.
    pub fn fixed(at: SystemTime) -> Self {
        Self::new(move || at)
    }

    /// The time.
    pub fn now(&self) -> SystemTime {
        (self.0)()
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new(SystemTime::now)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// The source of signature nonces.
#[derive(Clone)]
pub struct Nonce(Arc<dyn Fn() -> Option<String> + Send + Sync>);

impl Nonce {
    /// Nonces from this function; each must be new.
    pub fn new(next: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self(Arc::new(move || Some(next())))
    }

    /// The next nonce.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Sign`]: the system's random source failed.
    pub fn next(&self) -> Result<String, Error> {
        (self.0)()
            .ok_or_else(|| Error::new(ErrorKind::Sign, "the system's random source gave no nonce"))
    }
}

impl Default for Nonce {
    /// 128 random bits, in hexadecimal.
    fn default() -> Self {
        Self(Arc::new(|| {
            let mut bits = [0; 16];
            rand::fill(&mut bits).ok()?;
            Some(format!("{:032x}", u128::from_be_bytes(bits)))
        }))
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonce")
    }
}

/// `2026-11-23T08:00:00Z`: the service's form of a time, in UTC.
///
/// Times before 1970 are written as 1970.
pub fn iso8601(at: SystemTime) -> String {
    let seconds = at.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (days, time) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil_date(days);
    let (hour, minute, second) = (time / 3_600, time / 60 % 60, time % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// `Mon, 23 Nov 2026 08:00:00 GMT`: the form of a time in HTTP's own headers (RFC 9110, section
/// 5.6.7).
///
/// Times before 1970 are written as 1970, those after 9999 as its last second.
pub fn http_date(at: SystemTime) -> String {
    const LAST: Duration = Duration::from_secs(253_402_300_799);
    let since_1970 = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + since_1970.min(LAST))
}

/// The time that [`iso8601`] writes, with or without a fraction of a second; none if the text is not
/// one.
pub fn parse_iso8601(text: &str) -> Option<SystemTime> {
    let text = text.strip_suffix('Z')?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let shape_is_right = whole.len() == 19
        && whole.bytes().zip(*b"0000-00-00T00:00:00").all(|(byte, shape)| match shape {
            b'0' => byte.is_ascii_digit(),
            separator => byte == separator,
        });
    if !shape_is_right || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = |at: std::ops::Range<usize>| whole.get(at)?.parse::<u64>().ok();
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    // A date that is not one comes out as another.
    let days = days_since_1970(year, month, day).filter(|days| {
        civil_date(*days) == (year, month, day) && hour < 24 && minute < 60 && second < 60
    })?;
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

/// The number of a day, counted from 1970-01-01.
fn days_since_1970(year: u64, month: u64, day: u64) -> Option<u64> {
    let (year, month) =
        if month > 2 { (year, month - 3) } else { (year.checked_sub(1)?, month + 9) };
    let leap_days = year / 4 - year / 100 + year / 400;
    let day_of_year = (153 * month + 2) / 5 + day.checked_sub(1)?;
    (365 * year + leap_days + day_of_year).checked_sub(DAYS_FROM_MARCH_OF_YEAR_0)
}

/// Days from 0000-03-01, where years with the leap day last begin, to 1970-01-01.
const DAYS_FROM_MARCH_OF_YEAR_0: u64 = 719_468;

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian calendar.
fn civil_date(days: u64) -> (u64, u64, u64) {
    // Years that begin in March put the leap day last.
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
    fn fractions_of_a_second_are_read_over_and_what_is_no_time_is_none() {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_420_800);
        assert_eq!(parse_iso8601("2026-11-23T08:00:00Z"), Some(at));
        assert_eq!(parse_iso8601("2026-11-23T08:00:00.125Z"), Some(at));
        for text in [
            "",
            "Z",
            "2026-11-23",
            "2026-11-23T08:00:00",
            "2026-11-23 08:00:00Z",
            "2026-11-23T08:00:00+08:00",
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

    #[test]
    fn nonces_are_128_bits_and_differ() {
        let nonce = Nonce::default();
        let (one, two) = (nonce.next().expect("a nonce"), nonce.next().expect("a nonce"));
        assert_eq!(one.len(), 32);
        assert_ne!(one, two);
    }
}
