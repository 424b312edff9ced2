//! Credentials: each provider against a real server, each way in which it can fail, and what a client
//! makes of it.

mod chain;
mod cli_profile;
mod ecs_role;
pub(crate) mod failures;
mod ini_profile;
#[cfg(feature = "process")]
mod judge;
pub(crate) mod oauth;
mod odd;
mod refusal;
mod roles;
pub(crate) mod world;
