//! One data key for many envelopes, and its limits.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use super::cache::Cache;
use super::context;
use super::data_key::{self, DataKey, Generated};
use super::header::Header;
use crate::lock::lock;
use crate::{Clock, Error, KmsClient, Pairs};

/// How far a data key is used again, instead of one call to KMS for each envelope.
///
/// Every envelope has a message key of its own all the same: what the caps bound is how much one
/// data key opens, should it get out, and how long a permission that KMS took away still works here.
/// Sealing keeps a key for each key id and context, opening one for each encrypted data key and
/// context.
///
/// ```
/// use std::time::Duration;
///
/// use alibabacloud_kms::envelope::DataKeyReuse;
///
/// let reuse = DataKeyReuse::default().max_messages(100).max_age(Duration::from_secs(60));
/// # let _ = reuse;
/// ```
#[derive(Debug, Clone)]
pub struct DataKeyReuse {
    max_messages: u64,
    max_bytes: u64,
    max_age: Duration,
    capacity: usize,
}

impl Default for DataKeyReuse {
    /// 1 000 messages, 1 GiB, 5 minutes, 100 keys.
    fn default() -> Self {
        Self {
            max_messages: 1000,
            max_bytes: 1 << 30,
            max_age: Duration::from_secs(300),
            capacity: 100,
        }
    }
}

impl DataKeyReuse {
    /// Seals so many envelopes with a data key at most.
    #[must_use]
    pub fn max_messages(mut self, messages: u64) -> Self {
        self.max_messages = messages;
        self
    }

    /// Seals so many octets of plaintext with a data key at most.
    ///
    /// An envelope has one data key: a plaintext that is larger has a key of its own, and a stream,
    /// whose length nobody knows before its end, is finished with the key that it began with.
    #[must_use]
    pub fn max_bytes(mut self, octets: u64) -> Self {
        self.max_bytes = octets;
        self
    }

    /// Uses a data key for so long at most, to seal and to open, from KMS's answer on.
    ///
    /// Keys that are older are wiped when the next call to KMS is made, or with the last [`Envelope`]
    /// that shares them: there is no timer.
    ///
    /// [`Envelope`]: super::Envelope
    #[must_use]
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = age;
        self
    }

    /// Keeps so many keys at most to seal with, and as many to open with, and one at least; the one
    /// that was not used for the longest goes first.
    #[must_use]
    pub fn capacity(mut self, keys: usize) -> Self {
        self.capacity = keys;
        self
    }
}

/// A data key to seal with, and how much it was used.
pub(super) struct SealingKey {
    pub(super) generated: Generated,
    made: SystemTime,
    used: Mutex<Used>,
}

struct Used {
    messages: u64,
    octets: u64,
}

impl SealingKey {
    /// A key that is used for a first message of so many octets.
    pub(super) fn new(generated: Generated, made: SystemTime, octets: u64) -> Self {
        Self { generated, made, used: Mutex::new(Used { messages: 1, octets }) }
    }

    /// Counts octets that were not known when the key was taken.
    pub(super) fn count(&self, octets: u64) {
        let mut used = lock(&self.used);
        used.octets = used.octets.saturating_add(octets);
    }

    /// Takes it for one more message, if the caps let it.
    fn claim(&self, reuse: &DataKeyReuse, now: SystemTime, octets: u64) -> bool {
        let mut used = lock(&self.used);
        let sum = used.octets.saturating_add(octets);
        let may = used.messages < reuse.max_messages
            && used.octets < reuse.max_bytes
            && sum <= reuse.max_bytes
            && is_young(self.made, now, reuse.max_age);
        if may {
            used.messages += 1;
            used.octets = sum;
        }
        may
    }
}

/// A data key that was opened.
struct OpeningKey {
    key: Arc<DataKey>,
    made: SystemTime,
}

/// The data keys in use.
pub(super) struct Keys {
    reuse: DataKeyReuse,
    sealing: Cache<SealingKey>,
    opening: Cache<OpeningKey>,
}

impl Keys {
    pub(super) fn new(reuse: DataKeyReuse) -> Self {
        let (sealing, opening) = (Cache::new(reuse.capacity), Cache::new(reuse.capacity));
        Self { reuse, sealing, opening }
    }

    pub(super) fn settings(&self) -> &DataKeyReuse {
        &self.reuse
    }

    /// The key for one more message of so many octets, as far as that is known.
    pub(super) async fn to_seal(
        &self,
        client: &KmsClient,
        clock: &Clock,
        key_id: &str,
        context: &Pairs,
        octets: u64,
    ) -> Result<Arc<SealingKey>, Error> {
        let identity = identity(key_id.as_bytes(), context)?;
        let claim = |key: &SealingKey| key.claim(&self.reuse, clock.now(), octets);
        let make = async {
            self.sealing.sweep(|key| is_young(key.made, clock.now(), self.reuse.max_age));
            let generated = data_key::generate(client, key_id, context).await?;
            Ok(SealingKey::new(generated, clock.now(), octets))
        };
        self.sealing.get(identity, claim, make).await
    }

    /// The key that opens this envelope.
    pub(super) async fn to_open(
        &self,
        client: &KmsClient,
        clock: &Clock,
        header: &Header,
    ) -> Result<Arc<DataKey>, Error> {
        let identity = identity(&header.encrypted_data_key, &header.context)?;
        let claim = |key: &OpeningKey| is_young(key.made, clock.now(), self.reuse.max_age);
        let make = async {
            self.opening.sweep(|key| is_young(key.made, clock.now(), self.reuse.max_age));
            let key =
                data_key::decrypt(client, &header.encrypted_data_key, &header.context).await?;
            Ok(OpeningKey { key: Arc::new(key), made: clock.now() })
        };
        let found = self.opening.get(identity, claim, make).await?;
        Ok(Arc::clone(&found.key))
    }
}

/// What a key is kept under: every part with its length before it, so that no two are alike.
fn identity(key: &[u8], context: &Pairs) -> Result<Vec<u8>, Error> {
    let mut identity = (key.len() as u64).to_be_bytes().to_vec();
    identity.extend_from_slice(key);
    identity.extend_from_slice(&context::encode(context)?);
    Ok(identity)
}

/// A clock that was set back makes a key old: its age is not known any more.
fn is_young(made: SystemTime, now: SystemTime, max_age: Duration) -> bool {
    now.duration_since(made).is_ok_and(|age| age < max_age)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_of_the_same_octets_do_not_collide() {
        let parts: [(&str, &[(&str, &str)]); 6] = [
            ("k", &[("a", "bc")]),
            ("k", &[("ab", "c")]),
            ("ka", &[("", "bc")]),
            ("k", &[]),
            ("k\0\0", &[]),
            ("", &[("k", "abc")]),
        ];
        for (index, (key, pairs)) in parts.iter().enumerate() {
            let of = |key: &str, pairs: &[(&str, &str)]| {
                let context = pairs.iter().copied().collect();
                identity(key.as_bytes(), &context).expect("a short context")
            };
            for (other, others) in &parts[index + 1..] {
                assert_ne!(of(key, pairs), of(other, others));
            }
        }
    }

    #[test]
    fn a_clock_that_was_set_back_makes_keys_old() {
        let made = SystemTime::UNIX_EPOCH + Duration::from_secs(100);
        let second = Duration::from_secs(1);
        assert!(is_young(made, made, second));
        assert!(!is_young(made, made + second, second));
        assert!(!is_young(made, made - second, second));
    }
}
