//! The processor time that this process has used.

use std::time::Duration;

/// Returns the user and system time of all threads, or `None` on a system without
/// `/proc/self/stat`.
pub(super) fn used() -> Option<Duration> {
    parse(&std::fs::read_to_string("/proc/self/stat").ok()?)
}

/// `proc(5)`: fields 14 and 15, in ticks of which Linux shows 100 in a second.
fn parse(stat: &str) -> Option<Duration> {
    // Field 2 is the program's name in parentheses, which may contain anything.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_ascii_whitespace().skip(11);
    let user: u64 = times.next()?.parse().ok()?;
    let system: u64 = times.next()?.parse().ok()?;
    Some(Duration::from_millis((user + system) * 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_times_are_read_behind_any_name() {
        let stat = "7 (a) b) R 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20 0 1 0";
        assert_eq!(parse(stat), Some(Duration::from_secs(2)));
        assert_eq!(parse("7 (kms) R 1"), None);
    }
}
