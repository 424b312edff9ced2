//! Versions of keys, and their rotation.
//!
//! A new version becomes the primary one. Older versions still decrypt what they encrypted.

use std::ops::RangeInclusive;
use std::time::{Duration, SystemTime};

use super::super::spec::Origin;
use super::super::tables::{KeyVersion, Tables};
use super::super::{Engine, Fault, Page, PageRequest};
use super::KeyAction;

/// The range of days between two rotations of an existing key.
pub(crate) const ROTATION_DAYS: RangeInclusive<u64> = 7..=730;
const DAY: u64 = 24 * 60 * 60;
/// The minimum age of the newest version when another one is created by request.
const MIN_INTERVAL: Duration = Duration::from_secs(7 * DAY);
const MAX_VERSIONS: usize = 50;

/// A version of a key as the service describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyVersionMetadata {
    pub(crate) key_id: String,
    pub(crate) key_version_id: String,
    pub(crate) creation_date: SystemTime,
}

/// Parses an interval such as `7d` or `604800s`, which must be within `range`, in days.
pub(crate) fn rotation_interval(text: &str, range: RangeInclusive<u64>) -> Result<Duration, Fault> {
    let invalid = || Fault::invalid("RotationInterval");
    let unit = text.chars().next_back().ok_or_else(|| Fault::missing("RotationInterval"))?;
    let seconds = match unit {
        'd' => DAY,
        'h' => 60 * 60,
        'm' => 60,
        's' => 1,
        _ => return Err(invalid()),
    };
    let number = &text[..text.len() - 1];
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(invalid());
    }
    let number: u64 = number.parse().map_err(|_| invalid())?;
    let seconds = number.checked_mul(seconds).ok_or_else(invalid)?;
    if !(range.start() * DAY..=range.end() * DAY).contains(&seconds) {
        return Err(invalid());
    }
    Ok(Duration::from_secs(seconds))
}

impl Engine {
    /// Creates a version of an asymmetric key, which has at most 50. The newest version must be at
    /// least seven days old.
    pub(crate) fn create_key_version(&self, key: &str) -> Result<KeyVersionMetadata, Fault> {
        let now = self.now();
        let version_id = self.random_uuid()?;
        let tables = &mut *self.write();
        let key = self.resolve_key_mut(tables, key, KeyAction::CreateKeyVersion)?;
        if !key.spec.is_asymmetric() {
            return Err(Fault::unsupported_operation());
        }
        let since = now.duration_since(key.last_rotation_date).unwrap_or_default();
        let is_early = since < MIN_INTERVAL;
        let key_id = key.key_id.clone();
        if is_early || tables.key_versions_of(&key_id).count() >= MAX_VERSIONS {
            return Err(Fault::limit_exceeded());
        }
        let key = tables.keys.get_mut(&key_id).ok_or_else(Fault::key_not_found)?;
        let version = key.rotate(now, version_id);
        let metadata = KeyVersionMetadata::from(&version);
        tables.key_versions.insert(version.key_version_id.clone(), version);
        Ok(metadata)
    }

    /// Returns the description of a version of the key.
    pub(crate) fn describe_key_version(
        &self,
        key: &str,
        key_version_id: &str,
    ) -> Result<KeyVersionMetadata, Fault> {
        let tables = self.read();
        let key = self.resolve_key(&tables, key)?;
        key.state.check(KeyAction::DescribeKeyVersion)?;
        let version = tables.key_versions.get(key_version_id);
        let version = version.filter(|version| version.key_id == key.key_id);
        version.map(KeyVersionMetadata::from).ok_or_else(Fault::key_version_not_found)
    }

    /// Returns a page of the key's versions, the newest first.
    pub(crate) fn list_key_versions(
        &self,
        key: &str,
        page: PageRequest,
    ) -> Result<Page<KeyVersionMetadata>, Fault> {
        let tables = self.read();
        let key = self.resolve_key(&tables, key)?;
        key.state.check(KeyAction::ListKeyVersions)?;
        let mut versions: Vec<&KeyVersion> = tables.key_versions_of(&key.key_id).collect();
        versions.sort_by_key(|version| {
            (std::cmp::Reverse(version.creation_date), &version.key_version_id)
        });
        Ok(page.of(versions.into_iter().map(KeyVersionMetadata::from)))
    }

