//! What the examples share.

pub mod custom_stack;
mod demo;

pub use self::demo::Demo;
