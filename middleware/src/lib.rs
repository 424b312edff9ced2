//! The contract of `alibabacloud-kms` and every layer of its stack.
//!
//! This crate knows no action, no client and no socket, so that a layer of your own depends on nothing
//! else: it builds no HTTP client and no TLS stack. `aws-lc-rs` is there for HMAC, SHA-256 and nonces.
//! There are two levels, both plain `tower`:
//!
//! - **call level**: `Service<Call, Response = Reply>`, for short a [`CallService`]. A [`Call`] is a
//!   typed request with its options, a [`Reply`] a typed response with where it came from.
//! - **HTTP level**: `Service<http::Request<Body>, Response = http::Response<B>>`, for short an
//!   [`HttpService`], so that `tower-http`'s layers fit unchanged. A [`Body`] is in memory.
//!
//! [`encode`] is the only layer that goes from the one to the other. From the outside in, the default
//! stack is: [`trace`] and [`metrics`] (call), [`timeout`] (whole call), the router, [`charset`],
//! [`retry`], [`trace`] and [`metrics`] (attempt), [`encode`], [`sign`], [`tls`], [`timeout`] (attempt)
//! and the transport. Router and transport are in the crate `alibabacloud-kms`. [`propagate`] is for those who
//! ask for it. What layers tell each other is in [`signals`].
//!
//! Errors are [`Error`] inside `tower`'s [`BoxError`]; [`Error::from_boxed`] takes it out.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[doc(hidden)]
pub mod __private;
pub mod action;
pub mod charset;
pub mod clock;
pub mod credential;
pub mod encode;
pub mod metrics;
pub mod propagate;
pub mod retry;
pub mod secret_bytes;
pub mod sign;
pub mod signals;
pub mod timeout;
pub mod tls;
pub mod trace;
pub mod wire;

pub mod payload;

mod body;
mod call;
mod endpoint;
mod error;
mod identity;
mod options;
mod reply;
mod service;
mod telemetry;
#[cfg(test)]
mod test_support;

pub use self::action::{Action, ActionInfo, Dialect, Gateway};
pub use self::body::Body;
pub use self::call::Call;
pub use self::charset::Charset;
pub use self::credential::{ClientKeySigner, Credential, ProvideCredential};
pub use self::endpoint::Endpoint;
pub use self::error::{BoxError, Error, ErrorKind, Outcome, ServiceError};
pub use self::identity::Identity;
pub use self::options::{
    CallOptions, PrivateKeyFormat, Proxy, ProxyKind, ProxyOptions, TlsIdentity, TlsOptions,
    TlsVersion,
};
pub use self::payload::Payload;
pub use self::reply::{Reply, ReplyHead};
pub use self::service::{BoxBody, BoxCall, BoxFuture, BoxHttp, CallService, HttpService};
