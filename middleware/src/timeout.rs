//! Time limits: [`TotalTimeoutLayer`] for the whole call and [`AttemptTimeoutLayer`] for each
//! request. Layers in between use the call's [`Deadline`](crate::signals::Deadline); the transport
//! has a limit for making each connection.
//!
//! The error of an exceeded limit names it ([`Error::time_limit`](crate::Error::time_limit)) and
//! says whether the request may have been sent ([`Error::outcome`](crate::Error::outcome)).
//!
//! ```
//! use std::time::Duration;
//!
//! use alibabacloud_kms_middleware::timeout::{AttemptTimeoutLayer, TotalTimeoutLayer};
//!
//! let call = TotalTimeoutLayer::new(Duration::from_secs(30));
//! let attempt = AttemptTimeoutLayer::new(Duration::from_secs(10));
//! # let _ = (call, attempt);
//! ```

mod attempt;
mod total;

pub use self::attempt::{AttemptTimeout, AttemptTimeoutLayer};
pub use self::total::{TotalTimeout, TotalTimeoutLayer};
pub use crate::error::TimeLimit;
