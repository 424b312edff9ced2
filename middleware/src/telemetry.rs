//! What spans and metrics have in common: names, the words for failures, and how an end is seen.
//!
//! [`trace`](crate::trace) and [`metrics`](crate::metrics) both stand on this and neither knows the
//! other, so that a span and a metric of one call always agree.

pub(crate) mod error_type;
pub(crate) mod names;
pub(crate) mod observe;
