//! The initial state of a gateway: the contents of its store, or everything new.

#[cfg(feature = "store")]
use std::path::Path;
use std::time::SystemTime;

use alibabacloud_kms::{BoxError, Clock};
use secrecy::{ExposeSecret, SecretString};

use super::authority::Authority;
use super::clock::MovableClock;
use super::engine::{Config, Engine, Fault};
use super::principals::Principals;
use super::seed::REGION;
use super::seeds::Seed;

/// The account in every ARN, and the creator of every key.
const ACCOUNT: &str = "1000000000000000";

// The names of what a store has beside keys and secrets. It has an identity once its first start is
// complete.
const IDENTITY: &str = "identity";
const AUTHORITY: &str = "authority";
const CLOCK_OFFSET: &str = "clock_offset";

/// The keys, the callers that may use them, and the clock by which they age.
pub(super) struct Opened {
    pub(super) engine: Engine,
    pub(super) identity: Principals,
    pub(super) clock: MovableClock,
}

impl Opened {
    /// Creates a service in memory with new keys.
    pub(super) fn in_memory(clock: Clock, seed: &Seed) -> Result<Self, BoxError> {
        let clock = checked(clock)?;
        let engine = Engine::new(config(&clock));
        Self::first(engine, clock, seed)
    }

    /// Opens the service in the store of this folder, and creates the store if it does not exist.
    #[cfg(feature = "store")]
    ///
    /// # Errors
    ///
    /// The store cannot be opened, or contradicts the seed.
    pub(super) fn from_store(clock: Clock, folder: &Path, seed: &Seed) -> Result<Self, BoxError> {
        super::directory::make(folder)?;
        let clock = checked(clock)?;
        let engine = Engine::open(config(&clock), &folder.join("store.redb"))?;
        if let Some(offset) = engine.setting(CLOCK_OFFSET) {
            clock.set_offset(offset.expose_secret().parse()?);
        }
        let Some(kept) = engine.setting(IDENTITY) else {
            return Self::first(engine, clock, seed);
        };
        let identity = Principals::from_kept(&kept)?;
        let planted = engine.check_planted(seed).and_then(|()| identity.check_planted(seed));
        planted.map_err(|what| format!("the store contradicts the seed: {what}"))?;
        Ok(Self { engine, identity, clock })
    }

    fn first(engine: Engine, clock: MovableClock, seed: &Seed) -> Result<Self, BoxError> {
        // Removes the remains of a first start that was interrupted.
        engine.clear();
        seed.check_names()?;
        let identity = Principals::planted(seed)?;
        engine.plant(seed)?;
        engine.seed().map_err(|fault| fault.message)?;
        engine.seed_client_key(identity.client_key.key_id(), &identity.client_public_key);
        for (id, public_key) in identity.more_client_keys(seed)? {
            engine.seed_client_key(&id, &public_key);
        }
        if engine.has_store() {
            engine.set_setting(IDENTITY, identity.to_kept()?);
        }
        Ok(Self { engine, identity, clock })
    }

    /// Moves the clock by which keys age, and stores its offset.
    ///
    /// # Errors
    ///
    /// Returns a text that says which times are possible.
    pub(super) fn set_time(&self, to: SystemTime) -> Result<(), &'static str> {
        let moved = self.clock.apart();
        moved.set(to);
        moved.check()?;
        self.clock.set_offset(moved.offset());
        self.engine.set_setting(CLOCK_OFFSET, self.clock.offset().to_string().into());
        Ok(())
    }

    /// Returns the CA, which is created and stored on first use.
    pub(super) fn authority(&self) -> Result<Authority, BoxError> {
        if let Some(kept) = self.engine.setting(AUTHORITY) {
            return Authority::from_kept(&kept);
        }
        let authority = Authority::generate()?;
        self.engine.set_setting(AUTHORITY, authority.to_kept()?);
        Ok(authority)
    }
}

fn checked(clock: Clock) -> Result<MovableClock, &'static str> {
    let clock = MovableClock::new(clock);
    clock.check().map(|()| clock)
}

/// Returns the contents of a gateway as a seed.
pub(super) fn export(engine: &Engine, identity: &Principals) -> Result<Seed, Fault> {
    let mut seed = engine.export()?;
    identity.export(&mut seed);
    Ok(seed)
}

/// Stores the offset of the clock by which keys age, then moves the clock.
///
/// # Errors
///
/// If the time is not possible, or the offset could not be stored. The clock is not moved then.
pub(super) async fn move_clock(
    engine: &Engine,
    clock: &MovableClock,
    move_it: impl FnOnce(&MovableClock),
) -> Result<(), Fault> {
    // Of two moves at once, one would be lost.
    let _alone = clock.move_alone().await;
    let moved = clock.apart();
    move_it(&moved);
    moved.check().map_err(|why| Fault::new(400, "InvalidParameter", why))?;
    let engine = engine.for_request();
    let moving = Moving { engine: &engine, clock, to: moved.offset() };
    moving.store(moving.to);
    // The other requests see the new time only once it is stored. What they delete because it is
    // due could not be restored.
    engine.kept().await?;
    clock.set_offset(moving.to);
    Ok(())
}

/// A move of the clock. If it is dropped before the clock is moved, because it was refused or its
/// caller is gone, the store keeps the offset that the clock has: a gateway that starts with
/// another one would delete what is due then.
struct Moving<'m> {
    engine: &'m Engine,
    clock: &'m MovableClock,
    to: i64,
}

