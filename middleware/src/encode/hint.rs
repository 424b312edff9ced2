//! The waits that the service asks for, and the errors that they apply to.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

/// Returns the longest wait that the headers of an error answer ask for, or `None` if it is not
/// positive.
///
/// `x-acs-retry-after` is in milliseconds. `Retry-After` is in seconds, or an HTTP date that is
/// counted from the answer's own date, since this machine's clock may differ. The rest of a
/// [quota's window](quota_window) is not included.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let waits = [
        text(headers, "x-acs-retry-after").and_then(milliseconds),
        text(headers, RETRY_AFTER.as_str()).and_then(|text| seconds_or_date(text, headers)),
    ];
    longest(waits)
}

/// Returns the time until the used-up quota is renewed: `TimeLeft:<milliseconds>` of
/// `x-ratelimit-user-api` and `x-ratelimit-user`.
///
/// Ordinary answers have these headers too, so the wait applies only to throttled calls.
pub fn quota_window(headers: &HeaderMap) -> Option<Duration> {
    let left = |name: &str| {
        let (_, rest) = text(headers, name)?.split_once("TimeLeft:")?;
        milliseconds(rest.split(',').next()?)
    };
    longest([left("x-ratelimit-user-api"), left("x-ratelimit-user")])
}

fn longest(waits: [Option<Duration>; 2]) -> Option<Duration> {
    waits.into_iter().flatten().filter(|wait| !wait.is_zero()).max()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// Returns when the gateway answered, by its own clock.
pub(crate) fn date(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()
}

fn milliseconds(text: &str) -> Option<Duration> {
    text.trim().parse().ok().map(Duration::from_millis)
}

fn seconds_or_date(text: &str, headers: &HeaderMap) -> Option<Duration> {
    match text.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => {
            let now = date(headers).unwrap_or_else(SystemTime::now);
            httpdate::parse_http_date(text).ok()?.duration_since(now).ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().expect("a value"));
        headers
    }

    fn hint(name: &'static str, value: &'static str) -> Option<Duration> {
        retry_after(&headers(name, value))
    }

    fn window(name: &'static str, value: &'static str) -> Option<Duration> {
        quota_window(&headers(name, value))
    }

    #[test]
    fn each_header_is_read_in_its_unit() {
        let two = Some(Duration::from_secs(2));
        assert_eq!(hint("x-acs-retry-after", "2000"), two);
        assert_eq!(window("x-ratelimit-user-api", "Limit:1,TimeLeft:2000,Remain:0"), two);
        assert_eq!(window("x-ratelimit-user", "TimeLeft: 2000"), two);
        assert_eq!(hint("retry-after", "2"), two);
        let date = hint("retry-after", "Tue, 31 Dec 2999 23:59:59 GMT");
        assert!(date.is_some_and(|wait| wait > Duration::from_secs(86_400)));
    }

    #[test]
    fn a_date_is_counted_from_the_answers_own() {
        let mut headers = HeaderMap::new();
        headers.insert(DATE, "Thu, 01 Jan 1970 00:00:10 GMT".parse().expect("a value"));
        headers.insert(RETRY_AFTER, "Thu, 01 Jan 1970 00:00:13 GMT".parse().expect("a value"));
        assert_eq!(retry_after(&headers), Some(Duration::from_secs(3)));
    }

    #[test]
    fn zero_less_and_nonsense_are_no_hint() {
        for (name, value) in [
            ("x-acs-retry-after", "0"),
            ("x-acs-retry-after", "-5"),
            ("retry-after", "soon"),
            ("retry-after", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ] {
            assert_eq!(hint(name, value), None, "{name}: {value}");
        }
        for value in ["TimeLeft:0,", "TimeLeft:-1", "Limit:5", "TimeLeft:soon"] {
            assert_eq!(window("x-ratelimit-user", value), None, "{value}");
        }
    }

    #[test]
    fn a_quotas_window_is_no_wish_to_wait() {
        assert_eq!(hint("x-ratelimit-user-api", "Limit:100,Remain:99,TimeLeft:60000"), None);
    }
}
