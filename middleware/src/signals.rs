//! Signals: typed extensions of a call, its requests and its responses, by which layers exchange
//! what they know about the call.
//!
//! The layers of the default stack need nothing else from each other. A layer, a signer, a retry
//! policy or a transport of your own that reads and writes the same signals can therefore replace
//! any of them.
//!
//! `call` means [`Call::extensions`](crate::Call::extensions), `request` and `response` the
//! extensions of the HTTP messages. The codec copies a call's extensions to its requests, so what
//! is written on a call can be read at the HTTP level too.
//!
//! | signal | on | written by | read by | if absent |
//! |---|---|---|---|---|
//! | [`Deadline`] | call | [`TotalTimeout`](crate::timeout::TotalTimeout) | `Retry`, which does not wait beyond it; [`SignAcs3`](crate::sign::SignAcs3), which pauses it while a credential loads | the call has no time limit |
//! | [`Progress`] | call | inserted by `TotalTimeout`; updated by [`RetryPolicy`](crate::retry::RetryPolicy) (requests), `SignAcs3` (held for a credential), [`AttemptTimeout`](crate::timeout::AttemptTimeout) (departures) | `TotalTimeout`, for the outcome and the attempts of its error | nothing is recorded |
//! | [`Attempt`] | call | `RetryPolicy`, from the second attempt on | [`trace`](crate::trace) | it is the first attempt |
//! | `&'static` [`ActionInfo`](crate::ActionInfo) | request | the codec | layers of users | no codec made the request |
//! | `Arc<`[`CallOptions`](crate::CallOptions)`>` | request | the codec | `SignAcs3`, `Tls`, `AttemptTimeout`, the transport | the layers' own settings apply |
//! | [`Gateway`](crate::Gateway) | request | the codec | layers of users | no codec made the request |
//! | [`Departure`] | request | inserted by `AttemptTimeout`; updated by the transport | `AttemptTimeout` and `Progress` | nothing is known, so the request may have been sent |
//! | [`EffectiveTls`] | request | [`Tls`](crate::tls::Tls) | the transport | the transport's own TLS options apply |
//! | [`SignedBy`] | response | `SignAcs3`, on answers without success, and on all that were signed with a token | the codec, which puts the identity on the [error](crate::Error::signed_by); [`RenewCredential`](crate::retry::RenewCredential) | no credential is renewed |
//! | [`TraceContext`](crate::propagate::TraceContext) | call | users | [`PropagateTraceContext`](crate::propagate::PropagateTraceContext) | the layer's own source is called |
//!
//! If a timeout ends a call, and neither "held" nor a departure is recorded for one of its
//! requests, that request may have been sent: the outcome is then
//! [`Outcome::Unknown`](crate::Outcome::Unknown).

mod attempt;
mod deadline;
mod departure;
mod effective_tls;
mod progress;
mod requests;
mod signed_by;

pub use self::attempt::Attempt;
pub use self::deadline::Deadline;
pub(crate) use self::deadline::Limited;
pub use self::departure::Departure;
pub use self::effective_tls::EffectiveTls;
pub use self::progress::Progress;
pub use self::signed_by::SignedBy;
