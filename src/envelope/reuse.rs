//! One data key for many envelopes, and its limits.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use super::cache::{Cache, SharedKey};
use super::context;
use super::data_key::{self, Decrypted, Generated};
use super::header::Header;
use crate::lock::lock;
use crate::{Clock, Error, KmsClient, Pairs};

/// The limits for using one data key for several envelopes, instead of one call to KMS per
/// envelope.
///
/// Every envelope still has a message key of its own. The limits bound how much a leaked data key
/// opens, and how long a permission that was revoked in KMS is still effective in this process. To
/// seal, one key is kept per key id and context; to open, one per encrypted data key and context.
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
    /// Returns the default limits: 1,000 messages, 1 GiB, 5 minutes, 100 keys.
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
    /// Sets the maximum number of envelopes sealed with one data key (default 1,000). With 0 or 1,
    /// each envelope has a key of its own.
    #[must_use]
    pub fn max_messages(mut self, messages: u64) -> Self {
        self.max_messages = messages;
        self
    }

    /// Sets the maximum number of plaintext bytes sealed with one data key (default 1 GiB).
    ///
    /// A larger plaintext has a data key of its own, which no other envelope shares. The length of
    /// a stream is not known before its end, so a stream is finished with the key that it began
    /// with.
    #[must_use]
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Sets the maximum age of a data key, to seal and to open, counted from KMS's answer (default
    /// 5 minutes).
    ///
    /// There is no timer: older keys are wiped when the next envelope is sealed or opened, or when
    /// the last [`Envelope`] that shares them is dropped.
    ///
    /// [`Envelope`]: super::Envelope
    #[must_use]
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = age;
        self
    }

    /// Sets the maximum number of keys kept to seal, and the same number to open (default 100, at
    /// least 1). The least recently used key is evicted.
    #[must_use]
    pub fn capacity(mut self, keys: usize) -> Self {
        self.capacity = keys;
        self
    }
}

/// A data key to seal with, and how much of its limits is used.
pub(super) struct SealingKey {
    pub(super) generated: Generated,
    made: SystemTime,
    used: Arc<Used>,
}

/// How much of a data key's limits is used, also while the key is still on its way.
pub(super) struct Used {
    sums: Mutex<Sums>,
    max_messages: u64,
    max_bytes: u64,
}

struct Sums {
    messages: u64,
    bytes: u64,
}

impl Used {
    /// Creates the count for a key whose first message has this size.
    fn new(reuse: &DataKeyReuse, bytes: u64) -> Self {
        let sums = Mutex::new(Sums { messages: 1, bytes });
        Self { sums, max_messages: reuse.max_messages, max_bytes: reuse.max_bytes }
    }

    /// Claims a part of the limits for one more message. Returns `false` if they do not allow it.
    fn claim(&self, bytes: u64) -> bool {
        let mut sums = lock(&self.sums);
        let sum = sums.bytes.saturating_add(bytes);
        let may = self.has_room(&sums) && sum <= self.max_bytes;
        if may {
            sums.messages += 1;
            sums.bytes = sum;
        }
        may
    }

    fn has_room(&self, sums: &Sums) -> bool {
        sums.messages < self.max_messages && sums.bytes < self.max_bytes
    }

    fn count(&self, bytes: u64) {
        let mut sums = lock(&self.sums);
        sums.bytes = sums.bytes.saturating_add(bytes);
    }
}

impl SealingKey {
    /// Creates a key for one message alone.
    pub(super) fn new(generated: Generated, made: SystemTime) -> Self {
        let caps = DataKeyReuse::default().max_messages(0);
        Self { generated, made, used: Arc::new(Used::new(&caps, 0)) }
    }

    /// Counts bytes that were not known when the key was taken.
    pub(super) fn count(&self, bytes: u64) {
        self.used.count(bytes);
    }
}

impl SharedKey for SealingKey {
    type Promise = Arc<Used>;

    fn is_used_up(&self) -> bool {
        !self.used.has_room(&lock(&self.used.sums))
    }
}

/// A decrypted data key, and the key in KMS that decrypted it.
pub(super) struct OpeningKey {
    key: Decrypted,
    made: SystemTime,
}

impl OpeningKey {
    pub(super) fn new(key: Decrypted, made: SystemTime) -> Self {
        Self { key, made }
    }

    pub(super) fn decrypted(&self) -> &Decrypted {
        &self.key
    }
}

impl SharedKey for OpeningKey {
    type Promise = ();

    fn is_used_up(&self) -> bool {
        false
    }
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

    /// Returns the key for one more message. `bytes` is its size, as far as it is known.
    pub(super) async fn to_seal(
        &self,
        client: &KmsClient,
        clock: &Clock,
        key_id: &str,
        context: &Pairs,
        bytes: u64,
    ) -> Result<Arc<SealingKey>, Error> {
        // A message of this size shares its key with no other: it neither waits for a key nor
        // replaces one.
        if self.reuse.max_messages <= 1 || bytes > self.reuse.max_bytes {
            let generated = data_key::generate(client, key_id, context).await?;
            return Ok(Arc::new(SealingKey::new(generated, clock.now())));
        }
        let identity = identity(key_id.as_bytes(), context)?;
        let is_young = |key: &SealingKey| is_young(key.made, clock.now(), self.reuse.max_age);
        let claim = |key: &SealingKey| key.used.claim(bytes);
        let join = |used: &Arc<Used>| used.claim(bytes);
        let begin = || {
            let used = Arc::new(Used::new(&self.reuse, bytes));
            let (client, clock) = (client.clone(), clock.clone());
            let (key_id, context) = (key_id.to_owned(), context.clone());
            let promise = Arc::clone(&used);
            let make = async move {
                let generated = data_key::generate(&client, &key_id, &context).await?;
                Ok(SealingKey { generated, made: clock.now(), used })
            };
            (promise, make)
        };
        self.sealing.get(&identity, claim, join, is_young, begin).await
    }

    /// Returns the key that opens this envelope.
    pub(super) async fn to_open(
        &self,
        client: &KmsClient,
        clock: &Clock,
        header: &Header,
    ) -> Result<Arc<OpeningKey>, Error> {
        let identity = identity(&header.encrypted_data_key, &header.context)?;
        let is_young = |key: &OpeningKey| is_young(key.made, clock.now(), self.reuse.max_age);
        let begin = || {
            let (client, clock) = (client.clone(), clock.clone());
            let (encrypted, context) = (header.encrypted_data_key.clone(), header.context.clone());
            let make = async move {
                let key = data_key::decrypt(&client, &encrypted, &context).await?;
                Ok(OpeningKey::new(key, clock.now()))
            };
            ((), make)
        };
        self.opening.get(&identity, |_| true, |()| true, is_young, begin).await
    }
}

/// Returns the cache's key of a data key: every part is preceded by its length, so that no two are
/// equal.
fn identity(key: &[u8], context: &Pairs) -> Result<Vec<u8>, Error> {
    let mut identity = (key.len() as u64).to_be_bytes().to_vec();
    identity.extend_from_slice(key);
    identity.extend_from_slice(&context::encode(context)?);
    Ok(identity)
}

/// A clock that was set back makes a key too old, since its age is then unknown.
fn is_young(made: SystemTime, now: SystemTime, max_age: Duration) -> bool {
    now.duration_since(made).is_ok_and(|age| age < max_age)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_of_the_same_bytes_do_not_collide() {
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
