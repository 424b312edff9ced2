//! Times as the service writes them.

use std::fmt;
use std::ops::Deref;
use std::time::{Duration, SystemTime};

use crate::payload::{Field, FieldKind, FieldType, Scalar, ScalarField, Slot, Value};
use crate::wire::time::{iso8601, parse_iso8601};

/// A time in an answer: the text as it was sent, and the time that it means.
///
/// Any text is kept, so that an answer can be passed on unchanged and an unknown form is not an
/// error.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use alibabacloud_kms_middleware::Timestamp;
///
/// let created = Timestamp::from("2026-11-23T08:00:00Z");
/// assert_eq!(created.as_str(), "2026-11-23T08:00:00Z");
/// let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_420_800);
/// assert_eq!(created.time(), Some(time));
/// assert_eq!(Timestamp::from(time), created);
/// assert_eq!(Timestamp::from("next week").time(), None);
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Timestamp {
    text: String,
}

impl Timestamp {
    /// Returns the text as it was sent.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the time, or `None` if the text is not an ISO 8601 time with a zone: `Z` or an
    /// offset such as `+08:00`, with or without seconds and a fraction of a second. Times before
    /// 1970 are `None`.
    #[inline]
    pub fn time(&self) -> Option<SystemTime> {
        let text = self.text.trim();
        let (date, clock) = text.split_once('T')?;
        let at = clock.find(['Z', '+', '-'])?;
        let (clock, zone) = clock.split_at(at);
        let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
        let seconds = if clock.len() == 5 { ":00" } else { "" };
        let local = parse_iso8601(&format!("{date}T{clock}{seconds}Z"))?;
        let local = local.checked_add(nanoseconds(fraction)?)?;
        let (is_ahead, offset) = offset(zone)?;
        let time = if is_ahead { local.checked_sub(offset) } else { local.checked_add(offset) };
        time.filter(|time| *time >= SystemTime::UNIX_EPOCH)
    }
}

/// Reads the digits after the point; those beyond nanoseconds are ignored.
#[inline]
fn nanoseconds(fraction: &str) -> Option<Duration> {
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = format!("{fraction:0<9}");
    digits.get(..9)?.parse().ok().map(Duration::from_nanos)
}

/// Reads `Z`, `+08:00` or `+0800`: whether the zone is ahead of UTC, and by how much.
#[inline]
fn offset(zone: &str) -> Option<(bool, Duration)> {
    if zone == "Z" {
        return Some((true, Duration::ZERO));
    }
    let is_ahead = zone.starts_with('+');
    let zone = zone.strip_prefix(['+', '-'])?;
    let digits: String = zone.chars().filter(|c| *c != ':').collect();
    let shape_is_right = digits.len() == 4
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && matches!(zone.find(':'), None | Some(2));
    let (hours, minutes) = digits.split_at_checked(2).filter(|_| shape_is_right)?;
    let (hours, minutes): (u64, u64) = (hours.parse().ok()?, minutes.parse().ok()?);
    let is_a_zone = hours < 24 && minutes < 60;
    is_a_zone.then(|| (is_ahead, Duration::from_secs(60 * (60 * hours + minutes))))
}

impl From<&str> for Timestamp {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned() }
    }
}

impl From<String> for Timestamp {
    fn from(text: String) -> Self {
        Self { text }
    }
}

/// Writes the service's form, in whole seconds.
impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        Self { text: iso8601(time) }
    }
}

/// Dereferences to the text, so that `as_deref` of an optional time is an optional text.
impl Deref for Timestamp {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl AsRef<str> for Timestamp {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl PartialEq<str> for Timestamp {
    fn eq(&self, text: &str) -> bool {
        self.text == text
    }
}

impl PartialEq<&str> for Timestamp {
    fn eq(&self, text: &&str) -> bool {
        self.text == *text
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

impl FieldType for Timestamp {
    const KIND: FieldKind = FieldKind::String;
}

impl Field for Timestamp {
    fn value(&self) -> Value<'_> {
        Value::Text(&self.text)
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Scalar(self)
    }
}

impl ScalarField for Timestamp {
    fn set(&mut self, scalar: Scalar<'_>) -> bool {
        self.text.set(scalar)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64, nanoseconds: u32) -> Option<SystemTime> {
        Some(SystemTime::UNIX_EPOCH + Duration::new(seconds, nanoseconds))
    }

    #[test]
    fn every_form_of_a_time_is_read_and_its_text_kept() {
        for (text, time) in [
            ("2026-11-23T08:00:00Z", at(1_795_420_800, 0)),
            ("2026-11-23T08:00Z", at(1_795_420_800, 0)),
            ("2026-11-23T08:00:00.125Z", at(1_795_420_800, 125_000_000)),
            ("2026-11-23T08:00:00.1234567899Z", at(1_795_420_800, 123_456_789)),
            ("2026-11-23T16:00:00+08:00", at(1_795_420_800, 0)),
            ("2026-11-23T16:00:00.5+0800", at(1_795_420_800, 500_000_000)),
            ("2026-11-22T23:30:00-08:30", at(1_795_420_800, 0)),
            ("1970-01-01T00:00:00Z", at(0, 0)),
            ("1970-01-01T00:00:00+00:01", None),
        ] {
            let timestamp = Timestamp::from(text);
            assert_eq!(timestamp.time(), time, "{text}");
            assert_eq!(timestamp.as_str(), text);
            assert_eq!(
                (timestamp.to_string(), format!("{timestamp:?}")),
                (text.into(), format!("{text:?}"))
            );
        }
    }

    #[test]
    fn what_is_not_a_time_is_kept_and_means_none() {
        for text in [
            "",
            "T",
            "TZ",
            "1795420800",
            "2026-11-23",
            "2026-11-23T08:00:00",
            "2026-02-30T08:00:00Z",
            "2026-11-23T08:00:00.xZ",
            "2026-11-23T08:00:00+8",
            "2026-11-23T08:00:00+24:00",
            "2026-11-23T08:00:00+08:60",
            "2026-11-23T08:00:00+0:800",
            "2026-11-23T08:00:00Zz",
            "2026-11-23T08Z",
            "９-11-23T08:00:00Z",
            "2026-11-23T08:00:00+０800",
        ] {
            let timestamp = Timestamp::from(text);
            assert_eq!((timestamp.time(), timestamp.as_str()), (None, text));
        }
    }

    #[test]
    fn a_field_of_it_is_a_text() {
        let mut timestamp = Timestamp::default();
        assert!(timestamp.set(Scalar::Text("soon")));
        assert!(matches!(timestamp.value(), Value::Text("soon")));
        assert!(timestamp == "soon" && timestamp == *"soon");
        assert!(timestamp.set(Scalar::Integer(7)) && timestamp.as_str() == "7");
        assert!(!timestamp.set(Scalar::Bytes(b"soon")));
    }
}