    /// Sets the rotation interval of a symmetric key; `None` disables rotation.
    pub(crate) fn update_rotation_policy(
        &self,
        key: &str,
        interval: Option<Duration>,
    ) -> Result<(), Fault> {
        let tables = &mut *self.write();
        let key = self.resolve_key_mut(tables, key, KeyAction::UpdateRotationPolicy)?;
        if key.origin == Origin::External {
            return Err(Fault::unsupported_origin());
        }
        if !key.spec.is_symmetric() {
            return Err(Fault::unsupported_operation());
        }
        key.rotation_interval = interval;
        let (key_id, state) = (key.key_id.clone(), key.state);
        // If the interval has already passed, the next version is created at once.
        self.set_key_state(tables, &key_id, state)
    }
}

impl Tables {
    pub(in crate::engine) fn key_versions_of(
        &self,
        key_id: &str,
    ) -> impl Iterator<Item = &KeyVersion> {
        self.key_versions.values().filter(move |version| version.key_id == key_id)
    }
}

impl From<&KeyVersion> for KeyVersionMetadata {
    fn from(version: &KeyVersion) -> Self {
        Self {
            key_id: version.key_id.clone(),
            key_version_id: version.key_version_id.clone(),
            creation_date: version.creation_date,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::super::testing::{Hand, engine_and_clock};
    use super::super::super::{Engine, KeySpec, NewKey, PageRequest};
    use super::super::KeyMetadata;
    use super::{DAY, Fault, rotation_interval};

    const WEEK: Duration = Duration::from_secs(7 * DAY);

    #[test]
    fn intervals_are_read_in_each_unit() {
        for text in ["7d", "168h", "10080m", "604800s"] {
            assert_eq!(rotation_interval(text, 7..=365), Ok(WEEK), "{text}");
        }
        for text in ["6d", "366d", "604799s", "7", "d", "-7d", "+7d", "7 d", "7w", "7日"] {
            let fault = Err(Fault::invalid("RotationInterval"));
            assert_eq!(rotation_interval(text, 7..=365), fault, "{text}");
        }
        assert!(rotation_interval("18446744073709551615d", 7..=730).is_err());
        assert_eq!(rotation_interval("", 7..=365), Err(Fault::missing("RotationInterval")));
        assert!(rotation_interval("730d", 7..=730).is_ok());
    }

    #[test]
    fn a_key_is_rotated_when_its_interval_is_over_and_old_ciphertexts_open() {
        let (engine, clock, key) = rotating();
        let sealed = engine.encrypt(&key.key_id, b"text", b"").expect("it encrypts");
        clock.advance(WEEK - Duration::from_secs(1));
        assert_eq!(engine.describe_key(&key.key_id).as_ref(), Ok(&key));

        clock.advance(Duration::from_secs(1));
        let rotated = engine.describe_key(&key.key_id).expect("the key exists");
        assert_ne!(rotated.primary_key_version, key.primary_key_version);
        assert_eq!(rotated.last_rotation_date, key.creation_date + WEEK);
        assert_eq!(rotated.next_rotation_date, Some(key.creation_date + 2 * WEEK));
        let again = engine.encrypt(&key.key_id, b"text", b"").expect("it encrypts");
        assert_eq!(Some(&again.key_version_id), rotated.primary_key_version.as_ref());
        let iv = sealed.iv.to_vec();
        let opened =
            engine.decrypt(&sealed.key_version_id, &iv, &sealed.ciphertext_and_tag, b"", None);
        assert_eq!(opened.map(|it| it.value.to_vec()), Ok(b"text".to_vec()));
    }

    #[test]
    fn a_version_is_made_in_every_interval_that_went_by() {
        let (engine, clock, key) = rotating();
        clock.advance(5 * WEEK);
        let versions = versions(&engine, &key.key_id);
        let dates: Vec<_> = (0..=5).rev().map(|weeks| key.creation_date + weeks * WEEK).collect();
        assert_eq!(versions, dates);
    }

    #[test]
    fn a_disabled_key_is_rotated_once_when_it_is_enabled() {
        let (engine, clock, key) = rotating();
        engine.disable_key(&key.key_id).expect("the key exists");
        clock.advance(5 * WEEK);
        assert_eq!(versions(&engine, &key.key_id).len(), 1);
        engine.enable_key(&key.key_id).expect("the key exists");
        let dates = [key.creation_date + 5 * WEEK, key.creation_date];
        assert_eq!(versions(&engine, &key.key_id), dates);
    }

    #[test]
    fn a_policy_whose_interval_is_over_rotates_at_once_and_can_be_taken_back() {
        let (engine, clock) = engine_and_clock();
        let key = engine.create_key(NewKey::default()).expect("the key is valid");
        clock.advance(8 * WEEK);
        engine.update_rotation_policy(&key.key_id, Some(WEEK)).expect("the key is symmetric");
        assert_eq!(versions(&engine, &key.key_id).len(), 2);
        engine.update_rotation_policy(&key.key_id, None).expect("the key is symmetric");
        clock.advance(8 * WEEK);
        assert_eq!(versions(&engine, &key.key_id).len(), 2);
        let described = engine.describe_key(&key.key_id).expect("the key exists");
        assert_eq!(described.next_rotation_date, None);
    }

    #[test]
    fn only_symmetric_keys_are_rotated_by_a_policy_and_only_asymmetric_ones_by_hand() {
        let (engine, clock) = engine_and_clock();
        let pair = engine.create_key(KeySpec::EcP256.into()).expect("the key is valid").key_id;
        let key = engine.create_key(NewKey::default()).expect("the key is valid").key_id;
        let unsupported = Err(Fault::unsupported_operation());
        assert_eq!(engine.update_rotation_policy(&pair, Some(WEEK)), unsupported);
        clock.advance(WEEK);
        assert_eq!(engine.create_key_version(&key), Err(Fault::unsupported_operation()));
        let new = NewKey { rotation_interval: Some(WEEK), ..KeySpec::EcP256.into() };
        assert!(engine.create_key(new).is_err());
    }

    #[test]
    fn a_version_is_made_by_hand_once_in_seven_days_fifty_times() {
        let (engine, clock) = engine_and_clock();
        let key = engine.create_key(KeySpec::EcP256.into()).expect("the key is valid");
        assert_eq!(engine.create_key_version(&key.key_id), Err(Fault::limit_exceeded()));
        for _ in 1..50 {
            clock.advance(WEEK);
            let version = engine.create_key_version(&key.key_id).expect("a week went by");
            let described = engine.describe_key(&key.key_id).expect("the key exists");
            assert_eq!(described.primary_key_version.as_ref(), Some(&version.key_version_id));
            let id = &version.key_version_id;
            assert_eq!(engine.describe_key_version(&key.key_id, id).as_ref(), Ok(&version));
        }
        clock.advance(WEEK);
        assert_eq!(engine.create_key_version(&key.key_id), Err(Fault::limit_exceeded()));
    }

    #[test]
    fn a_version_of_another_key_is_not_found() {
        let (engine, _, key) = rotating();
        let other = engine.create_key(NewKey::default()).expect("the key is valid");
        let id = other.primary_key_version.expect("it has a version");
        let described = engine.describe_key_version(&key.key_id, &id);
        assert_eq!(described, Err(Fault::key_version_not_found()));
    }

    fn rotating() -> (Engine, Hand, KeyMetadata) {
        let (engine, clock) = engine_and_clock();
        let new = NewKey { rotation_interval: Some(WEEK), ..NewKey::default() };
        let key = engine.create_key(new).expect("the key is valid");
        (engine, clock, key)
    }

    fn versions(engine: &Engine, key: &str) -> Vec<std::time::SystemTime> {
        let page = engine.list_key_versions(key, PageRequest::default()).expect("the key exists");
        page.items.iter().map(|version| version.creation_date).collect()
    }
}
