//! Scheduled deletion of keys, and protection from deletion.

use std::time::Duration;

use super::super::spec::KeyState;
use super::super::{Engine, Fault};
use super::KeyAction;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const WINDOW_IN_DAYS: std::ops::RangeInclusive<i32> = 7..=366;
const MAX_DESCRIPTION: usize = 8192;

impl Engine {
    /// Schedules the deletion of the key in 7 to 366 days. Until then, the key cannot be used.
    pub(crate) fn schedule_key_deletion(&self, key: &str, days: i32) -> Result<(), Fault> {
        let window = u32::try_from(days).ok().filter(|_| WINDOW_IN_DAYS.contains(&days));
        let window = window.ok_or_else(|| Fault::invalid("PendingWindowInDays"))?;
        let date = self.now().checked_add(DAY * window);
        let tables = &mut *self.write();
        let key = self.resolve_key_mut(tables, key, KeyAction::ScheduleKeyDeletion)?;
        if key.deletion_protection.is_some() {
            return Err(Fault::deletion_protection());
        }
        key.state = KeyState::PendingDeletion;
        key.delete_date = date;
        tables.wake(date);
        Ok(())
    }

    /// Cancels the deletion of a key. The key is then enabled, even if it was disabled before;
    /// without material, it waits for an import.
    pub(crate) fn cancel_key_deletion(&self, key: &str) -> Result<(), Fault> {
        let tables = &mut *self.write();
        let key = self.resolve_key_mut(tables, key, KeyAction::CancelKeyDeletion)?;
        key.delete_date = None;
        let key_id = key.key_id.clone();
        let has_material = tables.key_versions_of(&key_id).any(|it| it.material.is_some());
        let state = if has_material { KeyState::Enabled } else { KeyState::PendingImport };
        self.set_key_state(tables, &key_id, state)
    }

    /// Protects the key from deletion, with a reason; `None` removes the protection.
    pub(crate) fn set_deletion_protection(
        &self,
        key: &str,
        reason: Option<String>,
    ) -> Result<(), Fault> {
        if reason.as_ref().is_some_and(|reason| reason.chars().count() > MAX_DESCRIPTION) {
            return Err(Fault::invalid("DeletionProtectionDescription"));
        }
        let tables = &mut *self.write();
        let key = self.resolve_key_mut(tables, key, KeyAction::SetDeletionProtection)?;
        key.deletion_protection = reason;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::super::testing::{Hand, engine_and_clock};
    use super::super::super::{Engine, KeyMetadata, NewKey, PageRequest};
    use super::{DAY, Fault, KeyState};

    #[test]
    fn a_scheduled_key_is_deleted_when_its_window_is_over_and_not_before() {
        let (engine, clock, key) = scheduled(7);
        engine.create_alias("alias/other", "alias/stays").expect("the key exists");
        let described = engine.describe_key(&key.key_id).expect("it is not deleted yet");
        assert_eq!(described.state, KeyState::PendingDeletion);
        assert_eq!(described.delete_date, Some(key.creation_date + 7 * DAY));

        clock.advance(7 * DAY - Duration::from_secs(1));
        assert!(engine.describe_key(&key.key_id).is_ok());
        clock.advance(Duration::from_secs(1));
        assert_eq!(engine.describe_key(&key.key_id), Err(Fault::key_not_found()));
        assert_eq!(engine.describe_key("alias/app"), Err(Fault::alias_not_found()));
        let aliases = engine.list_aliases(PageRequest::default());
        let names: Vec<_> = aliases.items.iter().map(|alias| alias.name.as_str()).collect();
        assert_eq!(names, ["alias/other", "alias/stays"]);
        let cancelled = engine.cancel_key_deletion(&key.key_id);
        assert_eq!(cancelled, Err(Fault::key_not_found()));
    }

    #[test]
    fn a_cancelled_deletion_enables_the_key_and_it_is_not_deleted() {
        let (engine, clock, key) = scheduled(366);
        engine.cancel_key_deletion(&key.key_id).expect("it is not deleted yet");
        clock.advance(366 * DAY);
        let described = engine.describe_key(&key.key_id).expect("it stays");
        assert_eq!((described.state, described.delete_date), (KeyState::Enabled, None));
    }

    #[test]
    fn a_window_has_7_to_366_days() {
        let (engine, _, _) = scheduled(7);
        for days in [i32::MIN, -7, 0, 6, 367, i32::MAX] {
            let fault = engine.schedule_key_deletion("alias/stays", days);
            assert_eq!(fault, Err(Fault::invalid("PendingWindowInDays")), "{days}");
        }
    }

    #[test]
    fn a_protected_key_is_deleted_only_once_it_is_no_longer_protected() {
        let (engine, _, _) = scheduled(7);
        let key = "alias/stays";
        engine.set_deletion_protection(key, Some("in use".to_owned())).expect("the key exists");
        let described = engine.describe_key(key).expect("the key exists");
        assert_eq!(described.deletion_protection.as_deref(), Some("in use"));
        let scheduled = engine.schedule_key_deletion(key, 7);
        assert_eq!(scheduled, Err(Fault::deletion_protection()));
        engine.set_deletion_protection(key, None).expect("the key exists");
        engine.schedule_key_deletion(key, 7).expect("it is no longer protected");
        assert!(engine.set_deletion_protection(key, Some(String::new())).is_err());
    }

    /// Returns a key `alias/app` that is deleted after `days` days, and a key `alias/stays`.
    fn scheduled(days: i32) -> (Engine, Hand, KeyMetadata) {
        let (engine, clock) = engine_and_clock();
        let key = engine.create_key(NewKey::default()).expect("the key is valid");
        let other = engine.create_key(NewKey::default()).expect("the key is valid");
        engine.create_alias("alias/app", &key.key_id).expect("the alias is new");
        engine.create_alias("alias/stays", &other.key_id).expect("the alias is new");
        engine.schedule_key_deletion(&key.key_id, days).expect("the window is valid");
        (engine, clock, key)
    }
}
