//! The types that the layers of `alibabacloud-kms` share (the contract), and the layers themselves.
//!
//! This crate contains no action, no client and no socket. A layer of your own depends on it alone,
//! so building the layer compiles no HTTP client and no TLS stack. `aws-lc-rs` provides HMAC,
//! SHA-256 and nonces. There are two levels, both plain `tower`:
//!
//! - **call level**: `Service<Call, Response = Reply>`, [`CallService`] for short. A [`Call`] is a
//!   typed request with its options, and a [`Reply`] is a typed response with where it came from.
//! - **HTTP level**: `Service<http::Request<Body>, Response = http::Response<B>>`, [`HttpService`]
//!   for short, so that `tower-http`'s layers fit unchanged. A [`Body`] is a whole request body in
//!   memory.
//!
//! [`encode`] has the only layers that convert one level to the other. From the outside in, the
//! default stack is: [`telemetry`] (call), [`timeout`] (whole call), the router, [`charset`], the
//! transfer, [`retry`], [`telemetry`] (attempt), [`encode`], [`sign`], [`tls`], [`timeout`]
//! (attempt) and the transport. The charset layer and the transfer are only in the stack of an
//! instance with a client key. The router, the transfer and the transport are in the crate
//! `alibabacloud-kms`. [`propagate`] is not in the default stack.
//!
//! # What a layer can read
//!
//! Each row is a slot of `ClientBuilder`, outermost first. The first three are at the call level,
//! the last two at the HTTP level. A layer can also read what earlier rows of the same level list.
//! [`signals`] lists the typed values by which layers inform each other.
//!
//! | slot | what passes it | readable on the way down | readable on the way up |
//! |---|---|---|---|
//! | `layer` | each call once, as the program made it | [`Call::action`], the request typed ([`Call::request`]) or as a table ([`Call::payload`]), [`Call::options`], values of `.extension(..)` ([`Call::extensions`]); the gateway is not chosen yet | the response typed or as a table ([`Reply::response`], [`Reply::payload`]), request id, [`Gateway`], status, headers, attempts; or the [`Error`] of the whole call |
//! | `shared_layer`, `instance_layer` | each call that is routed there, once | [`Deadline`](signals::Deadline) and [`Progress`](signals::Progress) | |
//! | `attempt_layer` | each request, before it is encoded; with a client key the operation (`AdvanceEncrypt`) and its plaintext as bytes | the number of the [`Attempt`](signals::Attempt) | the error of this attempt; [`Reply::attempts`] is 1 |
//! | `http_layer` | each request of bytes, unsigned | method, URI, headers, body; in the request's extensions `&'static` [`ActionInfo`], [`Gateway`], `Arc<`[`CallOptions`]`>` and all extensions of the call; not the typed request | status, headers and body before they are decoded; [`SignedBy`](signals::SignedBy) if the gateway refused the request |
//! | `transport_layer` | each request as it is sent | the signature's headers, [`Departure`](signals::Departure), and [`EffectiveTls`](signals::EffectiveTls) if call, gateway or client have TLS options | |
//!
//! Each error is an [`Error`] inside `tower`'s [`BoxError`]; [`Error::from_boxed`] extracts it.
//!
//! # Features
//!
//! None is on by default; `alibabacloud-kms` turns on those of its own features of the same names.
//!
//! | feature | adds |
//! |---|---|
//! | `client-key` | the dialect of instances: `EncodeProtobufLayer`, `SignClientKeyLayer`, `wire::protobuf` |
//! | `encodings` | charsets beyond UTF-8, UTF-16, UTF-32, Latin-1 and ASCII |
//! | `metrics` | metrics through the `metrics` facade |
//! | `native-roots`, `webpki-roots` | constructors of [`TlsOptions`] |
//! | `proxy` | `ProxyOptions`, and the option of a call |
//! | `sm3` | the signature algorithm `ACS3-HMAC-SM3` |
//! | `xml` | error answers in XML |

#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]

#[doc(hidden)]
pub mod __private;
pub mod charset;
pub mod encode;
pub mod metrics;
pub mod payload;
pub mod propagate;
pub mod retry;
pub mod sign;
pub mod signals;
pub mod telemetry;
pub mod timeout;
pub mod tls;
pub mod trace;
pub mod wire;

mod action;
mod body;
mod bounded_file;
mod call;
mod clock;
mod credential;
mod endpoint;
mod error;
mod few;
mod hex;
mod identity;
mod lock;
mod nearest;
mod options;
mod pem;
mod piecewise;
mod reply;
mod runtime;
mod secret_bytes;
mod service;
mod shown;
#[cfg(test)]
mod test_support;
mod timestamp;
mod trimmed;

pub use self::action::{Action, ActionInfo, Dialect, Gateway};
pub use self::body::Body;
pub use self::call::Call;
pub use self::charset::encoding::Charset;
pub use self::charset::error::{CharsetError, CharsetErrorKind};
pub use self::clock::{Clock, Nonce};
pub use self::credential::{ClientKeySigner, Credential, ProvideCredential};
pub use self::endpoint::Endpoint;
pub use self::error::{BoxError, Error, ErrorKind, Outcome, ServiceError};
pub use self::identity::Identity;
pub use self::options::{CallOptions, PrivateKeyFormat, TlsIdentity, TlsOptions, TlsVersion};
#[cfg(feature = "proxy")]
pub use self::options::{Proxy, ProxyKind, ProxyOptions};
pub use self::payload::pairs::Pairs;
pub use self::reply::{Reply, ReplyHead};
pub use self::service::{BoxBody, BoxCall, BoxFuture, BoxHttp, CallService, HttpService};
pub use self::sign::acs3::Acs3Algorithm;
pub use self::timestamp::Timestamp;