impl Moving<'_> {
    fn store(&self, offset: i64) {
        self.engine.set_setting(CLOCK_OFFSET, SecretString::from(offset.to_string()));
    }

    fn is_stored(&self, offset: i64) -> bool {
        let stored = self.engine.setting(CLOCK_OFFSET);
        stored.map_or(offset == 0, |stored| stored.expose_secret() == offset.to_string())
    }
}

impl Drop for Moving<'_> {
    fn drop(&mut self) {
        let offset = self.clock.offset();
        if offset != self.to && !self.is_stored(offset) {
            self.store(offset);
        }
    }
}

fn config(clock: &MovableClock) -> Config {
    Config { region: REGION.to_owned(), account_id: ACCOUNT.to_owned(), clock: clock.clock() }
}

#[cfg(test)]
mod tests {
    use std::future::ready;
    use std::pin::pin;
    #[cfg(feature = "store")]
    use std::sync::Arc;
    #[cfg(feature = "store")]
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    use super::*;
    #[cfg(feature = "store")]
    use crate::engine::{NewSecret, NewSecretVersion, SecretDataType};

    const MINUTE: Duration = Duration::from_secs(60);
    #[cfg(feature = "store")]
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    fn opened() -> Opened {
        let clock = Clock::fixed(SystemTime::UNIX_EPOCH + MINUTE);
        Opened::in_memory(clock, &Seed::default()).expect("an empty seed is valid")
    }

    #[cfg(feature = "store")]
    fn opened_in(folder: &Path) -> Opened {
        let clock = Clock::fixed(SystemTime::UNIX_EPOCH + MINUTE);
        Opened::from_store(clock, folder, &Seed::default()).expect("the store is opened")
    }

    #[cfg(feature = "store")]
    fn secret(name: &str) -> NewSecret {
        let (version_id, data_type) = ("v1".to_owned(), SecretDataType::Text);
        NewSecret::generic(name, NewSecretVersion { version_id, data: "x".into(), data_type })
    }

    #[tokio::test]
    async fn a_move_of_the_clock_waits_for_the_one_before() {
        let Opened { engine, clock, .. } = opened();
        let first = clock.move_alone().await;
        let mut second = pin!(move_clock(&engine, &clock, |clock| clock.advance(MINUTE)));
        tokio::select! {
            biased;
            _ = &mut second => panic!("the first move is under way"),
            () = ready(()) => {}
        }
        assert_eq!(clock.offset(), 0);
        drop(first);
        assert_eq!((second.await, clock.offset()), (Ok(()), 60_000));
    }

    #[cfg(feature = "store")]
    #[tokio::test]
    async fn a_move_that_could_not_be_stored_deletes_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let Opened { engine, clock, .. } = opened_in(folder.path());
        engine.create_secret(secret("db")).expect("it is new");
        engine.delete_secret("db", Some(7)).expect("it is there");
        // Nothing is stored any more.
        engine.close();
        let moved = move_clock(&engine, &clock, |clock| clock.advance(8 * DAY)).await;
        assert_eq!(moved.expect_err("nothing writes it").status, 503);
        assert_eq!(clock.offset(), 0);
        engine.describe_secret("db").expect("it is there for another week");
        let stored = engine.setting(CLOCK_OFFSET);
        assert_eq!(stored.as_ref().map(ExposeSecret::expose_secret), Some("0"));
    }

    #[cfg(feature = "store")]
    #[tokio::test]
    async fn a_move_whose_caller_is_gone_does_not_come_back_at_the_next_start() {
        let folder = tempfile::tempdir().expect("a folder");
        let Opened { engine, clock, .. } = opened_in(folder.path());
        {
            let mut moving = pin!(move_clock(&engine, &clock, |clock| clock.advance(DAY)));
            tokio::select! {
                biased;
                // The store was faster.
                moved = &mut moving => assert_eq!(moved, Ok(())),
                () = ready(()) => {}
            }
        }
        engine.close();
        assert_eq!(opened_in(folder.path()).clock.offset(), clock.offset());
    }

    #[cfg(feature = "store")]
    #[tokio::test]
    async fn a_clock_that_jumps_back_under_its_offset_loses_no_change() {
        let folder = tempfile::tempdir().expect("a folder");
        let seconds = Arc::new(AtomicU64::new(600));
        let now = Arc::clone(&seconds);
        let base = Clock::new(move || {
            SystemTime::UNIX_EPOCH + Duration::from_secs(now.load(Ordering::SeqCst))
        });
        let Opened { engine, clock, .. } =
            Opened::from_store(base, folder.path(), &Seed::default()).expect("it is opened");
        let back = SystemTime::UNIX_EPOCH + MINUTE;
        move_clock(&engine, &clock, |clock| clock.set(back)).await.expect("it is after 1970");
        seconds.store(0, Ordering::SeqCst);
        engine.create_secret(secret("db")).expect("it is new");
        engine.kept().await.expect("it is stored");
        engine.close();
        opened_in(folder.path()).engine.describe_secret("db").expect("it is there");
    }

    #[tokio::test]
    async fn a_time_before_1970_is_refused() {
        let opened = opened();
        let early = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
        opened.set_time(early).expect_err("it is before 1970");
        let moved = move_clock(&opened.engine, &opened.clock, |clock| clock.set(early)).await;
        assert_eq!(moved.expect_err("it is before 1970").status, 400);
        assert_eq!(opened.clock.offset(), 0);
        assert!(Opened::in_memory(Clock::fixed(early), &Seed::default()).is_err());
    }
}
