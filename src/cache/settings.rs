//! Which answers are cached, and for how long.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_lc_rs::rand;
use tokio::time::Instant;

use super::key::text;
use crate::after::after;
use crate::api::secret::GetSecretValueRequest;
use crate::middleware::wire::time::parse_iso8601;
use crate::{Action, Call, Clock, Reply};

#[derive(Clone)]
pub(super) struct CacheSettings {
    pub(super) ttl: Duration,
    pub(super) jitter: f64,
    pub(super) until_rotation: Option<Duration>,
    pub(super) max_stale: Duration,
    pub(super) negative_ttl: Duration,
    pub(super) capacity: usize,
    pub(super) actions: Vec<&'static str>,
    pub(super) clock: Clock,
    pub(super) random: Arc<dyn Fn() -> f64 + Send + Sync>,
}

impl Default for CacheSettings {
    fn default() -> Self {
        Self {
            ttl: Duration::from_secs(300),
            jitter: 0.1,
            until_rotation: None,
            max_stale: Duration::from_secs(3600),
            negative_ttl: Duration::from_secs(5),
            capacity: 1024,
            actions: vec![GetSecretValueRequest::INFO.name],
            clock: Clock::default(),
            random: Arc::new(chance),
        }
    }
}

/// The lifetime of an answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lifetime {
    pub(super) fresh_until: Instant,
    /// Checked beside `fresh_until`: after a sleep of the machine or a change of its clock, a date
    /// can have passed although that much time has not.
    pub(super) rotates_at: Option<SystemTime>,
    /// The hard limit.
    pub(super) gone_at: Instant,
}

impl Lifetime {
    pub(super) fn is_fresh(&self, now: Instant, date: impl FnOnce() -> SystemTime) -> bool {
        now < self.fresh_until && self.rotates_at.is_none_or(|rotation| date() < rotation)
    }
}

impl CacheSettings {
    /// Returns `true` if a call is cached. A dry run is not.
    pub(super) fn caches(&self, call: &Call) -> bool {
        self.actions.contains(&call.action().name) && text(call.payload(), "DryRun").is_none()
    }

    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    pub(super) fn date(&self) -> SystemTime {
        self.clock.now()
    }

    /// Returns the lifetime of a reply that has just arrived.
    pub(super) fn lifetime_of(&self, reply: &Reply, now: Instant) -> Lifetime {
        let date = self.date();
        // A past date is ignored: the service is late, or no longer rotates the secret.
        let rotation =
            text(reply.payload(), "NextRotationDate").and_then(parse_iso8601).and_then(|at| {
                Some((at, at.duration_since(date).ok().filter(|left| !left.is_zero())?))
            });
        let fresh_for = match rotation {
            None => self.jittered_ttl(),
            Some((_, left)) => left.min(self.until_rotation.unwrap_or_else(|| self.jittered_ttl())),
        };
        let fresh_until = after(now, fresh_for);
        Lifetime {
            fresh_until,
            rotates_at: rotation.map(|(at, _)| at),
            gone_at: after(fresh_until, self.max_stale),
        }
    }

    /// Returns the lifetime of a refusal that has just arrived, or `None` if it is not cached.
    pub(super) fn lifetime_of_refusal(&self, now: Instant) -> Option<Lifetime> {
        let gone_at = after(now, self.negative_ttl);
        let lifetime = Lifetime { fresh_until: gone_at, rotates_at: None, gone_at };
        (!self.negative_ttl.is_zero()).then_some(lifetime)
    }

    fn jittered_ttl(&self) -> Duration {
        let part = 1.0 - self.jitter * (self.random)();
        // Neither a TTL beyond `f64` nor a broken random source makes the time longer.
        Duration::try_from_secs_f64(self.ttl.as_secs_f64() * part)
            .map_or(self.ttl, |ttl| ttl.min(self.ttl))
    }
}

/// Returns a number from 0 to 1. Without a random source the shortest time is the safe one.
fn chance() -> f64 {
    let mut bits = [0; 4];
    rand::fill(&mut bits)
        .map_or(1.0, |()| f64::from(u32::from_ne_bytes(bits)) / f64::from(u32::MAX))
}

impl fmt::Debug for CacheSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheSettings")
            .field("ttl", &self.ttl)
            .field("jitter", &self.jitter)
            .field("until_rotation", &self.until_rotation)
            .field("max_stale", &self.max_stale)
            .field("negative_ttl", &self.negative_ttl)
            .field("capacity", &self.capacity)
            .field("actions", &self.actions)
            .finish_non_exhaustive()
    }
}
