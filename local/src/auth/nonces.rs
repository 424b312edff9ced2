//! The nonces of accepted requests, so that none is accepted twice.

use std::collections::HashMap;
use std::fmt;
use std::sync::Mutex;
use std::time::SystemTime;

use alibabacloud_kms::__private::lock;
use aws_lc_rs::digest::{SHA256, digest};

use super::date::MAX_SKEW;

/// The nonces of requests whose dates are still accepted.
#[derive(Default)]
pub(crate) struct Nonces {
    used: Mutex<Used>,
}

#[derive(Default)]
struct Used {
    /// 128 bits of each nonce's SHA-256, since nonces can be long, with the date of its request.
    dates: HashMap<u128, SystemTime>,
    /// The number of nonces at which old ones are removed.
    limit: usize,
}

impl Nonces {
    /// Records the nonce of a request with that date. Returns `false` if another request had it.
    pub(super) fn use_once(&self, nonce: &str, date: SystemTime, now: SystemTime) -> bool {
        let mut key = [0; 16];
        key.copy_from_slice(&digest(&SHA256, nonce.as_bytes()).as_ref()[..16]);
        let mut used = lock(&self.used);
        let is_new = used.dates.insert(u128::from_be_bytes(key), date).is_none();
        if used.dates.len() > used.limit {
            let oldest = now.checked_sub(MAX_SKEW).unwrap_or(now);
            used.dates.retain(|_, date| *date >= oldest);
            used.limit = (2 * used.dates.len()).max(1024);
        }
        is_new
    }
}

impl fmt::Debug for Nonces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonces")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_nonce_is_new_once() {
        let nonces = Nonces::default();
        let now = SystemTime::UNIX_EPOCH;
        assert!(nonces.use_once("a", now, now));
        assert!(!nonces.use_once("a", now, now));
        assert!(!nonces.use_once("a", now + Duration::from_secs(1), now));
        assert!(nonces.use_once("b", now, now));
    }

    #[test]
    fn nonces_of_dates_that_are_refused_anyway_are_forgotten() {
        let nonces = Nonces::default();
        let start = SystemTime::UNIX_EPOCH + MAX_SKEW;
        for second in 0..10_000 {
            let now = start + Duration::from_secs(second);
            assert!(nonces.use_once(&second.to_string(), now, now));
        }
        let used = nonces.used.lock().expect("nobody panicked");
        assert!(used.dates.len() < 3_000, "{}", used.dates.len());
        let last = start + Duration::from_secs(9_999);
        let kept = used.dates.values().filter(|date| **date >= last - MAX_SKEW);
        assert_eq!(kept.count(), 901);
    }
}
