//! Credentials: each provider against a real server, each way in which it can fail, and what a client
//! makes of it.

mod roles;
mod world;
