//! Sources of time and randomness, which tests can replace.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use aws_lc_rs::rand;

use crate::error::{Error, ErrorKind};
use crate::hex::hex;
use crate::lock::lock;

/// The wall clock that dates signatures.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> SystemTime + Send + Sync>);

impl Clock {
    /// Creates a clock that calls this function.
    pub fn new(now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// Creates a clock that always returns this time.
    pub fn fixed(at: SystemTime) -> Self {
        Self::new(move || at)
    }

    /// Returns the current time.
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
    /// Creates a source that calls this function, which must return a new nonce each time.
    pub fn new(next: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self(Arc::new(move || Some(next())))
    }

    /// Returns the next nonce.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Sign`]: the system's random source failed.
    pub fn next(&self) -> Result<String, Error> {
        (self.0)().ok_or_else(|| {
            Error::new(ErrorKind::Sign, "the system's random source failed, so there is no nonce")
        })
    }
}

impl Default for Nonce {
    /// 128 random bits, in hexadecimal.
    fn default() -> Self {
        let random = Mutex::new(Random { bits: [0; Random::SIZE], used: Random::SIZE });
        Self(Arc::new(move || Some(hex(&lock(&random).next()?))))
    }
}

/// Random bits, requested from the system in large pieces: a request for every 16 bytes would take
/// as long as the rest of a signature.
struct Random {
    bits: [u8; Self::SIZE],
    used: usize,
}

impl Random {
    const SIZE: usize = 512;

    fn next(&mut self) -> Option<[u8; 16]> {
        if self.used == Self::SIZE {
            rand::fill(&mut self.bits).ok()?;
            self.used = 0;
        }
        let mut next = [0; 16];
        next.copy_from_slice(&self.bits[self.used..self.used + 16]);
        self.used += 16;
        // A copy of this process, made by a fork or from a snapshot, has the same bits, so the time
        // and the process id are mixed in.
        let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let clock = since_1970.map_or(0, |since| since.as_nanos());
        let mixed = u128::from_be_bytes(next) ^ clock ^ u128::from(std::process::id()) << 96;
        Some(mixed.to_be_bytes())
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonce")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn nonces_are_128_bits_and_differ() {
        let nonce = Nonce::default();
        let (one, two) = (nonce.next().expect("a nonce"), nonce.next().expect("a nonce"));
        assert_eq!(one.len(), 32);
        assert_ne!(one, two);
        let nonce = Nonce::default();
        let many: BTreeSet<String> = (0..1_000).map(|_| nonce.next().expect("a nonce")).collect();
        assert_eq!(many.len(), 1_000);
    }
}
