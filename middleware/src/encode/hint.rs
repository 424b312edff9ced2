//! How long the service asks to wait.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

/// The longest of the waits that the headers ask for; zero or less is none.
///
/// `x-acs-retry-after` is in milliseconds, `x-ratelimit-user-api` and `x-ratelimit-user` hold
/// `TimeLeft:<milliseconds>`, `Retry-After` is in seconds or an HTTP date, which is counted from the
/// answer's own date: this machine's clock may be another.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let left = |name: &str| {
        let (_, rest) = text(name)?.split_once("TimeLeft:")?;
        milliseconds(rest.split(',').next()?)
    };
    [
        text("x-acs-retry-after").and_then(milliseconds),
        left("x-ratelimit-user-api"),
        left("x-ratelimit-user"),
        text(RETRY_AFTER.as_str()).and_then(|text| seconds_or_date(text, headers)),
    ]
    .into_iter()
    .flatten()
    .filter(|wait| !wait.is_zero())
    .max()
}

/// When the gateway answered, by its own clock.
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

    fn hint(name: &'static str, value: &'static str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().expect("a value"));
        retry_after(&headers)
    }

    #[test]
    fn each_header_is_read_in_its_unit() {
        let two = Some(Duration::from_secs(2));
        assert_eq!(hint("x-acs-retry-after", "2000"), two);
        assert_eq!(hint("x-ratelimit-user-api", "Limit:1,TimeLeft:2000,Remain:0"), two);
        assert_eq!(hint("x-ratelimit-user", "TimeLeft: 2000"), two);
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
            ("x-ratelimit-user", "TimeLeft:0,"),
            ("retry-after", "soon"),
            ("retry-after", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ] {
            assert_eq!(hint(name, value), None, "{name}: {value}");
        }
    }
}
