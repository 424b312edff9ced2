//! Arbitrary text as the dates of the wire: ISO 8601, and the headers that say how long to wait.
//! `httpdate` has the same calendar.

#![no_main]

use std::time::{Duration, SystemTime};

use alibabacloud_kms::middleware::encode::retry_after;
use alibabacloud_kms::middleware::wire::time::{http_date, iso8601, parse_iso8601};
use http::{HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Some(time) = std::str::from_utf8(data).ok().and_then(parse_iso8601) {
        let written = iso8601(time);
        let again = parse_iso8601(&written).expect("what was written");
        assert!(time.duration_since(again).is_ok_and(|rest| rest < Duration::from_secs(1)));
        agree(again);
    }
    if let Some((seconds, _)) = data.split_first_chunk() {
        // Until the year 9999.
        let seconds = u64::from_le_bytes(*seconds) % 253_402_300_800;
        agree(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
    }
    if let Ok(value) = HeaderValue::from_bytes(data) {
        for name in
            ["retry-after", "x-acs-retry-after", "x-ratelimit-user-api", "x-ratelimit-user", "date"]
        {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.clone());
            assert!(retry_after(&headers).is_none_or(|wait| !wait.is_zero()));
        }
    }
});

/// `Mon, 23 Nov 2026 08:00:00 GMT` and `2026-11-23T08:00:00Z` are one time.
fn agree(time: SystemTime) {
    let theirs = http_date(time);
    assert_eq!(httpdate::parse_http_date(&theirs).expect("a date"), time);
    let ours = iso8601(time);
    assert_eq!(parse_iso8601(&ours), Some(time));
    assert_eq!(
        [&ours[8..10], &ours[..4], &ours[11..19]],
        [&theirs[5..7], &theirs[12..16], &theirs[17..25]]
    );
}
