//! The service's contract: what each action answers, and with which codes it refuses.
//!
//! Every scenario runs against a local gateway, and, if the environment names an account (see
//! [`account`]), against the service too, with the same expectations. What the scenarios see is
//! recorded, and `local/ACTIONS.md` is made of it: which scenario shows the success of an action and
//! each code that the service's pages document (`tests/data/documented_codes.txt`).

mod account;
mod actions;
mod documented;
mod scenarios;
mod world;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::OnceCell;

use self::account::Account;
use self::world::{Seen, World};

type Running = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Something to try.
struct Scenario {
    /// Its family and its function.
    name: &'static str,
    scope: Scope,
    run: fn(Arc<World>) -> Running,
    /// What it saw of a local gateway; it runs once.
    seen: &'static OnceCell<Vec<Seen>>,
}

/// Where a scenario can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    Everywhere,
    /// It moves the clock, changes what an account has once, or costs money.
    Local,
}

impl Scenario {
    /// Runs against a local gateway; returns what was answered.
    async fn local(&self) -> &[Seen] {
        self.seen.get_or_init(async || self.run_in(World::local().await).await).await
    }

    /// Runs wherever it can.
    async fn everywhere(&self) {
        self.local().await;
        if self.scope == Scope::Everywhere
            && let Some(account) = Account::from_environment()
        {
            self.run_in(World::of_account(&account)).await;
        }
    }

    /// Leaves nothing behind, also if it fails.
    async fn run_in(&self, world: World) -> Vec<Seen> {
        let world = Arc::new(world);
        let done = tokio::spawn((self.run)(Arc::clone(&world))).await;
        world.clean_up().await;
        if let Err(failed) = done {
            std::panic::resume_unwind(failed.into_panic());
        }
        world.seen()
    }
}
