//! Credentials: each provider against a real server, each way in which it can fail, and what a client
//! makes of it.

mod chain;
mod ecs_role;
pub(crate) mod failures;
mod refusal;
mod roles;
mod world;
